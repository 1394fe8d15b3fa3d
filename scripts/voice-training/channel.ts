/** What a telephone line does to a clean signal. */
import { FRAME, fromDb, lostFrames, plainNoise, RATE, type NoiseKind } from '../../src/eval/line/line.ts';
import type { Random } from './random.ts';

export { activeLevel, compand, echo, fromDb, losePackets, unitLevel } from '../../src/eval/line/line.ts';

/** Noise of any level. */
export const makeNoise = (kind: NoiseKind, length: number, random: Random): Float32Array =>
  plainNoise(kind, length, random, 10);

/** Played faster or slower, pitch and formants with it (cubic interpolation). */
export function changeSpeed(x: Float32Array, speed: number): Float32Array {
  const y = new Float32Array(Math.floor((x.length - 3) / speed));
  for (let i = 0; i < y.length; i++) {
    const at = i * speed + 1;
    const k = Math.floor(at);
    const f = at - k;
    const a = x[k - 1] ?? 0;
    const b = x[k] ?? 0;
    const c = x[k + 1] ?? 0;
    const d = x[k + 2] ?? 0;
    y[i] = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
  }
  return y;
}

/** One section of two poles and two zeros, in place. Coefficients divided by a0. */
function section(x: Float32Array, b0: number, b1: number, b2: number, a1: number, a2: number): void {
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] ?? 0;
    const y = b0 * v + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = v;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}

/** Some microphone: two broad peaks or dips and a tilt, up to 8 dB. */
export function colour(x: Float32Array, random: Random): void {
  for (let k = 0; k < 2; k++) {
    const w = (2 * Math.PI * 200 * 17 ** random.next()) / RATE;
    const gain = fromDb(random.between(-8, 8) / 2);
    const alpha = Math.sin(w) / (2 * random.between(0.4, 1.2));
    const a0 = 1 + alpha / gain;
    const cos = (-2 * Math.cos(w)) / a0;
    section(x, (1 + alpha * gain) / a0, cos, (1 - alpha * gain) / a0, cos, (1 - alpha / gain) / a0);
  }
  const tilt = random.between(-0.4, 0.4);
  section(x, 1, tilt, 0, 0, 0);
}

/** A small room: some early reflections, and a tail by two combs, 10 to 25 dB below. */
export function reverberate(x: Float32Array, random: Random): void {
  const dry = x.slice();
  for (let k = 0; k < 6; k++) {
    const delay = Math.round(random.between(0.002, 0.04) * RATE);
    const gain = random.between(-0.25, 0.25);
    for (let i = delay; i < x.length; i++) x[i] = (x[i] ?? 0) + gain * (dry[i - delay] ?? 0);
  }
  const mix = fromDb(-random.between(10, 25));
  for (let k = 0; k < 2; k++) {
    const delay = Math.round(random.between(0.023, 0.047) * RATE);
    const back = random.between(0.5, 0.8);
    const tail = dry.slice();
    for (let i = delay; i < tail.length; i++) tail[i] = (tail[i] ?? 0) + back * (tail[i - delay] ?? 0);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + mix * ((tail[i] ?? 0) - (dry[i] ?? 0));
  }
}

/** Lost packets, single ones and runs of up to 4, of which silence is left; packets may begin anywhere in a frame. */
export function losePacketRuns(x: Float32Array, share: number, random: Random): void {
  const shift = random.chance(0.5) ? 0 : Math.floor(FRAME * random.next());
  lostFrames(Math.floor(x.length / FRAME) - 1, share, random).forEach((lost, packet) => {
    if (lost) x.fill(0, shift + packet * FRAME, shift + (packet + 1) * FRAME);
  });
}

/** A tone of two frequencies that stops after `length` samples: the ringing that an answer cuts. */
export function addTone(x: Float32Array, hz: readonly number[], length: number, level: number): void {
  for (const f of hz)
    for (let i = 0; i < Math.min(length, x.length); i++)
      x[i] = (x[i] ?? 0) + level * Math.min(1, (length - i) / 16) * Math.sin((2 * Math.PI * f * i) / RATE);
}

/** Second-order Butterworth section, in place. */
function butterworth(x: Float32Array, hz: number, high: boolean): void {
  const w = (2 * Math.PI * hz) / RATE;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const a0 = 1 + alpha;
  const b1 = (high ? -(1 + cos) : 1 - cos) / a0;
  const b0 = Math.abs(b1) / 2;
  section(x, b0, b1, b0, (-2 * cos) / a0, (1 - alpha) / a0);
}

/** Telephone band. */
export function bandLimit(x: Float32Array, lowHz: number, highHz: number): void {
  butterworth(x, lowHz, true);
  butterworth(x, lowHz, true);
  butterworth(x, highHz, false);
}
