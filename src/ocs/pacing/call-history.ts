/** One decided call. */
export interface DecidedCall {
  /** From retrieval to the decision, in ms. */
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
  /**
   * An agent needed so long from reservation to the end of its wrap-up. What is read from the store when a campaign
   * is loaded counts from the connection to the agent: reservations are not stored.
   */
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
  /** Made anew after a change: each decision asks it for every call and every agent. */
  let known: Summary | null = null;
  const keep = <T>(items: T[], item: T) => {
    items.push(item);
    if (items.length > limit) items.shift();
    known = null;
  };
  const summary = () => (known ??= summarise(calls, handles));
  const liveChance = () => {
    const share = (summary().live + 1) / (calls.length + 2);
    return Math.min(1, share + Math.sqrt((share * (1 - share)) / (calls.length + 2)));
  };
  /** The earliest tenth: an agent that frees itself later than that may be too late for some. */
  const answerMs = () => {
    const { liveDurations } = summary();
    return liveDurations[Math.floor(liveDurations.length / 10)] ?? null;
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
      const { durations, liveDurations, answered: picked, liveAnswered } = summary();
      const alike = answered ? picked : longerThan(durations, elapsedMs);
      const live = answered ? liveAnswered : longerThan(liveDurations, elapsedMs);
      return (live + liveChance()) / (alike + 1);
    },
    soonFreeChance: (elapsedMs) => {
      const horizon = answerMs();
      if (horizon === null) return 0;
      const { handling } = summary();
      const longer = longerThan(handling, elapsedMs);
      return (longer - longerThan(handling, elapsedMs + horizon)) / (longer + 1);
    },
    figures: () => ({ liveChance: liveChance(), answerMs: answerMs(), handleMs: mean(handles) }),
  };
}

/** The last calls and conversations, in order of their length. */
interface Summary {
  durations: readonly number[];
  liveDurations: readonly number[];
  handling: readonly number[];
  live: number;
  answered: number;
  liveAnswered: number;
}

function summarise(calls: readonly DecidedCall[], handles: readonly number[]): Summary {
  const sorted = (items: readonly number[]) => [...items].sort((a, b) => a - b);
  const live = calls.filter((call) => call.live);
  return {
    durations: sorted(calls.map(({ durationMs }) => durationMs)),
    liveDurations: sorted(live.map(({ durationMs }) => durationMs)),
    handling: sorted(handles),
    live: live.length,
    answered: calls.filter(({ answered }) => answered).length,
    liveAnswered: live.filter(({ answered }) => answered).length,
  };
}

/** How many of the ascending items are above a value. */
function longerThan(ascending: readonly number[], value: number): number {
  let from = 0;
  let till = ascending.length;
  while (from < till) {
    const middle = (from + till) >> 1;
    if ((ascending[middle] ?? 0) > value) till = middle;
    else from = middle + 1;
  }
  return ascending.length - from;
}
