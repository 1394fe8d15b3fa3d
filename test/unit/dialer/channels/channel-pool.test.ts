import { beforeEach, describe, expect, test } from 'vitest';
import type { BoardEvent } from '../../../../src/board/board.ts';
import { createChannelPool, type ChannelPool } from '../../../../src/dialer/channels/channels.ts';
import type { Cpa } from '../../../../src/domain/result.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { ScriptedBoard } from '../../../support/board/scripted-board.ts';

let board: ScriptedBoard;
let pool: ChannelPool;
/** Channels that became free, as often as that was said. */
let freed: number;
let seen: object[];
/** What the log says of channels, by level. */
let said: [level: string, message: string][];
/** What the owners of channels were told. */
let told: [owner: string, type: string][];

function open(channels: number, cpa?: Cpa[][]): void {
  board = new ScriptedBoard(channels, cpa);
  freed = 0;
  seen = [];
  told = [];
  said = [];
  const note = (level: string) => (_fields: object, message: string) => said.push([level, message]);
  pool = createChannelPool({
    board,
    log: { ...silentLog, info: note('info'), warn: note('warn') },
    observer: {
      channel: (change) => seen.push(change),
      alarm: (alarm) => seen.push(alarm),
      overflow: (count) => seen.push({ count }),
      boardDead: (reason) => seen.push({ reason }),
    },
    freed: () => freed++,
  });
  board.onEvent((event) => {
    pool.handle(event);
  });
}
beforeEach(() => {
  open(3);
});

const owner = (id: string, kind: 'call' | 'leg' = 'call') => ({
  kind,
  id,
  onEvent: (event: BoardEvent) => told.push([id, event.type]),
  onAlarm: (alarm: string | null) => told.push([id, alarm === null ? 'no alarm' : `alarm ${alarm}`]),
});
const take = (id: string, wanted?: Parameters<ChannelPool['take']>[1]) => pool.take(owner(id), wanted);
const stateOf = (channel: number) => pool.snapshot().find((each) => each.channel === channel);

describe('the channel that is taken', () => {
  test('is the one that has been free longest, the wanted one, or one with that analysis of calls', () => {
    expect([take('a')?.channel, take('b')?.channel]).toEqual([1, 2]);
    pool.release(2, 'good', null);
    pool.release(1, 'good', null);
    expect([take('c')?.channel, take('d')?.channel, take('e')?.channel, take('f')]).toEqual([3, 2, 1, null]);
    open(4, [['board'], ['ours', 'both']]);
    expect(take('a', { cpa: 'both' })?.channel).toBe(3);
    expect(take('b', { cpa: 'both', channel: 4 })?.channel).toBe(4);
    expect(take('c', { cpa: 'ours' })).toBeNull();
    expect(take('c', { channel: 4 })).toBeNull();
    expect(take('c', { channel: 2 })?.channel).toBe(2);
  });

  test('belongs to one owner, by a reference of its own each time', () => {
    const first = take('a');
    pool.release(1, 'good', null);
    const again = take('b', { channel: 1 });
    expect(first?.ref).not.toBe(again?.ref);
    expect(stateOf(1)).toMatchObject({ use: 'call', owner: 'b', faults: 0, outOfServiceReason: null });
    expect(pool.counts()).toEqual({ idle: 2, busy: 1, outOfService: 0 });
    pool.take(owner('leg', 'leg'), { channel: 2 });
    expect(stateOf(2)).toMatchObject({ use: 'leg', owner: 'leg' });
    expect(pool.counts()).toEqual({ idle: 1, busy: 2, outOfService: 0 });
    expect(seen.at(-1)).toEqual({ channel: 2, from: 'idle', to: 'leg', reason: null });
  });

  test('is given back once: each that becomes free is said', () => {
    take('a');
    expect(freed).toBe(0);
    pool.release(1, 'good', null);
    expect(freed).toBe(1);
    pool.release(1, 'good', null);
    pool.release(99, 'good', null);
    expect(freed).toBe(1);
  });
});

describe('after a fault', () => {
  const fault = (condition: 'suspect' | 'lost') => {
    take('a', { channel: 1 });
    pool.release(1, condition, 'hardware');
  };

  test('a channel rests three times as long each time, up to 10 minutes, and from 5 s again after a good call', () => {
    const rests: number[] = [];
    for (let i = 0; i < 7; i++) {
      fault('suspect');
      expect(stateOf(1)).toMatchObject({
        use: 'out_of_service',
        outOfServiceReason: 'hardware',
        faults: i + 1,
      });
      const from = board.now();
      while (stateOf(1)?.use !== 'idle') board.advance(1_000);
      rests.push((board.now() - from) / 1_000);
    }
    expect(rests).toEqual([5, 15, 45, 135, 405, 600, 600]);
    expect(board.did('reset')).toEqual([]);
    take('a', { channel: 1 });
    pool.release(1, 'good', null);
    fault('suspect');
    board.advance(5_000);
    expect(stateOf(1)).toMatchObject({ use: 'idle', outOfServiceReason: null });
  });

  test('that lost it, a channel is reset after the rest; one that does not answer, or refuses, is tried later', () => {
    board.mute = true;
    fault('lost');
    board.advance(4_999);
    expect(board.did('reset')).toEqual([]);
    board.advance(1);
    expect(board.did('reset')).toEqual([1]);
    // No answer for 10 s, then a rest of 15 s.
    board.refuse.set('reset', 'BOARD_DEAD');
    board.advance(25_000);
    expect(board.did('reset')).toEqual([1]);
    board.refuse.clear();
    board.mute = false;
    // Refused: a rest of 45 s.
    board.advance(45_001);
    expect(board.did('reset')).toEqual([1, 1]);
    expect(stateOf(1)).toMatchObject({ use: 'idle', faults: 3 });
    board.advance(600_000);
    expect(board.did('reset')).toHaveLength(2);
  });

  test('an operator is warned, and told when the channel is back', () => {
    fault('suspect');
    expect(said).toEqual([['warn', 'channel out of service']]);
    board.advance(5_000);
    expect(said).toEqual([
      ['warn', 'channel out of service'],
      ['info', 'channel back in service'],
    ]);
  });

  test('without a reason the fault itself is the reason', () => {
    take('a', { channel: 1 });
    pool.release(1, 'suspect', null);
    expect(stateOf(1)?.outOfServiceReason).toBe('suspect');
  });

  test('of a channel that the board took away, the board says when it is back', () => {
    take('a', { channel: 1 });
    board.emit(1, { type: 'out_of_service', reason: 'span' });
    pool.release(1, 'lost', 'hardware');
    expect(stateOf(1)).toMatchObject({ use: 'out_of_service', outOfServiceReason: 'span', faults: 0 });
    board.advance(3_600_000);
    expect(board.did('reset')).toEqual([]);
    board.emit(1, { type: 'in_service' });
    expect(stateOf(1)).toMatchObject({ use: 'idle', outOfServiceReason: null });
  });

  test('a channel that the board takes away in its rest does not come back at the end of the rest', () => {
    fault('suspect');
    board.emit(1, { type: 'out_of_service', reason: 'span' });
    board.advance(60_000);
    expect(stateOf(1)?.use).toBe('out_of_service');
  });
});

describe('an alarm', () => {
  const alarm = (span: number, kind: 'red' | 'blue', on: boolean) => {
    board.emit(1, { type: 'alarm', span, alarm: kind, on }, 0);
  };

  test('concerns the channels of its span, tells their owners when it comes, and ends by itself only', () => {
    open(4, [['board'], ['board']]);
    pool.take(owner('a'), { channel: 1 });
    alarm(1, 'red', true);
    expect(told).toEqual([['a', 'alarm red']]);
    expect(seen).toContainEqual({ span: 1, alarm: 'red', on: true });
    expect([1, 2, 3].map((channel) => stateOf(channel)?.use)).toEqual(['call', 'out_of_service', 'idle']);
    alarm(1, 'blue', false);
    expect(stateOf(2)?.outOfServiceReason).toBe('alarm_red');
    pool.release(1, 'good', null);
    expect(stateOf(1)?.use).toBe('out_of_service');
    alarm(1, 'red', false);
    expect(pool.counts()).toEqual({ idle: 4, busy: 0, outOfService: 0 });
    expect(told).toHaveLength(1);
  });

  test('is over for a call when the last of its span is', () => {
    take('a');
    alarm(1, 'red', true);
    alarm(1, 'blue', true);
    alarm(1, 'red', false);
    expect(told.map(([, what]) => what)).toEqual(['alarm red', 'alarm blue']);
    alarm(1, 'blue', false);
    expect(told.at(-1)).toEqual(['a', 'no alarm']);
  });

  test('that stands keeps its channels out of use when a later one ends', () => {
    alarm(1, 'red', true);
    alarm(1, 'blue', true);
    expect(stateOf(1)?.outOfServiceReason).toBe('alarm_red');
    alarm(1, 'blue', false);
    expect(stateOf(1)).toMatchObject({ use: 'out_of_service', outOfServiceReason: 'alarm_red' });
    alarm(1, 'blue', true);
    alarm(1, 'red', false);
    expect(stateOf(1)).toMatchObject({ use: 'out_of_service', outOfServiceReason: 'alarm_blue' });
    alarm(1, 'blue', false);
    expect(stateOf(1)?.use).toBe('idle');
  });
});

describe('an event', () => {
  test('reaches the owner of the call that it belongs to, or of the channel when it belongs to no call', () => {
    const taken = take('a');
    board.emit(1, { type: 'ringing', by: 'signal' }, taken?.ref);
    board.emit(1, { type: 'answered', by: 'signal' }, 0);
    board.emit(1, { type: 'dialled' }, (taken?.ref ?? 0) + 1);
    expect(told.map(([, type]) => type)).toEqual(['ringing', 'answered']);
    expect(pool.lateEvents).toBe(1);
    board.emit(2, { type: 'dialled' }, 7);
    expect(pool.lateEvents).toBe(2);
    board.emit(99, { type: 'dialled' }, 7);
    expect(pool.lateEvents).toBe(2);
  });

  test('of a reset is the channel’s: its owner has it whatever call it belonged to, else nobody is late', () => {
    take('a');
    board.emit(1, { type: 'reset' }, 77);
    board.emit(1, { type: 'failed', command: 'reset', reason: 'hardware' }, 77);
    expect(told.map(([, type]) => type)).toEqual(['reset', 'failed']);
    board.emit(1, { type: 'failed', command: 'drop', reason: 'hardware' }, 77);
    board.emit(2, { type: 'failed', command: 'reset', reason: 'hardware' }, 0);
    expect([told.length, pool.lateEvents]).toEqual([2, 1]);
  });

  test('that was lost is told with how many', () => {
    board.emit(1, { type: 'overflow', count: 3 }, 0);
    expect(seen).toEqual([{ count: 3 }]);
  });
});

test('a board that failed has no channel any more, and nothing brings one back', () => {
  take('a');
  pool.release(1, 'suspect', 'hardware');
  pool.take(owner('b'), { channel: 2 });
  board.emit(1, { type: 'dead', reason: 'pulled out' }, 0);
  expect(pool.dead).toBe(true);
  expect(told).toEqual([['b', 'dead']]);
  expect(seen).toContainEqual({ reason: 'pulled out' });
  pool.release(2, 'lost', 'board_dead');
  board.advance(3_600_000);
  expect(pool.counts()).toEqual({ idle: 0, busy: 0, outOfService: 3 });
  expect(stateOf(1)?.outOfServiceReason).toBe('board_dead');
  expect(take('c')).toBeNull();
  expect(board.did('reset')).toEqual([]);
});

test('what the board has out of service at the start is not idle', () => {
  const away = new ScriptedBoard(2);
  const channels = away.channels.bind(away);
  away.channels = () =>
    channels().map((each) =>
      each.channel === 1 ? { ...each, state: 'out_of_service', reason: 'span' } : each,
    );
  const other = createChannelPool({ board: away, log: silentLog, observer: {}, freed: () => {} });
  expect(other.counts()).toEqual({ idle: 1, busy: 0, outOfService: 1 });
  expect(other.snapshot()[0]).toMatchObject({ use: 'out_of_service', outOfServiceReason: 'span' });
  expect(other.take(owner('a'))?.channel).toBe(2);
});
