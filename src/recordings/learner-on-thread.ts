import type { Log } from '../domain/log.ts';
import type { RecordingLearner } from './learner.ts';
import { openLearningPlace } from './learning-place.ts';

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
 * A learner on a thread of its own: to look through thousands of recordings takes longer than calls may wait. As root
 * in the folder of another user it is a process of its own.
 *
 * A file that cannot be made, or a thread that fails, costs the learning only, and the log says so.
 */
export function createLearnerOnThread(file: string, log: Log): LearnerOnThread {
  const place = openLearningPlace(file);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let waiting = 0;
  let gone = false;
  let closing = false;
  let told = false;

  const fail = (error: unknown): void => {
    if (!gone) log.error({ file, err: error }, 'recordings are not learnt any more');
    gone = true;
    place.kill();
    end();
  };
  place.onError(fail);
  place.onExit(() => {
    if (!closing) fail(new Error('the learner has ended'));
    gone = true;
    end();
  });
  place.onNews((news) => {
    if (news === 'taught') waiting -= 1;
    else if (typeof news === 'object' && 'level' in news) log[news.level](news.fields, news.message);
    else if (typeof news === 'object') fail(news.failed);
  });

  return {
    teach: (call) => {
      if (gone) return;
      if (waiting >= mostWaiting && call.lesson.kind === 'learn') {
        if (!told) log.warn({ file, waiting }, 'calls teach faster than can be learnt: some are let go');
        told = true;
        return;
      }
      waiting += 1;
      place.send({ teach: call });
    },
    close: () => {
      if (!gone && !closing) {
        closing = true;
        place.ref();
        place.send('end');
      }
      return over;
    },
  };
}
