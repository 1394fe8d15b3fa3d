/**
 * Frequencies of a steady tone, measured over the whole of it: a pair 20 Hz apart is told from one tone where the tone
 * lasts 0.2 s.
 */
export interface ToneLines {
  /** In Hz, rising. Of a modulated tone its carrier. */
  hz: number[];
  modulationHz: number | null;
  /** Share of the power that the lines have, 0 to 1: 0.94 in noise 12 dB below. */
  share: number;
}

/** Lines softer than the strongest by more than this are distortion or noise. A full modulation is 6 dB down. */
const softestDb = -18;
/** The rise and fall of a tone blur its lines. */
const edgeMs = 12;
/** A longer stretch says nothing new. */
const longestMs = 2_000;
/** Between the halves of a tone the frequency is the same to within this. */
const unsteady = { share: 0.01, leastHz: 5 };
/** No network has a closer pair: what looks like one is a tone that was broken for a moment. */
const leastApartHz = 8;
/** An overtone is so much softer than its tone; an exchange's amplifier or a loudspeaker made it. */
const overtoneDb = -8;
/** Amplitude modulation as the tone plans have it. */
const modulation = { leastHz: 5, mostHz: 100, asymmetryHz: 3 };
const size = 32_768;

interface Line {
  hz: number;
  db: number;
}

/**
 * @param samples 16 bit, 8 kHz
 * @returns no frequency where the stretch is too short to say (50 ms)
 */
export function toneLines(samples: Int16Array, startMs: number, endMs: number): ToneLines {
  const length = Math.min(endMs - startMs - 2 * edgeMs, longestMs);
  if (length < 26) return { hz: [], modulationHz: null, share: 0 };
  const middle = (startMs + endMs) / 2;
  const from = Math.round((middle - length / 2) * 8);
  const power = spectrum(samples, from, Math.round(length * 8));
  const apartHz = Math.max(leastApartHz, 2_000 / length);
  const lines = strongestLines(power, apartHz);
  const share = shareOf(power, lines, apartHz);
  const own = withoutOvertones(lines);
  const carrier = modulated(own);
  if (carrier !== null) return { ...carrier, share };
  return { hz: own.map(({ hz }) => hz).sort((a, b) => a - b), modulationHz: null, share };
}

/** Whether two stretches of it have the same frequencies: a vowel glides, a tone does not. */
export function isSteady(samples: Int16Array, startMs: number, endMs: number): boolean {
  const middle = (startMs + endMs) / 2;
  const [first, second] = [toneLines(samples, startMs, middle), toneLines(samples, middle, endMs)];
  // Halves too short to measure say nothing against it.
  if (first.hz.length === 0 || second.hz.length === 0) return true;
  const [a = 0, b = 0] = [first, second].map(({ hz }) => Math.max(...hz));
  return Math.abs(a - b) <= Math.max(unsteady.leastHz, unsteady.share * a);
}

function withoutOvertones(lines: readonly Line[]): Line[] {
  return lines.filter(
    (line) =>
      !lines.some((tone) => {
        const times = Math.round(line.hz / tone.hz);
        const near = Math.abs(line.hz - times * tone.hz) <= 0.01 * line.hz;
        return times >= 2 && near && line.db <= tone.db + overtoneDb;
      }),
  );
}

function shareOf(power: Float64Array, lines: readonly Line[], apartHz: number): number {
  const binHz = 8_000 / size;
  let all = 0;
  let inside = 0;
  for (let at = Math.ceil(100 / binHz); at < power.length; at++) {
    const here = power[at] ?? 0;
    all += here;
    if (lines.some(({ hz }) => Math.abs(hz - at * binHz) <= apartHz)) inside += here;
  }
  return all === 0 ? 0 : inside / all;
}

/** A carrier between two weaker lines at the same distance. */
function modulated(lines: readonly Line[]): Omit<ToneLines, 'share'> | null {
  const [low, carrier, high] = lines.toSorted((a, b) => a.hz - b.hz);
  if (lines.length !== 3 || low === undefined || carrier === undefined || high === undefined) return null;
  const below = carrier.hz - low.hz;
  const above = high.hz - carrier.hz;
  const rate = (below + above) / 2;
  const even = Math.abs(below - above) <= modulation.asymmetryHz;
  if (!even || rate < modulation.leastHz || rate > modulation.mostHz) return null;
  if (carrier.db < Math.max(low.db, high.db) + 1) return null;
  return { hz: [carrier.hz], modulationHz: rate };
}

/** Up to three peaks, strongest first. */
function strongestLines(power: Float64Array, apartHz: number): Line[] {
  const binHz = 8_000 / size;
  const db = (at: number) => 10 * Math.log10((power[at] ?? 0) + 1e-9);
  const peaks: Line[] = [];
  const first = Math.ceil(100 / binHz);
  for (let at = first; at < size / 2 - 1; at++) {
    const here = power[at] ?? 0;
    if (here < (power[at - 1] ?? 0) || here <= (power[at + 1] ?? 0)) continue;
    // The top of the parabola through three points.
    const [left, top, right] = [db(at - 1), db(at), db(at + 1)];
    const curve = left - 2 * top + right;
    const shift = curve === 0 ? 0 : (left - right) / (2 * curve);
    peaks.push({ hz: (at + shift) * binHz, db: top });
  }
  peaks.sort((a, b) => b.db - a.db);
  const kept: Line[] = [];
  for (const peak of peaks) {
    if (peak.db < (peaks[0]?.db ?? 0) + softestDb || kept.length === 3) break;
    if (kept.every(({ hz }) => Math.abs(hz - peak.hz) >= apartHz)) kept.push(peak);
  }
  return kept;
}

/** Power of a stretch under a Hann window, padded with zeros to `size`. */
function spectrum(samples: Int16Array, from: number, length: number): Float64Array {
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let i = 0; i < length; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length);
    re[i] = window * (samples[from + i] ?? 0);
  }
  transform(re, im);
  return re.map((value, at) => value * value + (im[at] ?? 0) ** 2).subarray(0, size / 2);
}

/** The discrete Fourier transform in place (Cooley and Tukey, 1965); the length is a power of two. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
      [im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
    }
  }
  for (let half = 1; half < n; half *= 2) {
    const step = -Math.PI / half;
    for (let k = 0; k < half; k++) {
      const c = Math.cos(step * k);
      const s = Math.sin(step * k);
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half;
        const x = (re[b] ?? 0) * c - (im[b] ?? 0) * s;
        const y = (re[b] ?? 0) * s + (im[b] ?? 0) * c;
        re[b] = (re[a] ?? 0) - x;
        im[b] = (im[a] ?? 0) - y;
        re[a] = (re[a] ?? 0) + x;
        im[a] = (im[a] ?? 0) + y;
      }
    }
  }
}
