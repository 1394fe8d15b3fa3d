import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Board, TrunkKind } from '../../../src/board/board.ts';
import type { Bits } from '../../../src/board/board-host-program.ts';
import type { BoardInput } from '../../../src/board/drivers.ts';
import { openBoard, simulationOf, type OpenOptions } from '../../../src/board/open.ts';
import type { SimulatedBoard } from '../../../src/board/simulation.ts';
import type { BoardSetup } from './bench.ts';
import { simNumbers, simWorld, speechFolder } from './sim.ts';
import { isBuilt } from '../built.ts';

const build = fileURLToPath(new URL('../../../build', import.meta.url));

/** The vendor libraries to stand in for the real ones (native/standin), and the host that steps their clock. */
export const standin = (bits: Bits) => ({
  libraries: join(build, 'vendor', String(bits)),
  host: join(build, 'standin', String(bits), 'boardhost-standin'),
});

/** Whether both were built: `npm run build:standin`; 32 bits where g++ can -m32. */
export function hasStandin(bits: Bits): boolean {
  const { libraries, host } = standin(bits);
  return isBuilt(host, join(libraries, 'libgc.so'));
}

/** Stand-in libraries of 64 bits whose structures are laid out in another way. */
export const layout = (name: '64-natural' | '64-long4') => join(build, 'vendor', name);

/** Whether those were built too. */
export const hasLayouts = () =>
  isBuilt(join(layout('64-natural'), 'libgc.so'), join(layout('64-long4'), 'libgc.so'));

/** Lines of one kind: the stand-in's board, and the spans of our configuration on it. */
const lines: Record<TrunkKind, { board: object; span: object }> = {
  analog: {
    board: { family: 'springware', channels: 4 },
    span: { kind: 'analog', channels: 4, voice: 'dxxxB1C1' },
  },
  isdn: {
    board: { family: 'dm3', network: 't1', channels: 8 },
    span: { kind: 'isdn', network: 'dtiB1', channels: 8, bridgeLines: 4, voice: 'dxxxB1C1' },
  },
  sip: {
    board: { family: 'hmp', channels: 4 },
    span: { kind: 'sip', network: 'iptB1', media: 'ipmB1C1', channels: 4, voice: 'dxxxB1C1' },
  },
};

export type DialogicBoardInput = Extract<BoardInput, { driver: 'dialogic' }>;

/** A Dialogic board in the board host that steps the stand-in's clock. */
export async function openSteppedDialogic(
  config: DialogicBoardInput,
  bits: Bits,
  options: OpenOptions = {},
): Promise<SimulatedBoard> {
  const board = await openBoard(config, {
    ...options,
    stepped: true,
    boardHostProgram: standin(bits).host,
  });
  if (!isSimulated(board)) throw new Error('the stand-in board host has no simulation');
  return board;
}

function isSimulated(board: Board): board is SimulatedBoard {
  return simulationOf(board) !== null;
}

export interface StandinOptions {
  bits: Bits;
  kind: TrunkKind;
  /** More of the span's configuration, and of the board's. */
  span?: object;
  config?: Partial<DialogicBoardInput>;
  /** More of the stand-in's own configuration: faults, log ... */
  vendor?: object;
}

/** The Dialogic board on the stand-in libraries, in a board host, its clock under the test's control. */
export async function openStandin(
  options: StandinOptions,
): Promise<{ board: SimulatedBoard; misuse: () => unknown; forget: () => void }> {
  const { bits, kind, span, config, vendor } = options;
  const folder = mkdtempSync(join(tmpdir(), 'standin-'));
  const report = join(folder, 'misuse.json');
  const file = join(folder, 'standin.json');
  writeFileSync(
    file,
    JSON.stringify({ clock: 'step', boards: [lines[kind].board], world: simWorld(), report, ...vendor }),
  );
  process.env['STANDIN_CONFIG'] = file;
  try {
    const board = await openSteppedDialogic(
      {
        driver: 'dialogic',
        libraries: { folder: standin(bits).libraries, clock: 'standin_now' },
        spans: [{ ...lines[kind].span, ...span }],
        ...config,
      } as DialogicBoardInput,
      bits,
    );
    return {
      board,
      misuse: () => JSON.parse(readFileSync(report, 'utf8')) as unknown,
      forget: () => rmSync(folder, { recursive: true, force: true }),
    };
  } finally {
    delete process.env['STANDIN_CONFIG'];
  }
}

/** What the contract suite needs. */
export async function openStandinSetup(options: StandinOptions): Promise<BoardSetup> {
  const { board } = await openStandin(options);
  const pass = (ms: number) => {
    board.simulation.advance(ms);
    return Promise.resolve();
  };
  // Lines of the vendor's come into service one by one.
  for (let waited = 0; waited < 10_000; waited += 100) {
    if (board.channels().every(({ state }) => state === 'idle')) break;
    await pass(100);
  }
  return {
    board,
    plan: 'US',
    numbers: simNumbers,
    extensions: { answers: '7001', busy: '7100', refuses: '7200' },
    // On hook, flash and release are things of the line: they take seconds.
    settleMs: 15_000,
    // The driver of 32 bits is the same source with other layouts, and four times slower.
    propertyRuns: options.bits === 64 ? 200 : 40,
    announcement: `${speechFolder}/announcement-1-en.wav`,
    pass,
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
