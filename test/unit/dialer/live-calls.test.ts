import { describe, expect, test } from 'vitest';
import type { RunningCall } from '../../../src/dialer/call/running-call.ts';
import { createLiveCalls } from '../../../src/dialer/live-calls.ts';
import { newCall } from '../../../src/domain/call/call.ts';
import { dialRequest } from '../../support/dialer/call-script.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';

/** A call that begins when its line is free. */
function call(attemptId: string, line: { free: boolean }, test = false) {
  const request = {
    ...dialRequest({ attemptId }),
    ...(test && { handoff: { kind: 'test' as const, holdMs: 0 } }),
  };
  const { state } = newCall(request, { bridgedTransfer: false, longestCallMs: 1 }, 1_000);
  const begun = { times: 0 };
  const running: RunningCall = {
    state,
    begin: () => {
      if (line.free) begun.times++;
      return line.free;
    },
    cancel: () => {},
    shutdown: () => {},
    noAgents: () => {},
  };
  return { running, begun };
}

describe('calls that wait for a channel', () => {
  test('begin when one is free, the oldest first; one that needs another kind of line holds nobody up', () => {
    const live = createLiveCalls();
    const [none, later] = [{ free: false }, { free: false }];
    const first = call('a', none);
    const second = call('b', later);
    for (const { running } of [first, second]) {
      live.add(running);
      live.begin(running);
    }
    expect(live.waiting).toBe(2);
    later.free = true;
    live.beginWaiting();
    expect([first.begun.times, second.begun.times, live.waiting]).toEqual([0, 1, 1]);
    live.beginWaiting();
    expect(second.begun.times).toBe(1);
    live.remove(first.running);
    expect(live.waiting).toBe(0);
  });

  test('do not wait where a channel is free at once', () => {
    const live = createLiveCalls();
    live.begin(call('a', { free: true }).running);
    expect(live.waiting).toBe(0);
  });
});

describe('the calls that there are', () => {
  const line = { free: true };

  test('are those for OCS and engineers’ test calls; OCS is told of the former only', () => {
    const live = createLiveCalls();
    const [own, test] = [call('a', line).running, call('t', line, true).running];
    live.add(own);
    live.add(test);
    expect(live.attemptIds()).toEqual(['a']);
    expect(live.forOcs()).toEqual([own]);
    expect(live.all()).toEqual([own, test]);
    expect([live.get('a'), live.get('t')]).toEqual([own, undefined]);
    const shown = live.snapshots(4_000, false);
    expect(shown.map(({ attemptId, test: isTest }) => [attemptId, isTest])).toEqual([
      ['a', false],
      ['t', true],
    ]);
    expect(shown[0]).toMatchObject({
      number: '********23',
      phase: 'queued',
      ageMs: 3_000,
      phaseAgeMs: 3_000,
    });
    expect(live.snapshots(4_000, true)[0]?.number).toBe('2025550123');
  });

  test('have all ended when the last one of either kind has', async () => {
    const live = createLiveCalls();
    await live.allEnded();
    const [own, test] = [call('a', line).running, call('t', line, true).running];
    live.add(own);
    live.add(test);
    let over = false;
    const end = live.allEnded().then(() => {
      over = true;
    });
    live.remove(own);
    await settle(1);
    expect(over).toBe(false);
    live.remove(test);
    await end;
  });

  test('are waited for no more when that is given up, now or later', async () => {
    const live = createLiveCalls();
    live.add(call('a', line).running);
    const end = live.allEnded();
    live.giveUp();
    await end;
    await live.allEnded();
  });
});
