import { describe, expect, test } from 'vitest';
import { usualLimits } from '../../../src/domain/call-limits.ts';
import { callResult } from '../../../src/domain/result.ts';
import { DialerBench } from '../../support/dialer/bench.ts';
import { answer, bench, board, dial, number, open, request, useBench } from '../../support/dialer/stage.ts';
import { ScriptedBoard } from '../../support/board/scripted-board.ts';

describe('what is never dialled', () => {
  test('a number that the dial plan does not allow', async () => {
    bench.ocs.offer(request('a-1', { number: number('19005550123') }));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({
      result: callResult.DialError,
      status: 'dial_error',
      reason: 'NUMBER_NOT_ALLOWED',
    });
    expect(board.commands).toEqual([]);
  });

  test('a request that names an extension outside the switch', async () => {
    bench.ocs.offer(
      request('a-1', { handoff: { kind: 'destination', extension: '0019005550123' } }),
      request('a-2', { onMachine: { action: 'transfer', extension: '112' } }),
    );
    bench.dialer.start();
    for (const id of ['a-1', 'a-2']) {
      await bench.until(() => bench.ocs.ends(id).length === 1, 'outcome');
      expect(bench.ocs.ends(id)[0]).toMatchObject({ status: 'dial_error', reason: 'EXTENSION_NOT_ALLOWED' });
    }
    expect(board.commands).toEqual([]);
  });

  test('a request with a tone plan that the board has not', async () => {
    await bench.close();
    open(2, { plans: ['US', 'GB'] });
    bench.ocs.offer(request('a-1', { plan: 'XX' }), request('a-2', { plan: 'GB' }));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({
      result: callResult.DialError,
      status: 'dial_error',
      reason: 'UNKNOWN_PLAN',
      channel: null,
    });
    await bench.until(() => board.did('seize').length === 1, 'the other one');
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({ name: 'dial', parameters: { plan: 'GB' } });
  });

  test('a request for a call analysis that no line has', async () => {
    await bench.close();
    open(2, {}, [['board', 'ours']]);
    bench.ocs.offer(request('a-1', { cpa: 'both' }), request('a-2', { cpa: 'ours' }), request('a-3'));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'dial_error', reason: 'NOT_SUPPORTED' });
    await bench.until(() => board.did('seize').length === 2, 'the others');
    board.advance(1);
    const dials = board.commands.filter(({ name }) => name === 'dial');
    expect(dials.map(({ parameters }) => parameters?.cpa)).toEqual(['ours', undefined]);
  });

  test("an agent's extension outside the switch: another agent gets the person", async () => {
    bench.ocs.agents = [
      { agentId: 'eve', extension: '0019005550123' },
      { agentId: 'ann', extension: '7001' },
    ];
    await dial(request('a-1'));
    answer(board.did('dial')[0] ?? 0);
    await bench.until(() => board.did('transfer').length === 1, 'transfer');
    expect(board.commands.at(-1)).toMatchObject({ name: 'transfer', to: '7001' });
    expect(bench.ocs.agentRequests.at(-1)?.failed).toEqual(['eve']);
  });

  test('an engaged leg to an extension outside the switch', async () => {
    const engage = { kind: 'engage', engagementId: 'e-1', group: 'sales', agentId: 'eve' } as const;
    bench.ocs.command({ ...engage, extension: '911' });
    bench.dialer.start();
    await bench.until(() => bench.ocs.engagements.length === 1, 'report');
    expect(bench.ocs.engagements[0]).toMatchObject({ state: 'failed', reason: 'EXTENSION_NOT_ALLOWED' });
    expect(board.commands).toEqual([]);
  });

  test('a request that is not as it should be', async () => {
    const bad = {
      attemptId: 'a-1',
      code: 'BAD_NUMBER',
      message: 'number: no',
      request: { number: '5,5' },
    } as const;
    bench.ocs.offerBad(bad);
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'dial_error', reason: 'BAD_NUMBER' });
    expect(board.commands).toEqual([]);
  });

  test('an attempt that comes again: while it runs nothing happens, afterwards its reports are repeated', async () => {
    await dial(request('a-1'));
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.ocs.waiting === 0, 'pulled again');
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    await bench.until(() => bench.dialer.status().unacknowledged === 0, 'acknowledged');
    const before = bench.ocs.reports.length;
    bench.ocs.offer(request('a-1'));
    await bench.until(() => bench.ocs.reports.length === 2 * before, 'repeated');
    expect(board.did('dial')).toHaveLength(1);
    expect(bench.ocs.ends('a-1')).toHaveLength(1);
  });
});

describe('what exceeds a limit is refused by its code, and counted', () => {
  test('a second call to one number, whatever OCS asks', async () => {
    const same = { number: number('12025550177') };
    await bench.close();
    open(4);
    bench.ocs.offer(request('a-1', same), request('a-2', same));
    bench.dialer.start();
    await bench.until(() => bench.ocs.ends('a-2').length === 1, 'refused');
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ status: 'dial_error', reason: 'NUMBER_IN_CALL' });
    expect(board.did('seize')).toEqual([1]);
    expect(bench.dialer.status().refused).toEqual({ NUMBER_IN_CALL: 1 });
    board.advance(1);
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    bench.ocs.offer(request('a-3', same));
    await bench.until(() => board.did('seize').length === 2, 'the number is free again');
  });

  test('the calls to one number in an hour, also over a restart', async () => {
    const limits = { ...usualLimits, perNumberHour: 1 };
    const same = { number: number('12025550178') };
    await bench.close();
    open(2, { limits });
    await dial(request('a-1', same));
    await bench.dialer.stop(0);
    const before = bench;
    const next = new DialerBench(new ScriptedBoard(2), {
      ocs: bench.ocs,
      folder: bench.folder,
      config: { limits },
    });
    next.ocs.offer(request('a-2', same));
    next.dialer.start();
    await next.until(() => next.ocs.ends('a-2').length === 1, 'refused');
    expect(next.ocs.ends('a-2')[0]).toMatchObject({ reason: 'NUMBER_LIMIT' });
    expect(next.board.commands).toEqual([]);
    await next.close(true);
    useBench(before);
  });

  test('the calls a day to a prefix, also where one pull brings more of them', async () => {
    await bench.close();
    open(8, { limits: { ...usualLimits, perPrefixDay: [{ prefix: '4479', calls: 3 }] } });
    const ids = Array.from({ length: 6 }, (_, i) => `a-${i}`);
    bench.ocs.offer(...ids.map((id, i) => request(id, { number: number(`447946000${i}`) })));
    bench.dialer.start();
    await bench.until(() => ids.filter((id) => bench.ocs.ends(id).length === 1).length === 3, 'refused');
    board.advance(1);
    expect(board.did('dial')).toHaveLength(3);
    expect(bench.dialer.status().refused).toEqual({ PREFIX_LIMIT: 3 });
  });

  test('no more requests are asked for than may begin', async () => {
    await bench.close();
    open(8, { limits: { ...usualLimits, callsPerSecond: 3 } });
    bench.dialer.start();
    await bench.until(() => bench.ocs.questions.length > 0, 'pull');
    expect(bench.ocs.questions[0]?.free).toBe(3);
  });

  test('an agent leg that rings too often', async () => {
    await bench.close();
    open(2, { limits: { ...usualLimits, perExtensionHour: 0 } });
    bench.ocs.command({ kind: 'engage', engagementId: 'e-1', group: 'g', agentId: 'ann', extension: '7001' });
    bench.dialer.start();
    await bench.until(() => bench.ocs.engagements.length === 1, 'report');
    expect(bench.ocs.engagements[0]).toMatchObject({ state: 'failed', reason: 'EXTENSION_LIMIT' });
    expect(board.commands).toEqual([]);
  });
});
