import { isKept, isRight, type HeardCall } from '../calls/heard.ts';
import { share, type Share } from './statistics.ts';

/** Shares of people one may lose that the curve is read at. */
export const lossLevels = [0.03, 0.01, 0.005, 0.003] as const;

export interface CurvePoint {
  /** Machines are the calls with log odds of at least this. */
  threshold: number;
  loss: number;
  recall: number;
}

export interface Curve {
  /** From the highest threshold down. */
  points: CurvePoint[];
  /** Best recall at each level of loss; null where even the highest threshold loses more. */
  levels: { maxLoss: number; threshold: number | null; people: Share | null; machines: Share | null }[];
}

interface Scored {
  /** Log odds of a machine; infinite where no threshold changes the verdict. */
  score: number;
  person: boolean;
}

/**
 * Machine recall against human loss, from one run: the log odds of a machine at the moment of each verdict, cut
 * at other thresholds. The moments stay those of the run, so this is near what other settings would give, not
 * the same. A verdict that no score decides (a beep, a tone, silence) stays as it is at every threshold.
 *
 * @returns null if the verdicts carry no such score: then there is one operating point and no curve
 */
export function operatingCurve(heard: readonly HeardCall[]): Curve | null {
  const calls = heard.filter(({ call }) => call.truth === 'human' || call.truth === 'machine');
  const scored = calls.map(scoreOf);
  if (scored.some((each) => each === null)) return null;
  const all = scored.filter((each) => each !== null);
  const people = all.filter((each) => each.person);
  const machines = all.filter((each) => !each.person);
  if (people.length === 0 || machines.length === 0) return null;
  const atLeast = (group: readonly Scored[], threshold: number) =>
    group.filter(({ score }) => score >= threshold).length;
  const thresholds = [
    Infinity,
    ...new Set(all.map(({ score }) => score).filter((score) => Number.isFinite(score))),
  ].sort((a, b) => b - a);
  // One score for all is none.
  if (thresholds.length <= 2) return null;
  const counted = thresholds.map((threshold) => ({
    threshold,
    lost: atLeast(people, threshold),
    found: atLeast(machines, threshold),
  }));
  return {
    points: counted.map(({ threshold, lost, found }) => ({
      threshold,
      loss: lost / people.length,
      recall: found / machines.length,
    })),
    levels: lossLevels.map((maxLoss) => {
      // From the highest threshold down, so of equal recall the one that loses fewest.
      const best = counted
        .filter(({ lost }) => lost / people.length <= maxLoss)
        .reduce<(typeof counted)[number] | undefined>(
          (so, each) => (so === undefined || each.found > so.found ? each : so),
          undefined,
        );
      if (best === undefined) return { maxLoss, threshold: null, people: null, machines: null };
      return {
        maxLoss,
        threshold: best.threshold,
        people: share(best.lost, people.length),
        machines: share(best.found, machines.length),
      };
    }),
  };
}

function scoreOf(heard: HeardCall): Scored | null {
  const person = heard.call.truth === 'human';
  const { rule, scores } = heard.evidence;
  const byScore =
    heard.verdict === 'live' || (heard.verdict === 'machine' && !/^(beep|long-greeting)/.test(rule));
  if (!byScore) {
    const away = person ? !isKept(heard) : isRight(heard);
    return { score: away ? Infinity : -Infinity, person };
  }
  const score = scores['machineLogOdds'];
  return score === undefined ? null : { score, person };
}
