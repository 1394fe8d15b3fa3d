import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LearningNews, LearningOrder } from './learning-thread.ts';
import { needsOwnersRights } from './recordings-file.ts';

/** Where recordings are learnt, beside the calls. It keeps no process from its end unless `ref` was called. */
export interface LearningPlace {
  send(order: LearningOrder): void;
  onNews(take: (news: LearningNews) => void): void;
  onError(take: (error: unknown) => void): void;
  onExit(take: () => void): void;
  ref(): void;
  /** Ends it at once. */
  kill(): void;
}

/** A thread; a process where the file is changed with another user's rights, which a thread cannot take. */
export function openLearningPlace(file: string): LearningPlace {
  const entry = new URL(
    `./learning-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
    import.meta.url,
  );
  return needsOwnersRights(file) ? processOf(entry, file) : threadOf(entry, file);
}

function threadOf(entry: URL, file: string): LearningPlace {
  const worker = new Worker(entry, { workerData: { file } });
  worker.unref();
  return {
    send: (order) => {
      worker.postMessage(order);
    },
    onNews: (take) => worker.on('message', take),
    onError: (take) => worker.on('error', take),
    onExit: (take) => worker.on('exit', take),
    ref: () => {
      worker.ref();
    },
    kill: () => void worker.terminate(),
  };
}

function processOf(entry: URL, file: string): LearningPlace {
  const child = fork(entry, [file], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return {
    // What could not be sent is told by `exit`.
    send: (order) => child.send(order, () => undefined),
    onNews: (take) => child.on('message', take),
    onError: (take) => child.on('error', take),
    onExit: (take) => {
      // What it told last may come after its exit. An error is told by `error`.
      void Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(take, () => undefined);
    },
    ref: () => {
      child.ref();
      child.channel?.ref();
    },
    kill: () => child.kill('SIGKILL'),
  };
}
