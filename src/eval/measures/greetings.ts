import { CodedError } from '../../domain/errors.ts';
import { isKept, type HeardCall } from '../calls/heard.ts';
import type { LabelledCall } from '../calls/manifest.ts';
import { share, spread, type Share, type Spread } from './statistics.ts';

/** Short is below the first, medium below the second, in ms: "hello?", "the Smiths", a sentence. */
export const greetingLimitsMs = [900, 2_000] as const;
export const greetingNames = ['short', 'medium', 'long'] as const;
export type GreetingName = (typeof greetingNames)[number];

/** How people answer: of a hundred so many with a short, a medium and a long greeting. */
export const usualWeights: readonly number[] = [55, 35, 10];

export interface PeopleByGreeting {
  rows: {
    name: GreetingName;
    /** People of the manifest's times with such a greeting who were lost. */
    lost: Share;
    /** From the end of the greeting to the verdict, ms. */
    decided: Spread;
  }[];
  weights: readonly number[];
  /** People lost if they answered as the weights say; null unless each length with a weight occurs. */
  weighted: { share: number; low: number; high: number } | null;
}

/**
 * Reads `55,35,10`: how often people answer with short, medium and long greetings.
 *
 * @throws CodedError BAD_ARGUMENT
 */
export function readWeights(text: string): number[] {
  const weights = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  const sum = weights.reduce((a, b) => a + b, 0);
  if (
    weights.length === greetingNames.length &&
    weights.every((each) => each >= 0) &&
    sum > 0 &&
    sum < Infinity
  )
    return weights;
  throw new CodedError('BAD_ARGUMENT', `--weights ${text}: expected three numbers such as 55,35,10`, {
    field: 'weights',
    found: text,
    expected: 'how often greetings are short, medium and long: 55,35,10',
  });
}

/** null where the manifest does not say when the greeting was. */
export function greetingName({ speechStartMs, greetingEndMs }: LabelledCall): GreetingName | null {
  if (speechStartMs === null || greetingEndMs === null) return null;
  const at = greetingLimitsMs.findIndex((limit) => greetingEndMs - speechStartMs < limit);
  return greetingNames[at === -1 ? greetingLimitsMs.length : at] ?? null;
}

export function peopleByGreeting(
  people: readonly HeardCall[],
  weights: readonly number[] = usualWeights,
): PeopleByGreeting {
  const rows = greetingNames.map((name) => {
    const own = people.filter(({ call }) => greetingName(call) === name);
    return {
      name,
      lost: share(own.filter((each) => !isKept(each)).length, own.length),
      decided: spread(
        own.flatMap(({ call, evidence }) =>
          evidence.decidedMs === null ? [] : [evidence.decidedMs - (call.greetingEndMs ?? 0)],
        ),
      ),
    };
  });
  return {
    rows,
    weights,
    weighted: weightedShare(
      rows.map(({ lost }) => lost),
      weights,
    ),
  };
}

/**
 * A weighted mean of independent shares, with an interval of 95 % made of theirs by the method of variance estimates
 * recovery (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008).
 */
export function weightedShare(
  shares: readonly Share[],
  weights: readonly number[],
): PeopleByGreeting['weighted'] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let mean = 0;
  let below = 0;
  let above = 0;
  for (const [at, each] of shares.entries()) {
    const weight = (weights[at] ?? 0) / sum;
    if (weight === 0) continue;
    if (each.share === null || each.low === null || each.high === null) return null;
    mean += weight * each.share;
    below += (weight * (each.share - each.low)) ** 2;
    above += (weight * (each.high - each.share)) ** 2;
  }
  return {
    share: mean,
    low: Math.max(0, mean - Math.sqrt(below)),
    high: Math.min(1, mean + Math.sqrt(above)),
  };
}

/** People whose own line brings what is easily taken for a recording. */
export interface HardLines {
  /** One short tone before or after the word: column `own_tone_ms`. */
  ownTone: Share;
  /** A television or voices behind: column `behind_db`, dB below who speaks. */
  voicesBehind: Share;
}

export function hardLines(people: readonly HeardCall[]): HardLines {
  const lostWith = (column: string) => {
    const own = people.filter(({ call }) => (call.columns[column] ?? '') !== '');
    return share(own.filter((each) => !isKept(each)).length, own.length);
  };
  return { ownTone: lostWith('own_tone_ms'), voicesBehind: lostWith('behind_db') };
}
