import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

/**
 * Brings what was committed from the write-ahead log into the database file on a thread of its own, for that waits for
 * the disk: pages lie all over the file. Nothing depends on it but the length of the log.
 */
export interface Checkpoints {
  /** After each commit. @param pages that it changed, about */
  committed(pages: number): void;
  /** For those who write very much: waits, when the log is long, until the thread has caught up. */
  ease(): Promise<void>;
  /** Can be called twice. */
  close(): void;
}

/** Pages after which a checkpoint is begun, and after which those who write much wait for one. */
interface Lengths {
  begin: number;
  wait: number;
}
const usualLengths: Lengths = { begin: 1_000, wait: 8_000 };

/** Should the thread fail, the log gets so many pages long before SQLite does it in a commit. */
const lastResort = 16_000;

export function createCheckpoints(
  path: string,
  sqlite: Database,
  lengths: Lengths = usualLengths,
): Checkpoints {
  if (path === ':memory:')
    return { committed: () => undefined, ease: async () => {}, close: () => undefined };
  sqlite.pragma(`wal_autocheckpoint = ${String(lastResort)}`);
  let thread: Worker | null = null;
  let running: Promise<void> | null = null;
  let sinceBegin = 0;
  let sinceWhole = 0;
  let closed = false;

  const start = (): Worker => {
    const isSource = import.meta.url.endsWith('.ts');
    const worker = new Worker(new URL(`./checkpoint-thread.${isSource ? 'ts' : 'js'}`, import.meta.url), {
      workerData: { path },
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    return worker;
  };
  const fail = () => {
    closed = true;
    thread = null;
    // As SQLite has it by itself.
    if (sqlite.open) sqlite.pragma('wal_autocheckpoint = 1000');
  };
  const run = (): Promise<void> => {
    if (closed) return Promise.resolve();
    sinceBegin = 0;
    return (running ??= new Promise<void>((resolve) => {
      const worker = (thread ??= start());
      const done = () => {
        running = null;
        worker.off('message', done);
        worker.off('error', failed);
        worker.off('exit', done);
        resolve();
      };
      const failed = () => {
        fail();
        done();
      };
      worker.once('message', done).once('error', failed).once('exit', done).postMessage('checkpoint');
    }));
  };

  return {
    committed: (pages) => {
      sinceBegin += pages;
      sinceWhole += pages;
      if (sinceBegin >= lengths.begin && running === null) void run();
    },
    ease: async () => {
      if (closed || sinceWhole < lengths.wait) return;
      if (running !== null) await running;
      // With nobody writing meanwhile, the log begins anew after this one.
      await run();
      sinceWhole = 0;
    },
    close: () => {
      closed = true;
      void thread?.terminate();
      thread = null;
    },
  };
}
