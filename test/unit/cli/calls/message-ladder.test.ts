import { describe, expect, it } from 'vitest';
import { messageLadder, messagesOf } from '../../../../src/cli/calls/message-ladder.ts';

const message = (at: number, way: '->' | '<-', text: string) => ({
  at: 1_000 + at,
  channel: 1,
  way,
  peer: '192.0.2.1:5060',
  message: text,
  call: 'a',
});

describe('the messages of a call', () => {
  it('are a ladder, with their time, their way and what they mean', () => {
    expect(
      messageLadder([
        message(0, '->', 'INVITE sip:+12125****@192.0.2.1:5060'),
        message(4, '<-', '100 Trying (INVITE)'),
        message(1_250, '<-', '180 Ringing (INVITE)'),
        message(3_000, '<-', '200 OK (INVITE)'),
        message(3_001, '->', 'ACK sip:exchange@192.0.2.1:5060;and;a;long;tail'),
        message(9_000, '<-', 'BYE sip:cpdd@192.0.2.2:5060'),
        message(9_001, '->', '200 OK (BYE)'),
      ]),
    ).toEqual([
      '            cpdd                                192.0.2.1:5060',
      '   0.000 s  |- INVITE sip:+12125****@192.0.2.1:5060 ------>|  we: calls',
      '   0.004 s  |< 100 Trying (INVITE) ------------------------|  it is under way',
      '   1.250 s  |< 180 Ringing (INVITE) -----------------------|  it rings',
      '   3.000 s  |< 200 OK (INVITE) ----------------------------|  answered',
      '   3.001 s  |- ACK sip:exchange@192.0.2.1:5060;and;a;l… -->|  we: has the answer',
      '   9.000 s  |< BYE sip:cpdd@192.0.2.2:5060 ----------------|  the far end: hangs up',
      '   9.001 s  |- 200 OK (BYE) ------------------------------>|',
    ]);
  });

  it('begin anew with each peer', () => {
    const lines = messageLadder([
      message(0, '->', 'INVITE a'),
      { ...message(9, '->', 'INVITE a'), peer: 'b:5060' },
    ]);
    expect(lines.filter((line) => line.includes('cpdd'))).toHaveLength(2);
  });

  it('are none where there are none, and not to be had of another board’s trace', () => {
    expect(messageLadder([])).toEqual(['no messages']);
    expect(messagesOf({ messages: [] })).toEqual([]);
    expect(messagesOf(null)).toBeNull();
    expect(messagesOf({ calls: [] })).toBeNull();
  });
});
