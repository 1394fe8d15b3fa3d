import { expect, test } from 'vitest';
import { createOutages } from '../../../src/dialer/outages.ts';
import { callResult } from '../../../src/domain/result.ts';
import type { Sleep } from '../../../src/link/backoff.ts';
import { DialerBench } from '../../support/dialer/bench.ts';
import { bench, board, dial, request, useBench } from '../../support/dialer/stage.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';
import { silentLog } from '../../support/silent-log.ts';

test('after a crash nothing is dialled again: one handed back, one reported as lost in the crash', async () => {
  await dial(request('dialled'));
  board.mute = true;
  bench.ocs.offer(request('taken'));
  await bench.until(() => board.did('seize').length === 2, 'both taken');
  expect(bench.journal.stateOf('taken')).toBe('accepted');

  // The same file, a new process: the old one never says goodbye.
  const crashed = bench;
  const next = new DialerBench(new ScriptedBoard(2), { ocs: bench.ocs, folder: bench.folder });
  next.dialer.start();
  await next.until(() => next.ocs.ends('taken').length + next.ocs.ends('dialled').length === 2, 'settled');
  expect(next.ocs.ends('taken')).toEqual([{ handBack: 'restart' }]);
  expect(next.ocs.ends('dialled')[0]).toMatchObject({ result: callResult.SystemError, reason: 'crash' });
  next.ocs.offer(request('dialled'), request('taken'));
  await next.until(() => next.ocs.waiting === 0, 'offered again');
  await settle(10);
  expect(next.board.commands).toEqual([]);
  await next.close(true);
  useBench(crashed);
});

test('without OCS nothing new is dialled; calls go on, their results are delivered when it is back', async () => {
  await dial(request('a-1'));
  bench.ocs.down = true;
  await bench.until(() => bench.dialer.status().link === 'down', 'lost');
  board.emit(1, { type: 'disconnected', cause: 17 });
  board.advance(1);
  await bench.until(() => bench.dialer.status().calls === 0, 'ended');
  expect(bench.ocs.ends('a-1')).toEqual([]);
  expect(bench.dialer.status().unacknowledged).toBeGreaterThan(0);
  bench.ocs.down = false;
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'delivered');
  // Reports and pulls find OCS each for itself, in either order.
  await bench.until(() => bench.dialer.status().link === 'up', 'found');
});

test('reports that are not acknowledged are sent again and again, and are the same each time', async () => {
  bench.ocs.deaf = true;
  await dial(request('a-1'));
  await bench.until(() => bench.ocs.reports.filter(({ seq }) => seq === 1).length >= 3, 'repeats');
  bench.ocs.deaf = false;
  await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
  const first = bench.ocs.reports.filter(({ seq }) => seq === 1);
  expect(new Set(first.map((report) => JSON.stringify(report))).size).toBe(1);
});

test('after an outage the results go first; new calls are taken when OCS has them', async () => {
  await dial(request('a-1'));
  bench.ocs.down = true;
  await bench.until(() => bench.dialer.status().link === 'down', 'lost');
  board.emit(1, { type: 'disconnected', cause: 17 });
  board.advance(1);
  await bench.until(() => bench.dialer.status().calls === 0, 'ended');
  const asked = bench.ocs.questions.length;
  bench.ocs.down = false;
  bench.ocs.offer(request('a-2'));
  await bench.until(() => bench.ocs.waiting === 0, 'the new one is taken');
  expect(bench.ocs.ends('a-1')).toHaveLength(1);
  expect(bench.ocs.questions[asked]?.free).toBe(0);
});

test('what OCS sends beyond the free channels is handed back, not dialled; what is known of it is left alone', async () => {
  await dial(request('a-1'));
  bench.ocs.excess = ['a-1', 'a-2', 'a-3'];
  await bench.until(() => bench.ocs.ends('a-3').length === 1, 'handed back');
  expect(bench.ocs.ends('a-2')).toEqual([{ handBack: 'no_channel' }]);
  expect(bench.ocs.ends('a-1')).toEqual([]);
  expect(board.did('seize')).toEqual([1]);
  expect(bench.dialer.calls().map(({ attemptId }) => attemptId)).toEqual(['a-1']);
});

test('an attempt that ended is named in the pull until OCS knows that it was taken', async () => {
  await dial(request('a-1'));
  bench.ocs.deaf = true;
  bench.ocs.offer(request('a-2'));
  await bench.until(() => board.did('seize').length === 2, 'taken');
  board.advance(1);
  board.emit(2, { type: 'disconnected', cause: 17 });
  board.advance(1);
  await bench.until(() => bench.dialer.calls().length === 1, 'ended');
  const ended = bench.ocs.questions.length;
  await bench.until(() => bench.ocs.questions.length > ended + 2, 'pulls');
  expect(bench.ocs.questions.at(-1)?.active).toContain('a-2');
  bench.ocs.deaf = false;
  await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
  const told = bench.ocs.questions.length;
  await bench.until(() => bench.ocs.questions.length > told + 2, 'pulls again');
  expect(bench.ocs.questions.at(-1)?.active).toEqual(['a-1']);
});

test('while OCS stays away calls that ring are let go: whoever answered would find no agent', async () => {
  const fixed = { handoff: { kind: 'destination', extension: '7000' } } as const;
  await dial(request('a-1'), request('a-2', fixed));
  bench.ocs.down = true;
  await bench.until(() => board.did('drop').length === 1, 'let go');
  expect(board.did('drop')).toEqual([1]);
  board.advance(1);
  bench.ocs.down = false;
  await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
  expect(bench.ocs.ends('a-1')[0]).toMatchObject({ result: callResult.DroppedOnNoAnswer, reason: 'no_ocs' });
});

/** A sleep whose time passes when `pass` says so. */
function steppedSleep(): { sleep: Sleep; pass: (ms: number) => Promise<void> } {
  let now = 0;
  let sleeping: { until: number; wake: () => void }[] = [];
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve) => {
      sleeping.push({ until: now + ms, wake: resolve });
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  const pass = async (ms: number) => {
    now += ms;
    const due = sleeping.filter(({ until }) => until <= now);
    sleeping = sleeping.filter(({ until }) => until > now);
    for (const { wake } of due) wake();
    await settle(1);
  };
  return { sleep, pass };
}

test('an outage of less than three seconds ends no call that rings; a longer one is told once', async () => {
  const { sleep, pass } = steppedSleep();
  let lost = 0;
  const outages = createOutages({
    reporter: { catchUp: () => Promise.resolve() },
    hasReports: () => false,
    lost: () => (lost += 1),
    sleep,
    log: silentLog,
    observer: {},
  });
  outages.changed('down');
  await pass(2_999);
  outages.changed('up');
  await pass(60_000);
  expect(lost).toBe(0);
  outages.changed('down');
  await pass(2_999);
  expect(lost).toBe(0);
  await pass(1);
  expect(lost).toBe(1);
  await pass(60_000);
  expect(lost).toBe(1);
});

test('a return of OCS has ten seconds for its results, however short before it was lost another began', async () => {
  const { sleep, pass } = steppedSleep();
  const outages = createOutages({
    reporter: { catchUp: () => new Promise(() => {}) },
    hasReports: () => true,
    lost: () => {},
    sleep,
    log: silentLog,
    observer: {},
  });
  outages.changed('up');
  await pass(6_000);
  expect(outages.resultsFirst).toBe(true);
  outages.changed('down');
  outages.changed('up');
  await pass(9_999);
  expect(outages.resultsFirst).toBe(true);
  await pass(1);
  expect(outages.resultsFirst).toBe(false);
});
