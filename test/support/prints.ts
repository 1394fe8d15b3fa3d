/** Prints as they are made of sound, without any: what they are does not matter where it matters only which are alike. */
export function drawnPrints(seed: number, count = 150): Uint32Array {
  let state = seed * 2_654_435_761 + 1;
  return Uint32Array.from({ length: count }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9;
    state ^= state >>> 13;
    return (state & 0x0fff_ffff) | 0x8000_0000;
  });
}

/** The same recording on another line: one bit in `every` prints is another. */
export function onAnotherLine(prints: Uint32Array, every = 7): Uint32Array {
  return prints.map((print, at) => (at % every === 0 ? print ^ (1 << (at % 28)) : print));
}
