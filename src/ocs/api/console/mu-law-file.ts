/** A WAV file of one channel, µ-law at 8 000 Hz. */
export function muLawFile(sound: Buffer): Buffer {
  const [rateHz, formatMuLaw, headerBytes] = [8_000, 7, 46];
  const head = Buffer.alloc(headerBytes);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(headerBytes + sound.length - 8, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(18, 16);
  head.writeUInt16LE(formatMuLaw, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 38, 'latin1');
  head.writeUInt32LE(sound.length, 42);
  return Buffer.concat([head, sound]);
}
