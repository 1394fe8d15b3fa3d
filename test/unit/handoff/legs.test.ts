import { describe, expect, test } from 'vitest';
import { answer, bench, board, dial, open, request } from '../../support/dialer/stage.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';

describe('an engaged leg', () => {
  const engage = {
    kind: 'engage',
    engagementId: 'e-1',
    group: 'sales',
    agentId: 'ann',
    extension: '7001',
  } as const;
  const engaged = (attemptId: string) => request(attemptId, { handoff: { kind: 'engaged', group: 'sales' } });

  async function legUp(): Promise<void> {
    bench.ocs.command(engage);
    bench.dialer.start();
    await bench.until(() => board.did('seize').length === 1, 'leg seized');
    board.advance(1);
    expect(board.commands.at(-1)).toMatchObject({
      name: 'dial',
      to: '7001',
      parameters: { noDetection: true },
    });
    board.emit(1, { type: 'answered', by: 'signal' });
    await bench.until(() => bench.ocs.engagements.length === 1, 'leg up');
    expect(bench.ocs.engagements).toEqual([{ engagementId: 'e-1', state: 'up', reason: null }]);
  }

  test('is joined in the turn of the verdict, parted when the customer leaves, and let go when asked', async () => {
    await legUp();
    await dial(engaged('a-1'));
    answer(2);
    expect(board.commands.at(-1)).toMatchObject({ name: 'join', channel: 2, to: 1 });
    board.emit(2, { type: 'joined', other: 1 });
    board.emit(1, { type: 'joined', other: 2 });
    bench.ocs.command({ kind: 'disengage', engagementId: 'e-1' });
    await settle(10);
    expect(board.did('drop')).toEqual([]);
    board.emit(2, { type: 'disconnected', cause: 16 });
    expect(board.commands.slice(-2).map(({ name, channel }) => [name, channel])).toEqual([
      ['part', 1],
      ['drop', 2],
    ]);
    board.emit(1, { type: 'parted' });
    expect(board.commands.at(-1)).toMatchObject({ name: 'drop', channel: 1 });
    board.advance(1);
    await bench.until(() => bench.ocs.engagements.length === 2, 'leg released');
    expect(bench.ocs.engagements[1]).toMatchObject({ state: 'released', reason: 'disengaged' });
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'transferred', agentId: 'ann' });
    expect(bench.dialer.status().channels.idle).toBe(2);
  });

  test('serves the next person who waits, first come, first served', async () => {
    await bench.close();
    open(3);
    await legUp();
    await dial(engaged('a-1'), engaged('a-2'));
    answer(2);
    board.emit(2, { type: 'joined', other: 1 });
    answer(3);
    expect(board.did('join')).toEqual([2]);
    board.emit(2, { type: 'disconnected', cause: 16 });
    board.emit(1, { type: 'parted' });
    expect(board.did('join')).toEqual([2, 3]);
  });

  test('that goes away takes its customer’s call with it', async () => {
    await legUp();
    await dial(engaged('a-1'));
    answer(2);
    board.emit(2, { type: 'joined', other: 1 });
    board.emit(1, { type: 'disconnected', cause: 16 });
    expect(board.did('drop')).toEqual([2, 1]);
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.engagements.at(-1)).toMatchObject({ state: 'released', reason: 'cause_16' });
  });

  test('that OCS forgot is taken over under its new name, or let go after a while', async () => {
    await legUp();
    bench.ocs.sessionId = 's-2';
    bench.ocs.command({ ...engage, engagementId: 'e-2' });
    await bench.until(() => bench.ocs.engagements.length === 2, 'up under its new name');
    expect(bench.ocs.engagements[1]).toEqual({ engagementId: 'e-2', state: 'up', reason: null });
    expect(board.did('dial')).toEqual([1]);
    bench.ocs.sessionId = 's-3';
    const pulls = bench.ocs.questions.length;
    await bench.until(() => bench.ocs.questions.length > pulls + 2, 'forgotten again');
    board.advance(29_999);
    expect(board.did('drop')).toEqual([]);
    board.advance(2);
    expect(board.did('drop')).toEqual([1]);
  });

  test('is the only one at its telephone, until it is let go', async () => {
    await legUp();
    bench.ocs.command({ ...engage, engagementId: 'e-2', agentId: 'bob' });
    await bench.until(() => bench.ocs.engagements.length === 2, 'refused');
    expect(bench.ocs.engagements[1]).toEqual({
      engagementId: 'e-2',
      state: 'failed',
      reason: 'EXTENSION_LIMIT',
    });
    expect(board.did('seize')).toEqual([1]);
    expect(bench.dialer.status().refused).toEqual({ EXTENSION_LIMIT: 1 });
    bench.ocs.command({ kind: 'disengage', engagementId: 'e-1' });
    await bench.until(() => board.did('drop').length === 1, 'let go');
    // It is still being hung up: the switch would find it engaged.
    bench.ocs.command({ ...engage, engagementId: 'e-3', agentId: 'bob' });
    await bench.until(() => bench.ocs.engagements.length === 3, 'refused again');
    expect(bench.ocs.engagements[2]).toMatchObject({ engagementId: 'e-3', reason: 'EXTENSION_LIMIT' });
    board.advance(1);
    bench.ocs.command({ ...engage, engagementId: 'e-4', agentId: 'bob' });
    await bench.until(() => board.did('seize').length === 2, 'the telephone is free again');
  });

  test.each([
    ['its agent sits at another telephone', { agentId: 'ann', extension: '7002' }],
    ['somebody else sits at its telephone', { agentId: 'bob', extension: '7001' }],
    ['its agent works for another group', { agentId: 'ann', extension: '7001', group: 'service' }],
  ])('that OCS forgot is let go as soon as %s: no call goes there any more', async (_why, now) => {
    await legUp();
    bench.ocs.sessionId = 's-2';
    bench.ocs.command({ ...engage, engagementId: 'e-2', ...now });
    await bench.until(() => board.did('drop').length === 1, 'let go');
    await dial(engaged('a-1'));
    answer(board.did('dial').at(-1) ?? 0);
    expect(board.did('join')).toEqual([]);
  });

  test('that was taken over and forgotten again is let go after the whole time from then', async () => {
    await legUp();
    const forget = async (sessionId: string) => {
      bench.ocs.sessionId = sessionId;
      const pulls = bench.ocs.questions.length;
      await bench.until(() => bench.ocs.questions.length > pulls + 2, 'forgotten');
    };
    await forget('s-2');
    board.advance(20_000);
    bench.ocs.command({ ...engage, engagementId: 'e-2' });
    await bench.until(() => bench.ocs.engagements.length === 2, 'taken over');
    await forget('s-3');
    board.advance(29_999);
    expect(board.did('drop')).toEqual([]);
    board.advance(1);
    expect(board.did('drop')).toEqual([1]);
  });

  test('of which nothing is known is told as released: OCS would ask for its end for ever', async () => {
    bench.dialer.start();
    bench.ocs.command({ kind: 'disengage', engagementId: 'e-9' });
    await bench.until(() => bench.ocs.engagements.length === 1, 'told');
    expect(bench.ocs.engagements).toEqual([{ engagementId: 'e-9', state: 'released', reason: 'disengaged' }]);
    expect(board.commands).toEqual([]);
  });

  test('without a free channel has failed', async () => {
    await dial(request('a-1'), request('a-2'));
    bench.ocs.command(engage);
    await bench.until(() => bench.ocs.engagements.length === 1, 'reported');
    expect(bench.ocs.engagements[0]).toMatchObject({ state: 'failed', reason: 'no_channel' });
  });
});
