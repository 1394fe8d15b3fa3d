import { describe, it } from 'vitest';
import type { TrunkKind } from '../../src/board/board.ts';
import type { Bits } from '../../src/board/board-host-program.ts';
import { hasStandin, openStandinSetup } from '../support/board/standin.ts';
import { boardContract, type KnownGaps } from './board-contract.ts';

/** The Dialogic board on the stand-in vendor libraries; what it does not hold yet, or cannot, and why. */
const always: KnownGaps = {
  'listens anew to an answered call, its times going on':
    "the board's own analysis hears a call once; our detector does it where cpa is ours",
};

const gaps: Record<'analog' | 'isdn', KnownGaps> = {
  analog: {
    ...always,
    'says why a transfer failed, and keeps the call':
      'after a hook flash the line says nothing: why it failed would have to be heard',
    'drops a call in any state and frees the channel':
      'ringing is told after a whole cycle of ringback, and the person here answers before',
    'tells of an alarm, ends the calls on its span, and comes back':
      'an analog line has no span and no alarm',
  },
  isdn: {
    ...always,
    'transfers a call and frees the channel':
      'ISDN spans bridge by default: the channel is free when the conversation ends',
  },
};

/** The ISDN lines of 64 bits on a switch with two-channel transfer, those of 32 bits as they are by default. */
const twoChannel = { blind: 'two_channel', consult: 'two_channel' };

const boards: [string, Bits, TrunkKind, KnownGaps, object?][] = [
  ['Dialogic, analog lines, 64 bits', 64, 'analog', gaps.analog],
  ['Dialogic, Global Call on ISDN with two-channel transfer, 64 bits', 64, 'isdn', always, twoChannel],
  ['Dialogic, Global Call on SIP heard by our detector, 64 bits', 64, 'sip', {}, { cpa: 'ours' }],
  ['Dialogic, analog lines, 32 bits', 32, 'analog', gaps.analog],
  ['Dialogic, Global Call on ISDN, 32 bits', 32, 'isdn', gaps.isdn],
];

for (const [name, bits, kind, known, span = {}] of boards) {
  if (hasStandin(bits)) boardContract(name, () => openStandinSetup({ bits, kind, span }), known);
  else describe(`board contract: ${name}`, () => it.skip('the stand-in vendor libraries are not built'));
}
