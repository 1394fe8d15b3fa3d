import type { HeardCall } from '../calls/heard.ts';
import { spread, type Spread } from './statistics.ts';

/** How soon verdicts came, in ms, after what the manifest has a time for. */
export interface DecisionTimes {
  fromAnswer: Spread;
  fromSpeechStart: Spread;
  fromGreetingEnd: Spread;
  /** Each of them, sorted, for a plot. */
  fromAnswerMs: number[];
  fromGreetingEndMs: number[];
}

export function decisionTimes(heard: readonly HeardCall[]): DecisionTimes {
  const since = (from: (each: HeardCall) => number | null) =>
    heard
      .flatMap((each) => {
        const start = from(each);
        const { decidedMs } = each.evidence;
        return start === null || decidedMs === null ? [] : [decidedMs - start];
      })
      .sort((a, b) => a - b);
  const fromAnswerMs = since(({ call }) => call.answerMs);
  const fromGreetingEndMs = since(({ call }) => call.greetingEndMs);
  return {
    fromAnswer: spread(fromAnswerMs),
    fromSpeechStart: spread(since(({ call }) => call.speechStartMs)),
    fromGreetingEnd: spread(fromGreetingEndMs),
    fromAnswerMs,
    fromGreetingEndMs,
  };
}
