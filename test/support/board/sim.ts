import { fileURLToPath } from 'node:url';
import { openSimBoard, type OpenOptions, type SimBoardInput } from '../../../src/board/open.ts';
import type { SimulatedBoard } from '../../../src/board/simulation.ts';
import type { TrunkKind } from '../../../src/board/board.ts';
import { BoardBench, type BoardSetup } from './bench.ts';

/** The folder of synthetic speech. */
export const speechFolder = fileURLToPath(new URL('../../../examples/speech', import.meta.url));

/** A switch with one extension of each behaviour. */
const extensions = [
  { extension: '70xx', answerMs: 600, behaviour: 'answer' as const },
  { extension: '7100', behaviour: 'busy' as const },
  { extension: '7200', behaviour: 'refuse' as const },
  { extension: '7300', behaviour: 'no_answer' as const },
];

/** Subscribers of each kind under the numbers of {@link simNumbers}. */
const subscribers = [
  { number: '5550001', kind: 'live' as const, ringMs: 2_500, speech: ['live-01-en.wav'], patienceMs: 30_000 },
  { number: '5550002', kind: 'machine' as const, ringMs: 2_500, speech: ['machine-01-en.wav'] },
  { number: '5550003', kind: 'busy' as const, cause: 17 },
  { number: '5550004', kind: 'fax' as const, ringMs: 2_500 },
  { number: '5550005', kind: 'sit' as const, sit: 'VC' as const },
  { number: '5550006', kind: 'no_answer' as const },
  {
    number: '5550007',
    kind: 'live' as const,
    ringMs: 2_500,
    speech: ['live-01-en.wav'],
    dtmf: '42#',
    patienceMs: 30_000,
  },
];

export const simNumbers = {
  live: '5550001',
  machine: '5550002',
  busy: '5550003',
  fax: '5550004',
  sit: '5550005',
  noAnswer: '5550006',
  presses: '5550007',
};

/** A bench around a simulated board, with the board's own extras. */
export interface SimBench {
  bench: BoardBench;
  board: SimulatedBoard;
}

/**
 * A simulated board under a test's control: time stands still until `bench.pass` or `board.advance`, and every
 * kind of subscriber and extension is there (see `simNumbers`). Close it when done.
 *
 * @param config what differs from one ISDN trunk of four channels
 */
export async function openSimBench(
  config: Partial<SimBoardInput> = {},
  options: OpenOptions = {},
): Promise<SimBench> {
  const board = await openSimBoard(
    {
      driver: 'sim',
      clock: 'step',
      trunks: [{ kind: 'isdn', channels: 4 }],
      world: simWorld(),
      ...config,
    },
    options,
  );
  return { board, bench: new BoardBench(simSetup(board)) };
}

/** The world of {@link openSimBench}; `more` replaces parts of it. */
export function simWorld(more: Exclude<SimBoardInput['world'], string | undefined> = {}) {
  return { audioFolder: speechFolder, subscribers, extensions, ...more };
}

/** What the contract suite needs, for one kind of trunk. */
export async function openSimSetup(
  kind: TrunkKind,
  host: 'inprocess' | 'process' = 'inprocess',
): Promise<BoardSetup> {
  const { bench } = await openSimBench({ host, trunks: [{ kind, channels: 4 }] });
  return bench.setup;
}

function simSetup(board: SimulatedBoard): BoardSetup {
  return {
    board,
    plan: 'US',
    numbers: simNumbers,
    extensions: { answers: '7001', busy: '7100', refuses: '7200' },
    announcement: `${speechFolder}/announcement-1-en.wav`,
    pass: (ms) => {
      board.simulation.advance(ms);
      return Promise.resolve();
    },
    raiseAlarm: (span, forMs) =>
      board.simulation.injectFault({
        kind: 'alarm',
        span,
        alarm: 'red',
        atMs: Math.ceil(board.now()),
        forMs,
      }),
  };
}
