import { describe, expect, it } from 'vitest';
import { parseCadence } from '../../../src/board/tone-plans.ts';
import { conditionedCalls, conditions, type Clip } from '../../../scripts/eval-calls/conditions.ts';
import { cadence, deviated, exact, join, sitForms, tone } from '../../../scripts/eval-calls/signals.ts';
import { Random } from '../../../scripts/voice-training/random.ts';
import { sitCategories } from '../../../src/domain/outcome.ts';

const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
const dbm0 = (x: Float32Array) => 20 * Math.log10(rms(x)) + 3.14 + 3.01;

/** Power at a frequency, as a share of all power. */
function shareAt(x: Float32Array, hz: number): number {
  let re = 0;
  let im = 0;
  x.forEach((v, i) => {
    re += v * Math.cos((2 * Math.PI * hz * i) / 8000);
    im += v * Math.sin((2 * Math.PI * hz * i) / 8000);
  });
  return (2 * (re * re + im * im)) / (x.length * x.length) / rms(x) ** 2;
}

describe('the signals of generated calls', () => {
  it.each([
    [[440, 480], null],
    [[425], null],
    [[400], 25],
  ])('have the level asked for: %j modulated by %j', (hz, modulationHz) => {
    for (const level of [-5, -35])
      expect(dbm0(tone(hz, 2000, { ...exact, dbm0: level }, modulationHz))).toBeCloseTo(level, 1);
  });

  it('have the frequency and twist asked for', () => {
    const x = tone([480, 620], 1000, { ...exact, hz: 1.01, twistDb: 6 });
    expect(10 * Math.log10(shareAt(x, 626.2) / shareAt(x, 484.8))).toBeCloseTo(6, 1);
    expect(shareAt(x, 626.2) + shareAt(x, 484.8)).toBeGreaterThan(0.97);
  });

  it('keep the cadence, whole rounds of it', () => {
    const x = join(cadence(parseCadence('425/200,0/300'), 700, 1, { ...exact, ms: 1.02 }));
    expect(x.length).toBe(2 * (0.5 * 1.02) * 8000);
    expect(rms(x.subarray(0, 1500))).toBeGreaterThan(0.05);
    expect(rms(x.subarray(1700, 4000))).toBe(0);
  });

  it('deviate within limits, by seed', () => {
    const some = Array.from({ length: 50 }, (_, seed) => deviated(new Random(seed)));
    for (const { hz, dbm0: level, twistDb } of some) {
      expect(Math.abs(hz - 1)).toBeLessThanOrEqual(0.014);
      expect(Math.abs(twistDb)).toBeLessThanOrEqual(6);
      expect(level).toBeGreaterThanOrEqual(-35);
      expect(level).toBeLessThanOrEqual(-5);
    }
    expect(new Set(some.map(({ hz }) => hz)).size).toBe(50);
    expect(deviated(new Random(7))).toEqual(some[7]);
  });

  it('have every SIT category once', () => {
    expect(Object.keys(sitForms).sort()).toEqual([...sitCategories].sort());
    expect(new Set(Object.values(sitForms).map((form) => JSON.stringify(form))).size).toBe(9);
  });
});

describe('calls in conditions', () => {
  const clip = (voice: string, hz: number): Clip => ({
    name: voice,
    voice,
    lang: 'en',
    samples: tone([hz], 700, exact),
  });
  const clips = [clip('a', 300), clip('b', 500), clip('c', 700)];
  const make = (seed: number) => conditionedCalls(clips, clips, new Random(seed));

  it('are of every condition, the same by the same seed', () => {
    expect(new Set(make(1).map(({ condition }) => condition))).toEqual(new Set(conditions));
    expect(make(1)).toEqual(make(1));
    expect(make(2)).not.toEqual(make(1));
  });

  it('know to the millisecond where the greeting begins and ends, and the beep', () => {
    for (const { condition, parts, speechStartMs, greetingEndMs, beep, noise } of make(3)) {
      if (noise !== null || condition === 'false-answer-ringback') continue;
      const x = join(parts);
      const loud = (fromMs: number, toMs: number) => rms(x.subarray(8 * fromMs, 8 * toMs)) > 0.001;
      expect(loud(speechStartMs + 1, speechStartMs + 40), `${condition}: its start`).toBe(true);
      expect(loud(greetingEndMs - 40, greetingEndMs - 1), `${condition}: its end`).toBe(true);
      expect(loud(greetingEndMs + 2, greetingEndMs + 18), `${condition}: after it`).toBe(false);
      if (speechStartMs > 20 && condition !== 'rings-on-then-answers') {
        expect(loud(speechStartMs - 18, speechStartMs - 2), `${condition}: before it`).toBe(false);
      }
      if (beep === null) continue;
      expect(loud(beep.startMs - 15, beep.startMs - 2), `${condition}: before the beep`).toBe(false);
      expect(loud(beep.startMs + 8, beep.startMs + beep.lengthMs - 8), `${condition}: the beep`).toBe(true);
    }
  });
});
