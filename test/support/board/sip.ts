import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardHostProgram } from '../../../src/board/board-host-program.ts';
import { openBoard, simulationOf } from '../../../src/board/open.ts';
import type { BoardInput } from '../../../src/board/drivers.ts';
import { BoardBench, type BoardSetup } from './bench.ts';
import { simNumbers, simWorld, speechFolder } from './sim.ts';
import { isBuilt } from '../built.ts';

const program = boardHostProgram('sipexchange');

/** Whether the SIP board can be tested: it is built where libre is. */
export const hasSipStandin = () => isBuilt(program);

export type SipBoardInput = Extract<BoardInput, { driver: 'sip' }>;

/** An address of loopback that no other process of the tests has: 0 is the board's, 1 the exchange's. */
export const loopback = (role: 0 | 1 | 2 | 3) => {
  const place = process.pid * 4 + role;
  return `127.${(place >> 16) & 255}.${(place >> 8) & 255}.${place & 255}`;
};

/** Whether IPv6 can be tried, on its one address of loopback; where not, a line says so. */
export const hasV6 = () => {
  const has = Object.values(networkInterfaces())
    .flat()
    .some((each) => each?.address === '::1');
  if (!has) console.log('this machine has no ::1: IPv6 was not tried');
  return has;
};

/** Ports of ::1 that no other process of the tests has: the peer's, the board's, those of its sound. */
export function v6Ports(): { peer: number; sip: number; rtp: [number, number] } {
  const first = 10_000 + (process.pid % 700) * 32;
  return { peer: first, sip: first + 1, rtp: [first + 4, first + 31] };
}

/** One trunk to the stand-in exchange. */
export const sipConfig = (): SipBoardInput => ({
  driver: 'sip',
  bind: loopback(0),
  // Asked each second: an exchange that falls silent is missed at once.
  healthEveryMs: 1_000,
  trunks: [{ name: 'exchange', address: `${loopback(1)}:5080`, channels: 4, callsPerSecond: 50 }],
});

export interface SipOptions {
  /** What the exchange does otherwise: fields of Habits in native/sipexchange/far_end.h. */
  habits?: string[];
  /** Where it writes its certificate, by TLS. */
  certificateFile?: string;
  /** Who is there; as the simulator has it. */
  world?: ReturnType<typeof simWorld>;
  config?: Partial<SipBoardInput>;
  trunk?: Partial<SipBoardInput['trunks'][number]>;
}

/** The SIP board and the stand-in exchange behind its one trunk, both under the test's clock. */
export async function openSipSetup({
  habits = [],
  certificateFile = '',
  world = simWorld(),
  config: more,
  trunk,
}: SipOptions = {}): Promise<BoardSetup> {
  const folder = mkdtempSync(join(tmpdir(), 'sipexchange-'));
  const file = join(folder, 'exchange.json');
  writeFileSync(file, JSON.stringify({ clock: 'step', world }));
  process.env['SIPEXCHANGE_HABITS'] = habits.join(',');
  process.env['SIPEXCHANGE_CERTIFICATE'] = certificateFile;
  try {
    const whole = { ...sipConfig(), standIn: { file }, ...more };
    const [first, ...others] = whole.trunks;
    if (first !== undefined) whole.trunks = [{ ...first, ...trunk }, ...others];
    const board = await openBoard(whole, { stepped: true });
    const simulation = simulationOf(board);
    if (simulation === null) throw new Error('the stand-in board host has no simulation');
    return {
      board,
      plan: 'US',
      numbers: simNumbers,
      extensions: { answers: '7001', busy: '7100', refuses: '7200' },
      alarmsSpareAnswered: true,
      propertyRuns: 40,
      announcement: `${speechFolder}/announcement-1-en.wav`,
      pass: (ms) => {
        simulation.advance(ms);
        return Promise.resolve();
      },
      raiseAlarm: (span, forMs) =>
        simulation.injectFault({ kind: 'alarm', span, alarm: 'red', atMs: Math.ceil(board.now()), forMs }),
    };
  } finally {
    delete process.env['SIPEXCHANGE_HABITS'];
    delete process.env['SIPEXCHANGE_CERTIFICATE'];
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A bench around it. */
export async function openSipBench(options: SipOptions = {}): Promise<BoardBench> {
  return new BoardBench(await openSipSetup(options));
}
