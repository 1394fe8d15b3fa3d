import { describe, expect, it } from 'vitest';
import { analyzeFile, frameKind } from '../../../../src/board/analysis.ts';
import { activeLevel, fromDb, lostFrames, skewed, toFloat, toInt16 } from '../../../../src/eval/line/line.ts';
import type { LabelledCall } from '../../../../src/eval/calls/manifest.ts';
import { Random } from '../../../../src/eval/line/random.ts';
import {
  movedCall,
  randomFor,
  variationGroups,
  variationsOf,
  type Variation,
} from '../../../../src/eval/calls/vary.ts';

const call: LabelledCall = {
  file: 'live-01.wav',
  path: new URL('../../../../examples/speech/live-01-en.wav', import.meta.url).pathname,
  truth: 'human',
  sit: null,
  plan: 'GB',
  channel: 'both',
  from: 'answer',
  answerMs: 0,
  speechStartMs: 200,
  greetingEndMs: 900,
  beep: { startMs: 2_000, endMs: 2_300, recorded: false },
  generated: true,
  columns: {},
};

const named = (part: string): Variation => {
  const found = variationsOf('all').find(({ name }) => name.includes(part));
  if (found === undefined) throw new Error(`no variation ${part}`);
  return found;
};

/** A second of tone between half seconds of near silence. */
const x = new Float32Array(16_000).map((_, i) =>
  i >= 4_000 && i < 12_000 ? 0.1 * Math.sin(i * 0.6) : 0.0001 * Math.sin(i * 1.7),
);
const vary = async (variation: Variation, seed = 1) =>
  variation.apply(x, { call, random: randomFor(seed, call, variation.name) });
const db = (value: number) => 20 * Math.log10(value);

describe('a call on another line', () => {
  it('has the level asked for', async () => {
    expect(db(activeLevel((await vary(named('level -33'))).x))).toBeCloseTo(-33, 1);
    expect(db(activeLevel((await vary(named('level -12'))).x))).toBeCloseTo(-12, 1);
  });

  it('has noise as far below the voice as it says', async () => {
    for (const kind of ['white noise', 'room noise', 'mains hum']) {
      const { x: noisy } = await vary(named(kind));
      const noise = noisy.map((value, at) => value - (x[at] ?? 0));
      const power = noise.reduce((sum, value) => sum + value * value, 0) / noise.length;
      expect(db(activeLevel(x)) - 10 * Math.log10(power)).toBeCloseTo(15, 0);
    }
  });

  it('is the same by the same seed and another by another', async () => {
    const noise = named('white noise');
    expect((await vary(noise)).x).toEqual((await vary(noise)).x);
    expect((await vary(noise, 2)).x).not.toEqual((await vary(noise)).x);
  });

  it('loses the same packets, marked or as silence', async () => {
    const silent = await named('silence instead').apply(x, { call, random: new Random(5) });
    const marked = await named('marked').apply(x, { call, random: new Random(5) });
    const gone = [...(marked.kinds ?? [])].flatMap((kind, frame) => (kind === frameKind.lost ? [frame] : []));
    expect(gone.length).toBeGreaterThan(0);
    for (const frame of gone) {
      expect(silent.x.subarray(frame * 160, (frame + 1) * 160).every((value) => value === 0)).toBe(true);
    }
    expect(marked.x).toEqual(x);
  });

  it('loses about the share that is asked for', () => {
    const lost = lostFrames(20_000, 0.03, new Random(1)).filter(Boolean).length;
    expect(lost / 20_000).toBeGreaterThan(0.02);
    expect(lost / 20_000).toBeLessThan(0.05);
  });

  it('has comfort noise where nobody speaks, and only there', async () => {
    const { kinds } = await vary(named('comfort noise'));
    const noise = [...(kinds ?? [])].flatMap((kind, frame) =>
      kind === frameKind.comfortNoise ? [frame] : [],
    );
    expect(noise).toEqual([...Array(25).keys(), ...Array.from(Array(25).keys(), (at) => at + 75)]);
  });

  it('runs faster or slower by 200 in a million', () => {
    const tone = new Float32Array(80_000).map((_, i) => Math.sin((2 * Math.PI * 1_000 * i) / 8_000));
    // Ten seconds later the fast clock is 2 ms ahead, 16 samples.
    expect(tone.length - skewed(tone, 200).length).toBeCloseTo(16, -1);
    expect(skewed(tone, -200).length - tone.length).toBeCloseTo(15, -1);
    expect(skewed(tone, 0)).toEqual(tone.subarray(0, -1));
  });

  it('moves the truth with what is put before the call', async () => {
    const { x: later, laterMs } = await vary(named('line noise first'));
    expect(later.length - x.length).toBe(8 * laterMs);
    const moved = movedCall(call, laterMs);
    expect(moved).toMatchObject({
      answerMs: 0,
      speechStartMs: 200 + laterMs,
      greetingEndMs: 900 + laterMs,
      beep: { startMs: 2_000 + laterMs },
    });
    const ringing = await vary(named('ringback'));
    expect(ringing.laterMs).toBe(400 + 700);
    expect(activeLevel(ringing.x.subarray(0, 8 * 400))).toBeGreaterThan(fromDb(-24));
  });

  it('has a short answer said again, and a long one not', () => {
    const { fits } = named('says it again');
    expect(fits?.(call)).toBe(true);
    expect(fits?.({ ...call, greetingEndMs: 3_000 })).toBe(false);
    expect(fits?.({ ...call, truth: 'machine' })).toBe(false);
  });

  it('comes in groups; what is none is refused with all of their names', () => {
    expect(new Set(variationsOf('all').map(({ group }) => group))).toEqual(new Set(variationGroups));
    expect(variationsOf('skew, loss').map(({ group }) => group)).toEqual(['loss', 'loss', 'skew', 'skew']);
    expect(() => variationsOf('louder')).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENT', field: 'vary' }) as Error,
    );
  });

  it('turns samples to floats and back without a bit of difference', async () => {
    const { wave } = await analyzeFile(call.path, { samples: true });
    const samples = wave?.samples ?? new Int16Array();
    expect(samples.length).toBeGreaterThan(1_000);
    expect(toInt16(toFloat(samples))).toEqual(samples);
  });
});
