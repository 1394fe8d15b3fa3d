import type { HeardCall, RecordingLearning } from '../dialer/contract.ts';
import { lessonsOfWord, type CalledParty, type Lesson } from '../domain/recording-lesson.ts';
import type { TaughtCall } from './learner.ts';

/** Calls that an agent's word may still come for. Each takes some 2 kB, and is gone when the daemon ends. */
const mostRemembered = 2_000;

interface Remembered extends HeardCall {
  /** What was taught of it last. */
  taught: CalledParty | null;
}

/** What calls teach at their end, and later, when somebody says who answered. */
export function createHeardCalls(teach: (call: TaughtCall) => void): RecordingLearning {
  const calls = new Map<string, Remembered>();

  const remember = (call: Remembered): void => {
    calls.set(call.attemptId, call);
    const [oldest] = calls.keys();
    if (calls.size > mostRemembered && oldest !== undefined) calls.delete(oldest);
  };
  const give = ({ number, prints }: HeardCall, lesson: Lesson): void => {
    teach({ number, prints, lesson });
  };
  return {
    ended: (call, lesson) => {
      if (lesson !== null) give(call, lesson);
      if (call.prints === null && call.evidence?.recording === undefined) return;
      remember({ ...call, taught: lesson?.kind === 'learn' ? 'machine' : null });
    },
    told: (attemptId, was) => {
      const call = calls.get(attemptId);
      if (call === undefined || call.taught === was) return;
      call.taught = was;
      for (const lesson of lessonsOfWord(was, call.prints !== null, call.evidence)) give(call, lesson);
    },
  };
}
