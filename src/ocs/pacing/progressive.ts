import { rounding, type PacingDecision, type PacingInput } from './decision.ts';

/**
 * Progressive pacing, the reference formula of the field: floor(M x (A - Q - ceil(D / M))), at least 0, with M calls
 * per agent, A ready agents, Q live calls waiting for an agent, D calls still undecided.
 */
export function progressiveCalls(
  multiplier: number,
  ready: number,
  queued: number,
  dialling: number,
): number {
  const open = ready - queued - Math.ceil(dialling / multiplier - rounding);
  return Math.max(0, Math.floor(multiplier * open + rounding));
}

/**
 * @param rule why it is progressive: by the campaign's mode, or for now in place of predictive
 * @param bound most calls to start
 */
export function progressive(
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
