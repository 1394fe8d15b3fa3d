/** One decided call. */
export interface DecidedCall {
  /** From hand-out to the decision, in ms. */
  durationMs: number;
  answered: boolean;
  live: boolean;
}

/**
 * What the last calls of a campaign and the last conversations of its agents were like: the figures that
 * predictive pacing needs. Keeps the newest `limit` of each.
 */
export interface CallHistory {
  decided(call: DecidedCall): void;
  /** An agent needed so long from reservation to the end of its wrap-up. */
  handled(durationMs: number): void;
  count(): number;
  /** Share of live answers, one standard error up: too few calls know too little. */
  liveChance(): number;
  /** Chance that a call in flight for `elapsedMs` still reaches a live person. */
  liveChanceAfter(elapsedMs: number, answered: boolean): number;
  /** Chance that an agent at work for `elapsedMs` is free before a call started now is answered. */
  soonFreeChance(elapsedMs: number): number;
  figures(): { liveChance: number; answerMs: number | null; handleMs: number | null };
}

export function createCallHistory(limit = 300): CallHistory {
  const calls: DecidedCall[] = [];
  const handles: number[] = [];
  const keep = <T>(items: T[], item: T) => {
    items.push(item);
    if (items.length > limit) items.shift();
  };
  const liveChance = () => {
    const live = calls.filter((call) => call.live).length;
    const share = (live + 1) / (calls.length + 2);
    return Math.min(1, share + Math.sqrt((share * (1 - share)) / (calls.length + 2)));
  };
  /** The earliest tenth: an agent that frees itself later than that may be too late for some. */
  const answerMs = () => {
    const live = calls.filter((call) => call.live).map((call) => call.durationMs);
    live.sort((a, b) => a - b);
    return live[Math.floor(live.length / 10)] ?? null;
  };
  const mean = (items: readonly number[]) =>
    items.length === 0 ? null : items.reduce((sum, item) => sum + item, 0) / items.length;
  return {
    decided: (call) => {
      keep(calls, call);
    },
    handled: (durationMs) => {
      keep(handles, durationMs);
    },
    count: () => calls.length,
    liveChance,
    liveChanceAfter: (elapsedMs, answered) => {
      const alike = calls.filter((call) => (answered ? call.answered : call.durationMs > elapsedMs));
      const live = alike.filter((call) => call.live).length;
      return (live + liveChance()) / (alike.length + 1);
    },
    soonFreeChance: (elapsedMs) => {
      const horizon = answerMs();
      if (horizon === null) return 0;
      const longer = handles.filter((handle) => handle > elapsedMs);
      if (longer.length === 0) return 0;
      return longer.filter((handle) => handle <= elapsedMs + horizon).length / (longer.length + 1);
    },
    figures: () => ({ liveChance: liveChance(), answerMs: answerMs(), handleMs: mean(handles) }),
  };
}
