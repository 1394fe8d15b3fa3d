/**
 * How many calls to start now. Pure: everything it knows is in its input, everything it decided and why is
 * in its result.
 *
 * Progressive (reference formula of the field): floor(M x (A - Q - ceil(D / M))), at least 0, with M calls per
 * agent, A ready agents, Q live calls waiting for an agent, D calls still undecided.
 *
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
 *
 * Two guards: until `historyLength` decided calls are known, and while the live abandoned rate is over the
 * target, pacing is progressive with at most one call per agent.
 */
export interface PacingInput {
  mode: 'progressive' | 'predictive';
  /** M. */
  multiplier: number;
  /** A: agents ready now and not reserved. */
  readyAgents: number;
  /** Agents logged in and not on a break: ready, reserved, busy or in wrap-up. */
  workingAgents: number;
  /** Q: live calls waiting for an agent. */
  queuedCalls: number;
  /** D: for each undecided call in flight, the chance that a live person answers it. */
  undecided: readonly number[];
  /** For each agent at work, the chance to become free before a call started now can be answered. */
  soonFree: readonly number[];
  /** Chance that a new call reaches a live person. */
  liveChance: number;
  /** Decided calls known. */
  history: number;
  historyLength: number;
  targetAbandonedPct: number;
  /** Measured over the rule's window; null while nobody live answered. */
  abandonedPct: number | null;
  /** Live people the rate was measured on. */
  liveAnswers: number;
  maxLinesPerAgent: number;
  maxInFlight: number | null;
}

export interface PacingDecision {
  /** Calls to start now. */
  calls: number;
  /** Which rule decided. */
  rule: 'progressive' | 'start_up' | 'over_target' | 'predictive' | 'no_agents' | 'full';
  /** Of the calls in flight and the new ones; null when the rule does not predict. */
  predictedAbandonedPct: number | null;
  /** The rate that the prediction had to keep; null when the rule does not predict. */
  heldAbandonedPct: number | null;
  /** One sentence for a supervisor. */
  explanation: string;
}

/** Keeps a product such as 0.7 x 10 from falling below the whole number it stands for. */
const rounding = 1e-9;

export function progressiveCalls(
  multiplier: number,
  ready: number,
  queued: number,
  dialling: number,
): number {
  const open = ready - queued - Math.ceil(dialling / multiplier - rounding);
  return Math.max(0, Math.floor(multiplier * open + rounding));
}

export function decidePacing(input: PacingInput): PacingDecision {
  const dialling = input.undecided.length;
  const bound = Math.min(
    Math.floor(input.maxLinesPerAgent * input.workingAgents + rounding) - dialling,
    (input.maxInFlight ?? Infinity) - dialling,
  );
  if (input.workingAgents === 0) {
    return {
      calls: 0,
      rule: 'no_agents',
      predictedAbandonedPct: null,
      heldAbandonedPct: null,
      explanation: 'no agent is at work',
    };
  }
  if (bound <= 0) {
    const explanation = `${String(dialling)} calls in flight are all that is allowed`;
    return { calls: 0, rule: 'full', predictedAbandonedPct: null, heldAbandonedPct: null, explanation };
  }
  const overTarget = input.abandonedPct !== null && input.abandonedPct > input.targetAbandonedPct;
  const rule =
    input.mode === 'progressive'
      ? 'progressive'
      : overTarget
        ? 'over_target'
        : input.history < input.historyLength
          ? 'start_up'
          : 'predictive';
  return rule === 'predictive' ? predictive(input, bound) : progressive(input, rule, bound);
}

function progressive(
  input: PacingInput,
  rule: 'progressive' | 'over_target' | 'start_up',
  bound: number,
): PacingDecision {
  const multiplier = rule === 'progressive' ? input.multiplier : Math.min(1, input.multiplier);
  const dialling = input.undecided.length;
  const wanted = progressiveCalls(multiplier, input.readyAgents, input.queuedCalls, dialling);
  const why = {
    progressive: 'progressive',
    over_target: `abandoned rate ${(input.abandonedPct ?? 0).toFixed(1)} % is over the target of ${String(input.targetAbandonedPct)} %, so progressive`,
    start_up: `${String(input.history)} of ${String(input.historyLength)} decided calls known, so progressive`,
  }[rule];
  return {
    calls: Math.min(wanted, bound),
    rule,
    predictedAbandonedPct: null,
    heldAbandonedPct: null,
    explanation:
      `${why}: M ${String(multiplier)}, ${String(input.readyAgents)} ready, ` +
      `${String(input.queuedCalls)} waiting, ${String(dialling)} dialling`,
  };
}

/** Chances of 0, 1, 2 ... successes of independent events, one more event at a time. */
function withEvent(distribution: readonly number[], chance: number): number[] {
  const next = new Array<number>(distribution.length + 1).fill(0);
  distribution.forEach((mass, count) => {
    next[count] = (next[count] ?? 0) + mass * (1 - chance);
    next[count + 1] = (next[count + 1] ?? 0) + mass * chance;
  });
  return next;
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
  const live = calls.reduce(withEvent, [1]);
  return lossPct(live, shortage(agentsNow, soonFree, calls.length));
}

/** For 0, 1, 2 ... `most` live calls: how many of them are expected to find no agent. */
function shortage(agentsNow: number, soonFree: readonly number[], most: number): number[] {
  const agents = soonFree.reduce(withEvent, [1]);
  return Array.from({ length: most + 1 }, (_, live) =>
    agents.reduce((sum, mass, extra) => sum + mass * Math.max(0, live - Math.max(0, agentsNow + extra)), 0),
  );
}

function lossPct(live: readonly number[], lost: readonly number[]): number {
  let expectedLost = 0;
  let expectedLive = 0;
  live.forEach((mass, count) => {
    expectedLost += mass * (lost[count] ?? 0);
    expectedLive += mass * count;
  });
  return expectedLive === 0 ? 0 : (100 * expectedLost) / expectedLive;
}

/** The target, lower while less than one more person may be lost. */
export function heldTargetPct(targetPct: number, abandonedPct: number | null, liveAnswers: number): number {
  const mayBeLost = ((targetPct - (abandonedPct ?? 0)) / 100) * liveAnswers;
  return targetPct * Math.min(1, Math.max(0, mayBeLost));
}

function predictive(input: PacingInput, bound: number): PacingDecision {
  const held = heldTargetPct(input.targetAbandonedPct, input.abandonedPct, input.liveAnswers);
  const dialling = input.undecided.length;
  const most = Math.min(bound, 1_000);
  const agentsNow = input.readyAgents - input.queuedCalls;
  const lost = shortage(agentsNow, input.soonFree, dialling + most);
  let live = input.undecided.reduce(withEvent, [1]);
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
