import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePacing } from '../../../../src/ocs/pacing/pacing.ts';
import { heldTargetPct, predictedAbandonedPct } from '../../../../src/ocs/pacing/predictive.ts';
import { progressiveCalls } from '../../../../src/ocs/pacing/progressive.ts';
import type { PacingInput } from '../../../../src/ocs/pacing/decision.ts';
import { abandonedRatePct } from '../../../../src/ocs/live/campaigns.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });

const inputs = fc.record({
  mode: fc.constantFrom('progressive', 'predictive'),
  multiplier: fc.double({ min: 0.1, max: 5, noNaN: true }),
  readyAgents: fc.nat(12),
  workingAgents: fc.nat(12),
  queuedCalls: fc.nat(3),
  undecided: fc.array(chance, { maxLength: 20 }),
  soonFree: fc.array(chance, { maxLength: 8 }),
  liveChance: chance,
  history: fc.nat(200),
  historyLength: fc.constantFrom(10, 50, 100),
  targetAbandonedPct: fc.constantFrom(0, 1, 3, 5, 100),
  abandonedPct: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
  liveAnswers: fc.nat(500),
  maxLinesPerAgent: fc.constantFrom(1, 3, 20),
  maxInFlight: fc.option(fc.nat(40)),
}) satisfies fc.Arbitrary<PacingInput>;

const base: PacingInput = {
  mode: 'predictive',
  multiplier: 1,
  readyAgents: 6,
  workingAgents: 10,
  queuedCalls: 0,
  undecided: [],
  soonFree: [],
  liveChance: 0.3,
  history: 100,
  historyLength: 50,
  targetAbandonedPct: 3,
  abandonedPct: 0,
  liveAnswers: 200,
  maxLinesPerAgent: 4,
  maxInFlight: null,
};

describe('progressive pacing', () => {
  it('gives the worked example of the reference: M 0.7, A 4, Q 0, D 1', () => {
    expect(progressiveCalls(0.7, 4, 0, 1)).toBe(1);
  });

  it('is one call for each ready agent with M 1', () => {
    expect(progressiveCalls(1, 5, 0, 2)).toBe(3);
    expect(progressiveCalls(1, 5, 2, 2)).toBe(1);
    expect(progressiveCalls(1, 2, 3, 4)).toBe(0);
  });

  it('does not lose a call to rounding', () => {
    expect(progressiveCalls(0.7, 10, 0, 0)).toBe(7);
    expect(progressiveCalls(0.1, 30, 0, 1)).toBe(2);
  });
});

describe('predictive pacing', () => {
  it('dials more than one call per agent when few answer, within the target', () => {
    const decision = decidePacing(base);
    expect(decision.rule).toBe('predictive');
    expect(decision.calls).toBeGreaterThan(6);
    expect(decision.predictedAbandonedPct).toBeLessThanOrEqual(3);
  });

  it('knows the exact rate of small cases', () => {
    // Two calls at 1/2 each and one agent: both live in 1 of 4 cases, one is lost; 1 live expected.
    expect(predictedAbandonedPct([0.5, 0.5], 1, [])).toBeCloseTo(25);
    // The second agent is free in half of the cases.
    expect(predictedAbandonedPct([0.5, 0.5], 1, [0.5])).toBeCloseTo(12.5);
    expect(predictedAbandonedPct([], 0, [])).toBe(0);
  });

  it('is progressive until the history is long enough', () => {
    expect(decidePacing({ ...base, history: 49 })).toMatchObject({ rule: 'start_up', calls: 6 });
  });

  it('is progressive while the abandoned rate is over the target', () => {
    const decision = decidePacing({ ...base, abandonedPct: 3.1, multiplier: 2 });
    expect(decision).toMatchObject({ rule: 'over_target', calls: 6 });
    expect(decision.explanation).toContain('3.1 % is over the target of 3 %');
  });

  it('holds the target lower while one lost person would break it', () => {
    expect(heldTargetPct(3, null, 0)).toBe(0);
    expect(heldTargetPct(3, 0, 20)).toBeCloseTo(1.8);
    expect(heldTargetPct(3, 0, 200)).toBe(3);
    expect(heldTargetPct(3, 2.9, 200)).toBeCloseTo(0.6);
    expect(heldTargetPct(3, 4, 200)).toBe(0);
    const young = decidePacing({ ...base, liveAnswers: 10 });
    expect(young.calls).toBeGreaterThanOrEqual(6);
    expect(young.calls).toBeLessThan(decidePacing(base).calls);
  });

  it('is the progressive formula with M 1 when nobody may be lost', () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.nat(2),
        fc.array(fc.constant(0.4), { maxLength: 10 }),
        (ready, queued, undecided) => {
          const decision = decidePacing({
            ...base,
            targetAbandonedPct: 0,
            readyAgents: ready,
            workingAgents: 12,
            queuedCalls: queued,
            undecided,
            maxLinesPerAgent: 20,
          });
          expect(decision.calls).toBe(progressiveCalls(1, ready, queued, undecided.length));
        },
      ),
    );
  });

  it('never dials less when an agent is about to be free', () => {
    fc.assert(
      fc.property(inputs, chance, (input, soon) => {
        const with1 = decidePacing({ ...input, soonFree: [...input.soonFree, soon] });
        expect(with1.calls).toBeGreaterThanOrEqual(decidePacing(input).calls);
      }),
    );
  });
});

/** By the definition: each way that the independent events can come out. */
function byEnumeration(calls: readonly number[], agentsNow: number, soonFree: readonly number[]): number {
  let lost = 0;
  let expected = 0;
  const events = [...calls, ...soonFree];
  for (let ways = 0; ways < 2 ** events.length; ways += 1) {
    const came = events.map((_, i) => ((ways >> i) & 1) === 1);
    const likely = events.reduce((all, chance, i) => all * (came[i] === true ? chance : 1 - chance), 1);
    const live = came.slice(0, calls.length).filter(Boolean).length;
    const free = Math.max(0, agentsNow + came.slice(calls.length).filter(Boolean).length);
    lost += likely * Math.max(0, live - free);
    expected += likely * live;
  }
  return expected === 0 ? 0 : (100 * lost) / expected;
}

describe('the predicted abandoned rate', () => {
  it('is that of all ways in which calls and agents can turn out', () => {
    const few = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 5 });
    fc.assert(
      fc.property(few, fc.integer({ min: -2, max: 6 }), few, (calls, agentsNow, soonFree) => {
        expect(predictedAbandonedPct(calls, agentsNow, soonFree)).toBeCloseTo(
          byEnumeration(calls, agentsNow, soonFree),
          6,
        );
      }),
    );
  });

  it('is exact for thousands of calls, of which almost all outcomes are negligible', () => {
    const calls = new Array<number>(2_000).fill(0.3);
    // Of 600 expected, with a spread of 20, some 8 find none: the mean excess of a normal distribution, 0.399 x 20.5.
    expect(predictedAbandonedPct(calls, 600, [])).toBeCloseTo((100 * 0.3989 * Math.sqrt(420)) / 600, 1);
    expect(predictedAbandonedPct(calls, 2_000, [])).toBe(0);
    expect(predictedAbandonedPct(calls, 0, [])).toBeCloseTo(100, 6);
  });
});

describe('every decision', () => {
  it('keeps its bounds and, when it predicts and dials, its target', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decidePacing(input);
        expect(Number.isInteger(decision.calls)).toBe(true);
        expect(decision.calls).toBeGreaterThanOrEqual(0);
        const inFlight = input.undecided.length + decision.calls;
        if (decision.calls > 0) {
          expect(inFlight).toBeLessThanOrEqual(input.maxLinesPerAgent * input.workingAgents + 1e-9);
          expect(inFlight).toBeLessThanOrEqual(input.maxInFlight ?? Infinity);
        }
        if (decision.rule === 'predictive' && decision.calls > 0) {
          expect(decision.predictedAbandonedPct).toBeLessThanOrEqual((decision.heldAbandonedPct ?? 0) + 1e-6);
          expect(decision.heldAbandonedPct).toBeLessThanOrEqual(input.targetAbandonedPct);
          const calls = [...input.undecided, ...new Array<number>(decision.calls).fill(input.liveChance)];
          expect(
            predictedAbandonedPct(calls, input.readyAgents - input.queuedCalls, input.soonFree),
          ).toBeCloseTo(decision.predictedAbandonedPct ?? NaN, 6);
        }
        expect(decision.explanation).not.toBe('');
      }),
    );
  });

  it('says so when nobody is at work', () => {
    expect(decidePacing({ ...base, workingAgents: 0, readyAgents: 0 })).toMatchObject({
      calls: 0,
      rule: 'no_agents',
    });
  });
});

describe('abandoned rate', () => {
  it('is A / (L + A) in percent, null while nobody answered', () => {
    expect(abandonedRatePct(97, 3)).toBeCloseTo(3);
    expect(abandonedRatePct(0, 0)).toBeNull();
  });

  it('counts the people taken for machines', () => {
    // 1 % of all live people were judged machines: 99 heard, 1 not.
    expect(abandonedRatePct(99, 0, 1)).toBeCloseTo(1);
    expect(abandonedRatePct(97, 2, 1)).toBeCloseTo(3);
  });
});
