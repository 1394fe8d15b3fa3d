import { describe, expect, it } from 'vitest';
import { createCallView } from '../../../../src/cli/calls/call-view.ts';
import type { TestCallLine } from '../../../../src/api/admin.ts';

describe('the live view of a test call', () => {
  const lines: TestCallLine[] = [
    { kind: 'started', channel: 2 },
    { kind: 'board', event: { type: 'seized', channel: 2, ref: 1, at: 5_000 } },
    { kind: 'board', event: { type: 'ringing', by: 'audio', channel: 2, ref: 1, at: 7_240 } },
    {
      kind: 'board',
      event: {
        type: 'observation',
        channel: 2,
        ref: 1,
        at: 7_300,
        observation: {
          kind: 'tone',
          tone: 'ringback',
          ambiguousWith: ['busy'],
          startMs: 0,
          endMs: null,
          hz: [440, 480],
        },
      },
    },
    { kind: 'board', event: { type: 'disconnected', cause: 34, channel: 2, ref: 1, at: 9_000 } },
    { kind: 'end', outcome: null, handBack: 'no_channel' },
  ];

  it('shows what is heard with its time since the call began', () => {
    expect(lines.flatMap(createCallView())).toEqual([
      'test call on channel 2',
      '   0.00 s  channel seized',
      '   2.24 s  ringing (heard)',
      '   2.30 s  tone: ringback (or busy), 440 + 480 Hz',
      '   4.00 s  far end released, cause 34 (no circuit available)',
      'not dialled: no_channel',
    ]);
  });
});
