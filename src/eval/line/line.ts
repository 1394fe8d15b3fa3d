/** What a telephone line does to a clean signal. */
import type { Random } from './random.ts';

/** Samples a second. */
export const RATE = 8000;
/** Samples of a frame of 20 ms. */
export const FRAME = 160;

export const fromDb = (db: number): number => 10 ** (db / 20);

/** Root mean square of the louder parts (20 ms frames within 25 dB of the loudest). */
export function activeLevel(x: Float32Array): number {
  const frames: number[] = [];
  for (let at = 0; at + 160 <= x.length; at += 160) {
    let sum = 0;
    for (let i = at; i < at + 160; i++) sum += (x[i] ?? 0) ** 2;
    frames.push(sum / 160);
  }
  const loudest = Math.max(1e-12, ...frames);
  const loud = frames.filter((power) => power > loudest * 10 ** -2.5);
  return Math.sqrt(loud.reduce((a, b) => a + b, 0) / Math.max(1, loud.length)) || 1e-6;
}

export type NoiseKind = 'white' | 'pink' | 'hum' | 'room';

/** Scaled to an RMS of 1. */
export function unitLevel(x: Float32Array): Float32Array {
  let sum = 0;
  for (const v of x) sum += v * v;
  const gain = 1 / Math.sqrt(sum / x.length + 1e-12);
  return x.map((v) => v * gain);
}

/** Noise of any level: hum of so many harmonics; pink by three leaky sums; a room is that with slow swells. */
export function plainNoise(kind: NoiseKind, length: number, random: Random, harmonics: number): Float32Array {
  const x = new Float32Array(length);
  if (kind === 'hum') {
    const hz = random.chance(0.5) ? 50 : 60;
    const parts = Array.from({ length: harmonics }, (_, k) => ({
      w: (2 * Math.PI * hz * (k + 1)) / RATE,
      a: random.next() / (k + 1) ** 0.5,
      p: random.between(0, 6.28),
    }));
    for (let i = 0; i < length; i++)
      for (const { w, a, p } of parts) x[i] = (x[i] ?? 0) + a * Math.sin(w * i + p);
    return x;
  }
  let a = 0;
  let b = 0;
  let c = 0;
  let swell = 0;
  for (let i = 0; i < length; i++) {
    const white = random.next() + random.next() + random.next() - 1.5;
    a = 0.997 * a + 0.029 * white;
    b = 0.985 * b + 0.032 * white;
    c = 0.95 * c + 0.048 * white;
    if (i % 400 === 0) swell = 0.9 * swell + 0.25 * random.normal();
    x[i] = kind === 'white' ? white : (a + b + c + 0.05 * white) * (kind === 'room' ? Math.exp(swell) : 1);
  }
  return x;
}

/** Noise of RMS 1. */
export const makeNoise = (kind: NoiseKind, length: number, random: Random): Float32Array =>
  unitLevel(plainNoise(kind, length, random, 8));

/** Second-order Butterworth section, in place. */
function biquad(x: Float32Array, hz: number, high: boolean): void {
  const w = (2 * Math.PI * hz) / RATE;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const b1 = high ? -(1 + cos) : 1 - cos;
  const b0 = Math.abs(b1) / 2;
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  for (let i = 0; i < x.length; i++) {
    const v = x[i] ?? 0;
    const y = (b0 * v + b1 * x1 + b0 * x2 + 2 * cos * y1 - (1 - alpha) * y2) / (1 + alpha);
    x2 = x1;
    x1 = v;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}

/** Telephone band. */
export function bandLimit(x: Float32Array): void {
  biquad(x, 280, true);
  biquad(x, 280, true);
  biquad(x, 3450, false);
}

export function echo(x: Float32Array, delayMs: number, gainDb: number): void {
  const delay = Math.round((delayMs * RATE) / 1000);
  const gain = fromDb(gainDb);
  for (let i = x.length - 1; i >= delay; i--) x[i] = (x[i] ?? 0) + gain * (x[i - delay] ?? 0);
}

/** Companding to 8 bits and back, close to G.711 (continuous law, quantised). */
export function compand(x: Float32Array, law: 'ulaw' | 'alaw'): void {
  for (let i = 0; i < x.length; i++) {
    const v = Math.max(-1, Math.min(1, x[i] ?? 0));
    const m = Math.abs(v);
    let y: number;
    if (law === 'ulaw') {
      const code = Math.round((Math.log1p(255 * m) / Math.log(256)) * 127);
      y = (256 ** (code / 127) - 1) / 255;
    } else {
      const k = 1 + Math.log(87.6);
      const code =
        (Math.floor((m < 1 / 87.6 ? (87.6 * m) / k : (1 + Math.log(87.6 * m)) / k) * 127) + 0.5) / 127.5;
      y = code < 1 / k ? (code * k) / 87.6 : Math.exp(code * k - 1) / 87.6;
    }
    x[i] = Math.sign(v || 1) * y;
  }
}

/** Lost packets of 20 ms, replaced by silence or by the packet before. */
export function losePackets(x: Float32Array, share: number, repeat: boolean, random: Random): void {
  for (let at = 160; at + 160 <= x.length; at += 160) {
    if (!random.chance(share)) continue;
    if (repeat) x.copyWithin(at, at - 160, at);
    else x.fill(0, at, at + 160);
  }
}

/** Which frames of 20 ms are lost: single ones and, as often, runs of up to 4. */
export function lostFrames(frames: number, share: number, random: Random): boolean[] {
  const lost = Array.from({ length: frames }, () => false);
  for (let at = 0; at < frames; at++) {
    if (!random.chance(share / 1.75)) continue;
    const run = random.chance(0.5) ? 1 : Math.ceil(4 * random.next());
    lost.fill(true, at, at + run);
    at += run - 1;
  }
  return lost;
}

/** What is heard where the far clock runs faster by `ppm`, by linear interpolation. */
export function skewed(x: Float32Array, ppm: number): Float32Array {
  const step = 1 + ppm / 1e6;
  const out = new Float32Array(Math.floor((x.length - 1) / step));
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i * step);
    const part = i * step - at;
    out[i] = (1 - part) * (x[at] ?? 0) + part * (x[at + 1] ?? 0);
  }
  return out;
}

/** 16 bit samples as -1 to 1. */
export function toFloat(samples: Int16Array): Float32Array {
  const out = new Float32Array(samples.length);
  for (let i = 0; i < out.length; i++) out[i] = (samples[i] ?? 0) / 32_768;
  return out;
}

/** -1 to 1 as 16 bit samples; what is louder is clipped. */
export function toInt16(x: Float32Array): Int16Array {
  const out = new Int16Array(x.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round((x[i] ?? 0) * 32_768)));
  }
  return out;
}
