import { describe, expect, test } from 'vitest';
import { callResult } from '../../../../src/domain/result.ts';
import { verdict } from '../../../support/dialer/call-script.ts';
import { DialerBench } from '../../../support/dialer/bench.ts';
import { answer, bench, board, dial, request, uses, useBench } from '../../../support/dialer/stage.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { ScriptedBoard } from '../../../support/board/scripted-board.ts';

describe('channels', () => {
  test('one that answers nothing is out of service, is reset after growing pauses, and comes back', async () => {
    board.mute = true;
    await dial(request('a-1'));
    board.advance(20_000);
    expect(bench.dialer.channels()[0]).toMatchObject({
      use: 'out_of_service',
      outOfServiceReason: 'no_reset',
      faults: 1,
    });
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'handed back');
    expect(bench.ocs.ends('a-1')).toEqual([{ handBack: 'no_seize' }]);
    board.advance(5_000);
    expect(board.did('reset')).toHaveLength(2);
    board.advance(10_000 + 15_000 - 2);
    expect(board.did('reset')).toHaveLength(2);
    board.mute = false;
    board.advance(2);
    expect(board.did('reset')).toHaveLength(3);
    expect(bench.dialer.channels()[0]).toMatchObject({ use: 'idle', outOfServiceReason: null });
    expect(uses.filter(([channel]) => channel === 1).map(([, use]) => use)).toEqual([
      'call',
      'out_of_service',
      'idle',
    ]);
  });

  test('an alarm takes the idle ones of its span out of use until it goes', async () => {
    await dial(request('a-1'));
    board.emit(1, { type: 'alarm', span: 1, alarm: 'red', on: true }, 0);
    expect(bench.dialer.channels()[1]).toMatchObject({
      use: 'out_of_service',
      outOfServiceReason: 'alarm_red',
    });
    board.advance(1);
    await bench.until(() => bench.ocs.ends('a-1').length === 1, 'outcome');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ result: callResult.SwitchError, reason: 'alarm_red' });
    expect(bench.dialer.status().channels).toEqual({ idle: 0, busy: 0, outOfService: 2 });
    board.emit(1, { type: 'alarm', span: 1, alarm: 'red', on: false }, 0);
    expect(bench.dialer.status().channels.idle).toBe(2);
  });

  test('events of a call that is over are counted and do nothing', async () => {
    await dial(request('a-1'));
    board.emit(1, { type: 'disconnected', cause: 17 });
    board.advance(1);
    const before = board.commands.length;
    board.emit(1, { type: 'answered', by: 'signal' }, 1);
    board.emit(1, verdict('live'), 1);
    expect(board.commands).toHaveLength(before);
    expect(bench.dialer.status().lateEvents).toBe(2);
  });

  test('a dead board is one line in the log, with the number of its channels', async () => {
    await bench.close();
    useBench(new DialerBench(new ScriptedBoard(480)));
    const said: object[] = [];
    const tell = (fields: object, message: string) => said.push({ ...fields, message });
    bench.dialer = bench.create(bench.journal, { ...silentLog, warn: tell, error: tell });
    bench.dialer.start();
    board.emit(1, { type: 'dead', reason: 'pulled out' }, 0);
    expect(bench.dialer.status().channels.outOfService).toBe(480);
    expect(said).toEqual([
      { reason: 'pulled out', channels: 480, message: 'the board failed: its channels are out of service' },
    ]);
  });

  test('a dead board ends every call with one outcome and takes all channels away', async () => {
    await dial(request('a-1'), request('a-2'));
    answer(1);
    board.emit(1, { type: 'dead', reason: 'pulled out' }, 0);
    expect(bench.dialer.status()).toMatchObject({ board: 'dead', calls: 0, channels: { outOfService: 2 } });
    await bench.until(() => bench.ocs.ends('a-1').length + bench.ocs.ends('a-2').length === 2, 'outcomes');
    expect(bench.ocs.ends('a-1')[0]).toMatchObject({ status: 'abandoned', reason: 'board_dead' });
    expect(bench.ocs.ends('a-2')[0]).toMatchObject({ result: callResult.SystemError, status: 'dropped' });
  });
});
