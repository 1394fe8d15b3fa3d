import { rounding, type PacingDecision, type PacingInput } from './decision.ts';

/** Chances of a number of successes: of `from` in the first place, of one more in the next, and so on. */
interface Distribution {
  from: number;
  mass: readonly number[];
}

const certain: Distribution = { from: 0, mass: [1] };

/** Ends of a distribution that are less likely are left out: with thousands of calls almost all of it is. */
const negligible = 1e-15;

/** Successes of independent events, one more event at a time. */
function withEvent({ from, mass }: Distribution, chance: number): Distribution {
  const next = new Array<number>(mass.length + 1);
  let before = 0;
  for (let i = 0; i <= mass.length; i += 1) {
    const here = mass[i] ?? 0;
    next[i] = here * (1 - chance) + before * chance;
    before = here;
  }
  let first = 0;
  let last = mass.length;
  while (first < last && (next[first] ?? 0) < negligible) first += 1;
  while (last > first && (next[last] ?? 0) < negligible) last -= 1;
  return { from: from + first, mass: next.slice(first, last + 1) };
}

/**
 * E[max(X - C, 0)] / E[X] in percent; 0 when nobody is expected.
 *
 * @param calls chance of each call to reach a live person
 * @param agentsNow agents there for sure, less calls already waiting; may be negative
 * @param soonFree chance of each further agent
 */
export function predictedAbandonedPct(
  calls: readonly number[],
  agentsNow: number,
  soonFree: readonly number[],
): number {
  const live = calls.reduce(withEvent, certain);
  return lossPct(live, shortage(agentsNow, soonFree, calls.length));
}

/** For 0, 1, 2 ... `most` live calls: how many of them are expected to find no agent. */
function shortage(agentsNow: number, soonFree: readonly number[], most: number): number[] {
  const { from, mass } = soonFree.reduce(withEvent, certain);
  const there = new Array<number>(most + 1).fill(0);
  mass.forEach((chance, i) => {
    const agents = Math.max(0, agentsNow + from + i);
    if (agents <= most) there[agents] = (there[agents] ?? 0) + chance;
  });
  // One more live call is lost where there are no more agents than calls before it.
  let atMost = 0;
  let expected = 0;
  return there.map((chance) => {
    const lost = expected;
    atMost += chance;
    expected += atMost;
    return lost;
  });
}

function lossPct({ from, mass }: Distribution, lost: readonly number[]): number {
  let expectedLost = 0;
  let expectedLive = 0;
  mass.forEach((chance, i) => {
    expectedLost += chance * (lost[from + i] ?? 0);
    expectedLive += chance * (from + i);
  });
  return expectedLive === 0 ? 0 : (100 * expectedLost) / expectedLive;
}

/** The target, lower while less than one more person may be lost. */
export function heldTargetPct(targetPct: number, abandonedPct: number | null, liveAnswers: number): number {
  const mayBeLost = ((targetPct - (abandonedPct ?? 0)) / 100) * liveAnswers;
  return targetPct * Math.min(1, Math.max(0, mayBeLost));
}

/**
 * Predictive (our own): let X be the number of calls, among those undecided and n new ones, that reach a live
 * person, and C the number of agents there for them: those ready now, less the calls already waiting, plus
 * those who become free before a call started now can be answered. Both are sums of independent yes/no
 * events with known chances, so their distributions are exact (Poisson binomial, by convolution). Predicted
 * abandoned rate: E[max(X - C, 0)] / E[X]. The answer is the largest n, counted up from 0, whose rate does
 * not pass the target. With target 0 this is the progressive formula with M = 1.
 *
 * The target itself is held lower while one lost person would break it: with N live answers so far at a rate
 * r, (target - r) x N more may be lost; while that is less than one, the target counts only for that part. So
 * a young campaign begins carefully and an old one stays below its limit instead of swinging around it.
 */
export function predictive(input: PacingInput, bound: number): PacingDecision {
  const held = heldTargetPct(input.targetAbandonedPct, input.abandonedPct, input.liveAnswers);
  const dialling = input.undecided.length;
  const most = Math.min(bound, 1_000);
  const agentsNow = input.readyAgents - input.queuedCalls;
  const lost = shortage(agentsNow, input.soonFree, dialling + most);
  let live = input.undecided.reduce(withEvent, certain);
  let predicted = lossPct(live, lost);
  let calls = 0;
  while (calls < most) {
    const more = withEvent(live, input.liveChance);
    const rate = lossPct(more, lost);
    if (rate > held + rounding) break;
    live = more;
    predicted = rate;
    calls += 1;
  }
  const soon = input.soonFree.reduce((sum, chance) => sum + chance, 0);
  return {
    calls,
    rule: 'predictive',
    predictedAbandonedPct: predicted,
    heldAbandonedPct: held,
    explanation:
      `${String(input.readyAgents)} ready and ${soon.toFixed(1)} soon free, ${String(input.queuedCalls)} waiting, ` +
      `${String(dialling)} dialling, ${(100 * input.liveChance).toFixed(0)} % answer live: ` +
      `${String(calls)} more keep the predicted abandoned rate at ${predicted.toFixed(1)} % ` +
      `(held at ${held.toFixed(1)} %, target ${String(input.targetAbandonedPct)} %)`,
  };
}
