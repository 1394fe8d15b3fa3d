/**
 * A process, or a worker, with a board in it whose clock runs, for tests of how it ends. The first argument
 * says how; each line printed is one thing that happened.
 */
import { createRequire } from 'node:module';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { CheckedNumber } from '../../../src/domain/number.ts';
import type { NativeAddon } from '../../../src/board/native-addon.ts';
import { openSimBoard } from '../../../src/board/open.ts';
import { simBoardConfigSchema } from '../../../src/board/sim/config.ts';
import type { SimulatedBoard } from '../../../src/board/simulation.ts';

const number = '5550001' as CheckedNumber;
const parameters = {
  plan: 'US',
  mode: 'accurate_am_detection',
  ringTimeoutMs: 30_000,
  cpdTimeoutMs: 4_500,
} as const;

function open(host: 'inprocess' | 'process' = 'inprocess'): Promise<SimulatedBoard> {
  return openSimBoard({
    driver: 'sim',
    host,
    clock: { speed: 50 },
    trunks: [{ kind: 'isdn', channels: 24 }],
    world: { subscribers: [{ number, kind: 'live', ringMs: 1_000, patienceMs: 600_000 }], unlisted: 'live' },
  });
}

/** Calls on all channels; resolves when the first of them has been answered. */
function callsUp(board: SimulatedBoard): Promise<void> {
  return new Promise((resolve) => {
    board.onEvent((event) => {
      if (event.type === 'seized') board.dial(event.channel, event.ref, number, parameters);
      if (event.type === 'answered') resolve();
    });
    for (const { channel } of board.channels()) board.seize(channel, channel);
  });
}

const endings: Record<string, () => Promise<void>> = {
  /** process.exit with calls up. */
  async exit() {
    await callsUp(await open());
    console.log('up');
    process.exit(0);
  },

  /** Calls up on a board in a board host, until it is killed. */
  async hosted() {
    await callsUp(await open('process'));
    console.log('up');
  },

  /** An exception that nobody catches, with calls up. */
  async throw() {
    await callsUp(await open());
    console.log('up');
    setImmediate(() => {
      throw new Error('on purpose');
    });
  },

  /** Nothing but the board keeps the process alive until its timer; nothing does once it is closed. */
  async close() {
    const board = await open();
    await callsUp(board);
    board.after(5_000, () => {
      console.log('timer');
      void board.close().then(() => console.log('closed'));
    });
  },

  /** A listener that throws: the exception is uncaught, the events behind it come all the same. */
  async listener() {
    const board = await open();
    process.on('uncaughtException', (error) => console.log(error.message));
    let seized = 0;
    board.onEvent((event) => {
      if (event.type !== 'seized') return;
      seized += 1;
      if (seized === 1) throw new Error('listener failed');
      if (seized === 24) {
        console.log('all seized');
        void board.close();
      }
    });
    for (const { channel } of board.channels()) board.seize(channel, channel);
  },

  /** Workers with boards of their own that are terminated in the middle, beside a board of the main thread. */
  async workers() {
    const board = await open();
    await callsUp(board);
    for (const name of ['one', 'two', 'three']) {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'calls up' });
      await new Promise((resolve) => worker.once('message', resolve));
      console.log(`${name} up`);
      await worker.terminate();
      console.log(`${name} terminated`);
    }
    await new Promise<void>((resolve) => board.after(1_000, resolve));
    await board.close();
    console.log('closed');
  },

  /** A worker that is terminated while its board closes. */
  async closing() {
    for (let i = 0; i < 5; i += 1) {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: 'closing' });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }
    console.log('survived');
  },

  /** The addon twice in one process: two files, two sets of everything. */
  async twice() {
    const board = await open();
    const copy = join(mkdtempSync(join(tmpdir(), 'cpd-copy-')), 'cpd.node');
    cpSync(fileURLToPath(new URL('../../../build/Release/cpd.node', import.meta.url)), copy);
    const second = createRequire(import.meta.url)(copy) as NativeAddon;
    await callsUp(board);
    const config = { ...simBoardConfigSchema.parse({ driver: 'sim', clock: { speed: 50 } }), plans: [] };
    const type = await new Promise((resolve) => {
      const other = new second.NativeBoard(
        config,
        () => {
          const [event] = other.drain(1);
          other.closeNow();
          resolve(event?.type);
        },
        { eventCapacity: 16, boardHostProgram: null, stepped: false },
      );
      void other.open().then(() => other.seize(1, 1));
    });
    console.log(`the other one: ${String(type)}`);
    await board.close();
  },
};

if (isMainThread) {
  await endings[process.argv[2] ?? '']?.();
} else {
  const board = await open();
  await callsUp(board);
  if (workerData === 'closing') void board.close();
  parentPort?.postMessage('up');
}
