import { usablePrints } from '../board/known-recordings.ts';

const printBits = 28;
const printMask = 0x0fff_ffff;
const usableBit = 0x8000_0000;

/** Share of differing bits above which a print is not the same one: the same on two lines differ in 5 to 10 %. */
const sameBelow = 0.2;
/** A print that only one of the two has: a pause where the other has sound. */
const oneSided = 0.1;
/** The span ends where so much of what differs comes in a row: 8 prints that have nothing in common. */
const mostBetween = 2.4;

interface Run {
  start: number;
  end: number;
  score: number;
}

/**
 * What two recordings have in common: the longest span of the first that is in the second as well, without what lies
 * before and behind it. Empty where they have nothing in common.
 */
export function commonSpan(first: Uint32Array, second: Uint32Array): Uint32Array {
  let best: Run = { start: 0, end: 0, score: 0 };
  for (let shift = 1 - second.length; shift < first.length; shift++) {
    const run = bestRun(first, second, shift);
    if (run.score > best.score) best = run;
  }
  return first.slice(best.start, best.end);
}

/** Whether the span is at least half of what was heard: less is what lies before many calls, people's too. */
export function isMostOf(span: Uint32Array, heard: Uint32Array): boolean {
  return usablePrints(span) * 2 >= usablePrints(heard);
}

/** The best span of the first where the second begins `shift` prints behind its beginning. */
function bestRun(first: Uint32Array, second: Uint32Array, shift: number): Run {
  const best: Run = { start: 0, end: 0, score: 0 };
  const end = Math.min(first.length, second.length + shift);
  let start = Math.max(0, shift);
  let score = 0;
  let highest = 0;
  for (let at = start; at < end; at++) {
    score += likeness(first[at] ?? 0, second[at - shift] ?? 0);
    if (score > highest) {
      highest = score;
      if (score > best.score) Object.assign(best, { start, end: at + 1, score });
    } else if (score < 0 || highest - score > mostBetween) {
      start = at + 1;
      score = 0;
      highest = 0;
    }
  }
  return best;
}

/** Above 0: the same print. */
function likeness(a: number, b: number): number {
  const usable = ((a & usableBit) === 0 ? 0 : 1) + ((b & usableBit) === 0 ? 0 : 1);
  if (usable < 2) return usable * -oneSided;
  return sameBelow - bitsOf((a ^ b) & printMask) / printBits;
}

/** How many bits are set, in pairs, then fours, then eights. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
