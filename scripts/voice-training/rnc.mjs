// Unpacks Rob Northen Compression, method 1, in which old games keep their data.

const headerBytes = 18;

/** CRC-16 with the polynomial 0x8005, reflected, from 0. */
function checksum(data) {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

/** `block`: from its "RNC\1" on. Gives the unpacked bytes; throws where the data are no such block or its sum is off. */
export function unpackRnc(block) {
  if (block.toString('latin1', 0, 4) !== 'RNC\u0001') throw new Error('expected an RNC method 1 block');
  // The last word of bits may be cut in half.
  const packed = Buffer.concat([block, Buffer.alloc(2)]);
  const out = Buffer.alloc(packed.readUInt32BE(4));
  const blocks = packed[17];
  let at = headerBytes;
  let held = 0;
  let heldBits = 0;
  let to = 0;

  function bits(count) {
    while (heldBits < count) {
      // Words are little endian, used from their lowest bit on, and loaded only when needed: literals lie between.
      held |= packed.readUInt16LE(at) << heldBits;
      at += 2;
      heldBits += 16;
    }
    const value = held & ((1 << count) - 1);
    held >>>= count;
    heldBits -= count;
    return value;
  }
  /** Canonical prefix code of up to 16 symbols: code string to symbol. */
  function table() {
    const lengths = Array.from({ length: bits(5) }, () => bits(4));
    const codes = new Map();
    let code = 0;
    for (let length = 1; length <= 15; length++) {
      lengths.forEach((own, symbol) => {
        if (own === length) codes.set((1 << length) | code++, symbol);
      });
      code <<= 1;
    }
    return codes;
  }
  function value(codes) {
    let code = 1;
    for (let length = 1; length <= 15; length++) {
      code = (code << 1) | bits(1);
      const symbol = codes.get(code);
      if (symbol !== undefined) return symbol < 2 ? symbol : bits(symbol - 1) | (1 << (symbol - 1));
    }
    throw new Error('broken RNC block: no such code');
  }

  bits(2);
  for (let done = 0; done < blocks; done++) {
    const literals = table();
    const distances = table();
    const repeats = table();
    for (let left = bits(16); left > 0; left--) {
      const plain = value(literals);
      packed.copy(out, to, at, at + plain);
      at += plain;
      to += plain;
      if (left === 1) break;
      const distance = value(distances) + 1;
      const repeat = value(repeats) + 2;
      for (let i = 0; i < repeat; i++, to++) out[to] = out[to - distance];
    }
  }
  if (checksum(out) !== block.readUInt16BE(12)) throw new Error('broken RNC block: checksum');
  return out;
}
