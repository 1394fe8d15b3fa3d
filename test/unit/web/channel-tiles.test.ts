import { describe, expect, it } from 'vitest';
import type { LiveChannel, LiveDialer, LiveHeard } from '../../../src/api/live.ts';
import { callPhases } from '../../../src/domain/call/call-state.ts';
import { channelWords, reasonText } from '../../../src/domain/explanation/channel-words.ts';
import { stepFrom, tilesOf, type Place } from '../../../src/web/channels/channel-places.ts';
import { dialerNote, shortAge, spanHeading, tileLabel } from '../../../src/web/channels/channel-words.ts';
import { marksOf, stretchesOf } from '../../../src/web/channels/heard-parts.ts';

const channel = (
  dialerId: string,
  span: number,
  number: number,
  more: Partial<LiveChannel> = {},
): LiveChannel => ({
  ...{ id: `${dialerId}/${number}`, dialerId, span, channel: number, use: 'idle', phase: null, since: 0 },
  ...{ attemptId: null, campaign: null, agentId: null, test: false, lastEvent: null, lastEventAt: null },
  ...{ reason: null, faults: 0 },
  ...more,
});

describe('the tiles', () => {
  it('are in the order of dialler, span and number, whatever order they came in', () => {
    const mixed = [
      channel('b', 0, 2),
      channel('a', 1, 31),
      channel('a', 0, 10),
      channel('b', 0, 1),
      channel('a', 0, 9),
    ];
    expect(tilesOf(mixed)).toEqual([
      {
        dialerId: 'a',
        spans: [
          { span: 0, ids: ['a/9', 'a/10'] },
          { span: 1, ids: ['a/31'] },
        ],
      },
      { dialerId: 'b', spans: [{ span: 0, ids: ['b/1', 'b/2'] }] },
    ]);
    expect(tilesOf([])).toEqual([]);
  });

  const places: Place[] = [
    { id: '1', left: 0, top: 0 },
    { id: '2', left: 100, top: 0 },
    { id: '3', left: 200, top: 0 },
    { id: '4', left: 0, top: 50 },
    { id: '5', left: 100, top: 50 },
    { id: '6', left: 0, top: 120 },
  ];
  it.each([
    ['2', 'ArrowRight', '3'],
    ['3', 'ArrowRight', '4'],
    ['6', 'ArrowRight', null],
    ['1', 'ArrowLeft', null],
    ['3', 'ArrowDown', '5'],
    ['5', 'ArrowDown', '6'],
    ['6', 'ArrowDown', null],
    ['6', 'ArrowUp', '4'],
    ['5', 'ArrowUp', '2'],
    ['5', 'Home', '1'],
    ['1', 'End', '6'],
    ['gone', 'ArrowDown', '1'],
  ])('from %s by %s go to %s', (from, key, to) => {
    expect(stepFrom(places, from, key)).toBe(to);
  });

  it('have words for every phase of a call, and a letter', () => {
    for (const phase of callPhases) {
      const words = channelWords({ use: 'call', phase });
      expect(words.word).not.toBe(phase.replaceAll('_', ' ') === 'dialling' ? '' : phase);
      expect(words.letter).toMatch(/^[A-Z!]$/);
    }
    expect(channelWords({ use: 'leg', phase: 'idle' }).word).toBe("agent's leg, idle");
    expect(channelWords({ use: 'idle', phase: null })).toMatchObject({ letter: 'I', look: 'idle' });
    // Of a dialler that is newer.
    expect(channelWords({ use: 'call', phase: 'being_taught' }).word).toBe('being taught');
    expect(channelWords({ use: 'on_loan', phase: null })).toMatchObject({ letter: '?', word: 'on loan' });
  });

  it('say why a channel is out of service, also for reasons of a driver', () => {
    expect(reasonText('alarm_red')).toBe('Red alarm: nothing comes in on the span.');
    expect(reasonText('open_failed')).toBe('The board or the dialler says: open failed.');
  });

  it('name the channel, its state and what it works for', () => {
    const call = { use: 'call', phase: 'connected', campaign: 'spring', agentId: 'ben' };
    expect(tileLabel(channel('a', 0, 7, call))).toBe('Channel 7: with an agent, campaign spring, agent ben');
    expect(tileLabel(channel('a', 0, 7, { use: 'out_of_service', reason: 'no_seize' }))).toBe(
      'Channel 7: out of service, no seize',
    );
    expect(tileLabel(channel('a', 0, 7, { use: 'call', phase: 'alerting', test: true }))).toBe(
      'Channel 7: ringing, test call',
    );
    expect(spanHeading(3, [channel('a', 3, 1)])).toBe('Span 3: 1 channel');
    expect(spanHeading(3, [channel('a', 3, 1, call), channel('a', 3, 2, { use: 'out_of_service' })])).toBe(
      'Span 3: 2 channels, 1 in calls, 1 out of service',
    );
  });

  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [7_200_000, '2 h'],
  ])('%s ms are %s', (ms, text) => {
    expect(shortAge(ms)).toBe(text);
  });

  const dialer: LiveDialer = {
    ...{ dialerId: 'd1', lost: false, free: 0, channels: { inService: 0, busy: 0 }, calls: 0 },
    ...{ canWatch: true, board: 'ok' },
  };
  it.each([
    [{}, 4, null],
    [{}, 0, 'Dialler d1 has no channels: none are configured on its board.'],
    [{ board: null }, 0, 'Dialler d1 is asked for its channels.'],
    [{ board: 'dead' }, 4, /^The board of dialler d1 failed\./],
    [{ lost: true, board: 'dead' }, 4, 'Dialler d1 is silent. What it told last is shown.'],
    [{ lost: true, canWatch: false }, 0, 'Dialler d1 is silent.'],
    [{ canWatch: false, board: null }, 0, /^Dialler d1 is of an older version/],
  ] as const)('of a dialler that is %j with %s channels it is said: %s', (more, count, text) => {
    const note = dialerNote({ ...dialer, ...more }, count)?.text ?? null;
    if (text instanceof RegExp) expect(note).toMatch(text);
    else expect(note).toBe(text);
  });
});

describe('what is heard', () => {
  type Item = LiveHeard['items'][number];
  const item = (
    kind: string,
    startMs: number,
    endMs: number | null = null,
    name: string | null = null,
  ): Item => ({
    ...{ kind, startMs, endMs, name, hz: [], confidence: null },
  });

  it('has lengths as stretches, and moments and signals as marks in their order', () => {
    const items = [
      item('answered', 900, null, 'signal'),
      item('tone', 100, 800),
      item('signal', 100, 800, 'ringback'),
    ];
    expect(stretchesOf(items, 5_000)).toEqual([{ kind: 'tone', startMs: 100, endMs: 800 }]);
    expect(marksOf(items)).toEqual([
      { ms: 100, word: 'ringback' },
      { ms: 900, word: 'answer' },
    ]);
  });

  it('has speech that goes on until now, and not once it ended', () => {
    const begun = item('speech_start', 1_000);
    expect(stretchesOf([begun], 2_500)).toEqual([{ kind: 'speech', startMs: 1_000, endMs: 2_500 }]);
    expect(stretchesOf([begun, item('speech_end', 1_700)], 2_500)).toEqual([]);
    expect(stretchesOf([begun, item('speech', 1_000, 1_700)], 2_500)).toEqual([
      { kind: 'speech', startMs: 1_000, endMs: 1_700 },
    ]);
    // A call that is over has no now.
    expect(stretchesOf([begun], 0)).toEqual([]);
  });
});
