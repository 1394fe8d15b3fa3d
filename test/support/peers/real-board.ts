import { setTimeout as sleep } from 'node:timers/promises';
import { openBoard } from '../../../src/board/open.ts';
import { BoardBench } from '../board/bench.ts';
import { speechFolder } from '../board/sim.ts';
import { sipConfig, type SipBoardInput } from '../board/sip.ts';

/** A number that whoever takes calls from the board is called by, and an extension. */
export const number = '12125550100';
export const extension = '7001';

/** The SIP board as it is shipped, in real time; OPTIONS go out once, when it opens. */
export async function openRealBoard(
  trunks: SipBoardInput['trunks'] = sipConfig().trunks,
  more: Partial<SipBoardInput> = {},
): Promise<BoardBench> {
  return new BoardBench({
    board: await openBoard({
      ...sipConfig(),
      healthEveryMs: 3_600_000,
      trunks,
      agentTrunk: trunks.at(-1)?.name,
      ...more,
    }),
    plan: 'US',
    numbers: { live: number, machine: '', busy: '', fax: '', sit: '', noAnswer: '', presses: '' },
    extensions: { answers: extension, busy: '', refuses: '' },
    announcement: `${speechFolder}/announcement-1-en.wav`,
    pass: (ms) => sleep(ms),
  });
}
