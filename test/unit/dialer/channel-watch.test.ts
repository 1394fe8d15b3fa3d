import { describe, expect, it } from 'vitest';
import type { HeardCall, WatchedChannel } from '../../../src/link/live-schemas.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';
import { bench, board, dial, open, request } from '../../support/dialer/stage.ts';
import { verdict } from '../../support/dialer/call-script.ts';

/** Long enough for a test, whose pauses are of a millisecond. */
const watch = (hear: number[] = [], forMs = 120_000, turn = 1) => {
  bench.ocs.command({ kind: 'watch', turn, forMs, hear });
};
const looks = () => bench.ocs.looks;
/** The channels as they were told, one message after the other. */
const told = () => {
  const channels = new Map<number, WatchedChannel>();
  for (const { channels: some } of looks()) for (const each of some) channels.set(each.channel, each);
  return channels;
};
const heard = (channel: number): HeardCall | undefined =>
  looks()
    .flatMap((look) => look.heard)
    .findLast((call) => call.channel === channel);

describe('a dialler whose channels are watched', () => {
  it('says nothing until somebody looks, then all of them, then what changes', async () => {
    await dial(request('a'));
    await settle(3);
    expect(looks()).toEqual([]);
    watch();
    await bench.until(() => looks().length === 1, 'a look');
    expect(looks()[0]).toMatchObject({ seq: 1, board: 'ok', heard: [] });
    const [busy, idle] = told().values();
    expect(busy).toMatchObject({
      use: 'call',
      phase: 'dialling',
      attemptId: 'a',
      campaign: 'spring',
      lastEvent: 'seized',
      test: false,
      reason: null,
    });
    expect(idle).toMatchObject({
      use: 'idle',
      phase: null,
      attemptId: null,
      lastEvent: null,
      lastEventMs: null,
    });
    board.advance(400);
    board.emit(busy?.channel ?? 0, { type: 'ringing', by: 'signal' });
    board.advance(100);
    await bench.until(() => looks().some(({ channels }) => channels.length === 1), 'a change');
    expect(looks().find(({ channels }) => channels.length === 1)).toMatchObject({
      channels: [{ channel: busy?.channel, phase: 'alerting', lastEvent: 'ringing' }],
    });
  });

  it('tells of a channel listened to what is heard, in ms since dialling, and of no other', async () => {
    await dial(request('a'), request('b'));
    const [one = 0, two = 0] = board.did('dial');
    watch([one]);
    await bench.until(() => looks().length > 0, 'a look');
    board.advance(1_000);
    for (const channel of [one, two]) board.emit(channel, { type: 'ringing', by: 'audio' });
    board.advance(500);
    board.emit(one, { type: 'answered', by: 'signal' });
    board.emit(one, { type: 'observation', observation: { kind: 'speech_start', atMs: 1_700 } });
    board.emit(one, {
      type: 'observation',
      observation: {
        kind: 'tone',
        tone: 'ringback',
        ambiguousWith: [],
        startMs: 20,
        endMs: null,
        hz: [440, 480],
      },
    });
    board.emit(one, {
      type: 'observation',
      observation: {
        kind: 'tone',
        tone: 'ringback',
        ambiguousWith: [],
        startMs: 20,
        endMs: 900,
        hz: [440, 480],
      },
    });
    board.emit(one, verdict('machine'));
    await bench.until(() => heard(one)?.items.some(({ kind }) => kind === 'verdict') === true, 'a verdict');
    expect(heard(one)).toMatchObject({ call: 'a' });
    expect(heard(one)?.items.map(({ endMs, kind, name, startMs }) => [kind, name, startMs, endMs])).toEqual([
      ['ringing', 'audio', 1_000, null],
      ['answered', 'signal', 1_500, null],
      ['speech_start', null, 1_700, null],
      ['signal', 'ringback', 20, 900],
      ['verdict', 'machine', 1_500, null],
    ]);
    expect(heard(two)).toBeUndefined();
  });

  it('asks the board for scores of those listened to alone, and for none when nobody looks', async () => {
    await dial(request('a'), request('b'));
    const [one = 0, two = 0] = board.did('dial');
    expect(board.did('tellScores')).toEqual([]);
    watch([one]);
    await bench.until(() => looks().length > 0, 'a look');
    expect(board.did('tellScores')).toEqual([one]);
    board.advance(2_000);
    board.emit(one, { type: 'score', atMs: 1_500, machineLogOdds: -0.5, machineFrom: 2, liveBelow: -1 });
    board.emit(one, { type: 'score', atMs: 1_900, machineLogOdds: 0.8, machineFrom: 2, liveBelow: -1.5 });
    await bench.until(() => heard(one)?.scores.length === 2, 'two scores');
    expect(heard(one)?.scores).toEqual([
      { atMs: 1_500, machineLogOdds: -0.5, machineFrom: 2, liveBelow: -1 },
      { atMs: 1_900, machineLogOdds: 0.8, machineFrom: 2, liveBelow: -1.5 },
    ]);
    // A score is nothing that happened on the line.
    expect(told().get(one)?.lastEvent).toBe('seized');
    watch([two]);
    await bench.until(() => board.did('tellNoScores').includes(one), 'no more of the first');
    expect(board.did('tellScores').at(-1)).toBe(two);
    bench.ocs.want = 'nothing';
    board.emit(two, { type: 'ringing', by: 'signal' });
    await bench.until(() => board.did('tellNoScores').includes(two), 'none at all');
  });

  it('says why a channel is out of service, and that the board is dead', async () => {
    bench.dialer.start();
    watch();
    await bench.until(() => looks().length > 0, 'a look');
    board.emit(1, { type: 'out_of_service', reason: 'line_blocked' });
    await bench.until(() => told().get(1)?.use === 'out_of_service', 'out of service');
    expect(told().get(1)).toMatchObject({ reason: 'line_blocked', lastEvent: 'out_of_service' });
    board.emit(1, { type: 'dead', reason: 'gone' });
    await bench.until(() => looks().at(-1)?.board === 'dead', 'dead');
    expect(told().get(2)).toMatchObject({ use: 'out_of_service', reason: 'board_dead' });
  });

  it('ends when nobody looks any more, and begins anew with all of them', async () => {
    bench.dialer.start();
    bench.ocs.want = 'nothing';
    watch();
    await bench.until(() => looks().length === 1, 'a look');
    board.emit(1, { type: 'out_of_service', reason: 'x' });
    await settle(10);
    expect(looks()).toHaveLength(1);
    bench.ocs.want = 'changes';
    watch();
    await bench.until(() => looks().length === 2, 'another look');
    expect(looks()[1]?.seq).toBe(1);
    expect(looks()[1]?.channels).toHaveLength(2);
  });

  it('says now and then that nothing changed, so that it hears whether somebody looks', async () => {
    bench.dialer.start();
    watch();
    await bench.until(() => looks().length === 3, 'three looks');
    expect(looks().map(({ channels, seq }) => [seq, channels.length])).toEqual([
      [1, 2],
      [2, 0],
      [3, 0],
    ]);
    watch([], 120_000, 2);
    await bench.until(() => looks().at(-1)?.channels.length === 2, 'all of them again');
    expect(looks().at(-1)?.seq).toBe(1);
  });

  it('begins anew when a message was lost, and ends by itself when it is not asked again', async () => {
    bench.dialer.start();
    bench.ocs.want = 'all';
    watch([], 500);
    await bench.until(() => looks().length === 2, 'two looks');
    expect(looks().map(({ channels, seq }) => [seq, channels.length])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await settle(10);
    board.emit(1, { type: 'out_of_service', reason: 'x' });
    await settle(10);
    expect(looks()).toHaveLength(2);
  });

  it('tells of many channels in several messages, none longer than the link takes', async () => {
    await bench.close();
    open(2_200);
    bench.dialer.start();
    watch();
    await bench.until(() => looks().length === 3, 'three looks');
    expect(looks().map(({ channels, seq }) => [seq, channels.length])).toEqual([
      [1, 1_000],
      [2, 1_000],
      [3, 200],
    ]);
    expect(told().size).toBe(2_200);
  });
});
