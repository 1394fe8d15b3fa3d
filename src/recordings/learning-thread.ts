import { parentPort, workerData } from 'node:worker_threads';
import type { Log } from '../domain/log.ts';
import { createRecordingLearner, type TaughtCall } from './learner.ts';

/** What the thread, or the process, is told: a call that teaches, or to end. */
export type LearningOrder = { teach: TaughtCall } | 'end';

/** What it tells: a line for the log, that one call was learnt from, or why it cannot be. */
export type LearningNews =
  { level: keyof Log; fields: object; message: string } | 'taught' | { failed: unknown };

/** In a process of its own there is no parent's port. */
const tell = (news: LearningNews): void => {
  if (parentPort === null) process.send?.(news);
  else parentPort.postMessage(news);
};

/** Errors come as text: what else they hold may not be cloned. */
const plain = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? String(value) : value]),
  );
const logOf = (level: keyof Log) => (fields: object, message: string) => {
  tell({ level, fields: plain(fields), message });
};
const log: Log = {
  debug: logOf('debug'),
  info: logOf('info'),
  warn: logOf('warn'),
  error: logOf('error'),
};

try {
  const file = parentPort === null ? process.argv[2] : (workerData as { file: string }).file;
  if (file === undefined) throw new Error('no file to learn into');
  const learner = createRecordingLearner(file, () => Math.floor(Date.now() / 1_000), log);
  const obey = (order: LearningOrder): void => {
    if (order !== 'end') {
      learner.teach(order.teach);
      tell('taught');
      return;
    }
    learner.close();
    if (parentPort === null) process.off('message', obey);
    else parentPort.close();
  };
  if (parentPort === null) {
    // The daemon says when to end: a signal that ends it comes to its processes too.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
    process.on('message', obey);
  } else {
    parentPort.on('message', obey);
  }
} catch (error) {
  tell({ failed: String(error) });
}
