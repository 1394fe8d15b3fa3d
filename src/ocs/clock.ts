/**
 * The time of the Outbound Contact Server. All of its decisions ask this port, so that a demo can run faster
 * than the wall clock and a test can hold time in its hand.
 */
export interface Clock {
  /** Milliseconds since 1970. Never goes back, except where the machine's own clock is put right. */
  now(): number;
  /** Calls `run` once, `ms` of this clock later. Returns what takes the call back. */
  after(ms: number, run: () => void): () => void;
}

/** Longest delay that setTimeout keeps; beyond it, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's clock, faster by `speed`: one real second is `speed` seconds here.
 *
 * @param speed 1 for real time; for accelerated simulators the simulator's own factor
 */
export function realClock(speed = 1): Clock {
  const origin = Date.now();
  const started = performance.now();
  return {
    now: () => Math.round(origin + (performance.now() - started) * speed),
    after: (ms, run) => {
      const timer = setTimeout(run, Math.min(Math.max(0, ms) / speed, longestTimerMs));
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/**
 * The time of day as the machine has it now, corrections included: a host that started with a wrong clock must not
 * call people at night for as long as the process lives.
 */
export function wallClock(): Clock {
  const timers = realClock();
  return { now: () => Date.now(), after: (ms, run) => timers.after(ms, run) };
}

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass; what falls due on the way runs in order, each at its own time. */
  advance(ms: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 0, 5, 17)): ManualClock {
  let now = startMs;
  let order = 0;
  let timers: { at: number; order: number; run: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + Math.max(0, ms), order: order++, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const [next] = timers
          .filter((timer) => timer.at <= end)
          .sort((a, b) => a.at - b.at || a.order - b.order);
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}
