import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallHistory, type DecidedCall } from '../../../../src/ocs/pacing/call-history.ts';

describe('call history', () => {
  it('errs to the side of more live answers while it knows little', () => {
    const history = createCallHistory();
    expect(history.liveChance()).toBeGreaterThan(0.5);
    for (let i = 0; i < 300; i += 1)
      history.decided({ durationMs: 8_000, answered: true, live: i % 4 === 0 });
    expect(history.liveChance()).toBeGreaterThan(0.25);
    expect(history.liveChance()).toBeLessThan(0.3);
  });

  it('knows that a call past the usual answer time is less likely live', () => {
    const history = createCallHistory();
    for (let i = 0; i < 50; i += 1) {
      history.decided({ durationMs: 6_000, answered: true, live: true });
      history.decided({ durationMs: 30_000, answered: false, live: false });
    }
    expect(history.liveChanceAfter(0, false)).toBeGreaterThan(0.45);
    expect(history.liveChanceAfter(10_000, false)).toBeLessThan(0.05);
    expect(history.liveChanceAfter(10_000, true)).toBeGreaterThan(0.9);
  });

  it('expects agents to be free when their usual time is nearly over', () => {
    const history = createCallHistory();
    expect(history.soonFreeChance(0)).toBe(0);
    for (let i = 0; i < 40; i += 1) {
      history.decided({ durationMs: 10_000, answered: true, live: true });
      history.handled(60_000 + i * 100);
    }
    expect(history.soonFreeChance(10_000)).toBe(0);
    expect(history.soonFreeChance(55_000)).toBeGreaterThan(0.9);
  });

  it('forgets the oldest', () => {
    const history = createCallHistory(10);
    for (let i = 0; i < 30; i += 1) history.decided({ durationMs: 1, answered: true, live: true });
    expect(history.count()).toBe(10);
  });

  it('takes as a call alike one that was decided later, or once it is answered, one that was answered', () => {
    const seconds = fc.integer({ min: 0, max: 20 }).map((s) => s * 1_000);
    const call = fc.record({ durationMs: seconds, answered: fc.boolean(), live: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), seconds, fc.boolean(), (calls, elapsedMs, answered) => {
        const history = createCallHistory();
        for (const each of calls) history.decided(each);
        const isAlike = (each: DecidedCall) => (answered ? each.answered : each.durationMs > elapsedMs);
        const alike = calls.filter(isAlike);
        const live = alike.filter((each) => each.live).length;
        // One call more, of which nothing is known but what all calls say.
        expect(history.liveChanceAfter(elapsedMs, answered)).toBeCloseTo(
          (live + history.liveChance()) / (alike.length + 1),
        );
      }),
    );
  });

  it('counts as free in time an agent who needs at most as long as the earliest tenth of answers', () => {
    const history = createCallHistory();
    for (let i = 1; i <= 20; i++) history.decided({ durationMs: i * 1_000, answered: true, live: true });
    history.decided({ durationMs: 500, answered: false, live: false });
    expect(history.figures()).toMatchObject({ answerMs: 3_000, handleMs: null });
    for (const handle of [10_000, 13_000, 13_001]) history.handled(handle);
    expect(history.figures().handleMs).toBeCloseTo(12_000.333);
    // Of two who need longer than 10 s, one is free by 13 s.
    expect(history.soonFreeChance(10_000)).toBeCloseTo(1 / 3);
    expect(history.soonFreeChance(13_001)).toBe(0);
  });

  it('is one standard error above the share of live answers, and never above 1', () => {
    const history = createCallHistory();
    // Of nothing: a half, and its error on two calls.
    expect(history.liveChance()).toBeCloseTo(0.5 + Math.sqrt(0.125));
    for (let i = 0; i < 98; i++) history.decided({ durationMs: 1_000, answered: true, live: i < 24 });
    expect(history.liveChance()).toBeCloseTo(0.25 + Math.sqrt((0.25 * 0.75) / 100));
    const all = createCallHistory();
    all.decided({ durationMs: 1_000, answered: true, live: true });
    expect(all.liveChance()).toBeLessThanOrEqual(1);
    expect(all.liveChance()).toBeGreaterThan(0.9);
  });
});

describe('calls and conversations that took longer', () => {
  it('are counted as the last ones say', () => {
    const call = fc.record({ durationMs: fc.nat(20), answered: fc.boolean(), live: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call), fc.array(fc.nat(40)), fc.nat(25), (calls, handles, elapsed) => {
        const history = createCallHistory();
        // What was asked in between is not what is known at the end.
        history.liveChanceAfter(elapsed, false);
        for (const one of calls) history.decided(one);
        history.soonFreeChance(elapsed);
        for (const one of handles) history.handled(one);
        const chanceOf = (alike: typeof calls) =>
          (alike.filter(({ live }) => live).length + history.liveChance()) / (alike.length + 1);
        const longer = calls.filter(({ durationMs }) => durationMs > elapsed);
        expect(history.liveChanceAfter(elapsed, false)).toBeCloseTo(chanceOf(longer), 9);
        expect(history.liveChanceAfter(elapsed, true)).toBeCloseTo(
          chanceOf(calls.filter(({ answered }) => answered)),
          9,
        );
        const { answerMs } = history.figures();
        const talking = handles.filter((handle) => handle > elapsed);
        const soon = talking.filter((handle) => handle <= elapsed + (answerMs ?? 0)).length;
        expect(history.soonFreeChance(elapsed)).toBeCloseTo(
          answerMs === null ? 0 : soon / (talking.length + 1),
          9,
        );
      }),
    );
  });
});
