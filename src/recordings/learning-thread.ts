import { parentPort, workerData } from 'node:worker_threads';
import type { Log } from '../domain/log.ts';
import { createRecordingLearner, type TaughtCall } from './learner.ts';

/** What the thread is told: a call that teaches, or to end. */
export type LearningOrder = { teach: TaughtCall } | 'end';

/** What it tells: a line for the log, that one call was learnt from, or why it cannot be. */
export type LearningNews =
  { level: keyof Log; fields: object; message: string } | 'taught' | { failed: unknown };

const tell = (news: LearningNews): void => parentPort?.postMessage(news);

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
  const { file } = workerData as { file: string };
  const learner = createRecordingLearner(file, () => Math.floor(Date.now() / 1_000), log);
  parentPort?.on('message', (order: LearningOrder) => {
    if (order !== 'end') {
      learner.teach(order.teach);
      tell('taught');
      return;
    }
    learner.close();
    parentPort?.close();
  });
} catch (error) {
  tell({ failed: String(error) });
}
