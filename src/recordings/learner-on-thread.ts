import { Worker } from 'node:worker_threads';
import type { Log } from '../domain/log.ts';
import type { RecordingLearner } from './learner.ts';
import type { LearningNews, LearningOrder } from './learning-thread.ts';

/**
 * So many calls may wait for the thread; what more would teach is let go, since others teach the same. What takes a
 * recording back always waits: people are taken for machines until it is done.
 */
const mostWaiting = 200;

export interface LearnerOnThread extends Omit<RecordingLearner, 'close'> {
  /** Ends the thread when what it was given is learnt. Can be called twice. */
  close(): Promise<void>;
}

/**
 * A learner on a thread of its own: to look through thousands of recordings takes longer than calls may wait.
 *
 * A file that cannot be made, or a thread that fails, costs the learning only, and the log says so.
 */
export function createLearnerOnThread(file: string, log: Log): LearnerOnThread {
  const isSource = import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(`./learning-thread.${isSource ? 'ts' : 'js'}`, import.meta.url), {
    workerData: { file },
  });
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let waiting = 0;
  let gone = false;
  let told = false;

  const fail = (error: unknown): void => {
    if (!gone) log.error({ file, err: error }, 'recordings are not learnt any more');
    gone = true;
    void worker.terminate();
    end();
  };
  worker.unref();
  worker.on('error', fail);
  worker.on('exit', () => {
    gone = true;
    end();
  });
  worker.on('message', (news: LearningNews) => {
    if (news === 'taught') waiting -= 1;
    else if (typeof news === 'object' && 'level' in news) log[news.level](news.fields, news.message);
    else if (typeof news === 'object') fail(news.failed);
  });
  const order = (what: LearningOrder): void => {
    worker.postMessage(what);
  };

  return {
    teach: (call) => {
      if (gone) return;
      if (waiting >= mostWaiting && call.lesson.kind === 'learn') {
        if (!told) log.warn({ file, waiting }, 'calls teach faster than can be learnt: some are let go');
        told = true;
        return;
      }
      waiting += 1;
      order({ teach: call });
    },
    close: () => {
      if (!gone) {
        worker.ref();
        order('end');
      }
      return over;
    },
  };
}
