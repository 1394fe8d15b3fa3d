/** What pacing knows: everything its decision depends on. */
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

/** What it decided and why. */
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
export const rounding = 1e-9;
