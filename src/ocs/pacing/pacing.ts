import { rounding, type PacingDecision, type PacingInput } from './decision.ts';
import { predictive } from './predictive.ts';
import { progressive } from './progressive.ts';

/**
 * How many calls to start now. Pure: everything it knows is in its input, everything it decided and why is
 * in its result. Each mode is a file of its own.
 *
 * Two guards: until `historyLength` decided calls are known, and while the live abandoned rate is over the
 * target, pacing is progressive with at most one call per agent.
 */
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
    const limit =
      input.maxInFlight !== null && dialling >= input.maxInFlight
        ? `maxInFlight (${String(input.maxInFlight)})`
        : `maxLinesPerAgent (${String(input.maxLinesPerAgent)}) for ${String(input.workingAgents)} agents`;
    const explanation = `${String(dialling)} ${dialling === 1 ? 'call' : 'calls'} in flight: ${limit} is reached`;
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
