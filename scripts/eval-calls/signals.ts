import type { Cadence } from '../../src/board/tone-plans.ts';
import type { Random } from '../voice-training/random.ts';
import { fromDb } from '../../src/eval/line/line.ts';
import { RATE } from '../voice-training/wav.ts';

/** Power of a full-scale sine, in dBm0 (G.711). */
const FULL_SCALE_DBM0 = 3.14;

/** How a tone may differ from its plan. */
export interface Deviation {
  /** All frequencies times this. */
  hz: number;
  /** All durations times this. */
  ms: number;
  /** The second frequency is so much louder than the first. */
  twistDb: number;
  /** Power of the whole tone. */
  dbm0: number;
}

export const exact: Deviation = { hz: 1, ms: 1, twistDb: 0, dbm0: -16 };

/** Anywhere within limits: 1.4 % in frequency, 4 % in time, 6 dB of twist, -35 to -5 dBm0. */
export function deviated(random: Random): Deviation {
  return {
    hz: random.between(0.986, 1.014),
    ms: random.between(0.96, 1.04),
    twistDb: random.between(-6, 6),
    dbm0: random.between(-35, -5),
  };
}

/** Frequencies at once, `hz[0]` modulated in full depth where a modulation is given, edges of 4 ms. */
export function tone(hz: number[], ms: number, how: Deviation, modulationHz: number | null = null) {
  const length = Math.round((ms * how.ms * RATE) / 1000);
  const x = new Float32Array(length);
  const gains = hz.map((_, at) => (at === 1 ? fromDb(how.twistDb) : 1));
  const power = gains.reduce((sum, gain) => sum + gain * gain, 0) * (modulationHz === null ? 1 : 3 / 8);
  const peak = fromDb(how.dbm0 - FULL_SCALE_DBM0) / Math.sqrt(power);
  const edge = RATE * 0.004;
  for (let i = 0; i < length; i++) {
    let v = 0;
    hz.forEach((f, at) => (v += (gains[at] ?? 1) * Math.sin((2 * Math.PI * f * how.hz * i) / RATE)));
    if (modulationHz !== null) v *= (1 + Math.cos((2 * Math.PI * modulationHz * i) / RATE)) / 2;
    x[i] = peak * v * Math.min(1, i / edge, (length - i) / edge);
  }
  return x;
}

/** A cadence from its start, for at least `ms` and at least `times` rounds. */
export function cadence({ steps }: Cadence, ms: number, times: number, how: Deviation): Float32Array[] {
  const out: Float32Array[] = [];
  let heardMs = 0;
  for (let round = 0; round < times || heardMs < ms; round++) {
    for (const step of steps) {
      const stepMs = step.ms === 0 ? ms : step.ms;
      heardMs += stepMs;
      out.push(
        step.hz.length === 0 ? silence(stepMs * how.ms) : tone(step.hz, stepMs, how, step.modulationHz),
      );
    }
  }
  return out;
}

export function silence(ms: number): Float32Array {
  return new Float32Array(Math.round((ms * RATE) / 1000));
}

export function join(parts: readonly Float32Array[]): Float32Array {
  const x = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    x.set(part, at);
    at += part.length;
  }
  return x;
}

const low = [913.8, 1370.6, 1776.7] as const;
const high = [985.2, 1428.5] as const;

/** Special information tones: frequencies and lengths of the three segments (Telcordia, ITU-T E.180). */
export const sitForms: Record<string, [number, number][]> = {
  IC: [
    [low[0], 276],
    [low[1], 276],
    [low[2], 380],
  ],
  VC: [
    [high[0], 380],
    [low[1], 276],
    [low[2], 380],
  ],
  "RO'": [
    [low[0], 276],
    [high[1], 380],
    [low[2], 380],
  ],
  'RO"': [
    [high[0], 276],
    [low[1], 380],
    [low[2], 380],
  ],
  "NC'": [
    [high[0], 380],
    [high[1], 380],
    [low[2], 380],
  ],
  'NC"': [
    [low[0], 380],
    [low[1], 380],
    [low[2], 380],
  ],
  R1: [
    [low[0], 380],
    [high[1], 276],
    [low[2], 380],
  ],
  R2: [
    [high[0], 276],
    [high[1], 276],
    [low[2], 380],
  ],
  ITU: [
    [950, 330],
    [1400, 330],
    [1800, 330],
  ],
};
