/**
 * The time of the Outbound Contact Server. All of its decisions ask this port, so that a demo can run faster
 * than the wall clock and a test can hold time in its hand.
 */
export interface Clock {
  /** Milliseconds since 1970. Never goes back, except where the machine's own clock is put right. */
  now(): number;
  /** Milliseconds since some moment, for durations: whatever happens to the machine's clock, time only passes here. */
  elapsed(): number;
  /** Calls `run` once, `ms` of this clock later. Returns what takes the call back. */
  after(ms: number, run: () => void): () => void;
}

/** When it was by `elapsed` that a moment was now, e.g. one that was stored; not later than now. */
export function elapsedAt(clock: Clock, moment: number): number {
  return clock.elapsed() - Math.max(0, clock.now() - moment);
}

/** The moment, by the clock as it is set now, at which `elapsed` was this. */
export function momentOf(clock: Clock, elapsed: number): number {
  return clock.now() - (clock.elapsed() - elapsed);
}

/** Longest delay that setTimeout keeps; beyond it, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's clock, faster by `speed`: one real second is `speed` seconds here.
 *
 * @param speed 1 for real time; for accelerated simulators the simulator's own factor
 * @param since when it was right, ms since 1970; now by default
 */
export function realClock(speed = 1, since = Date.now()): Clock {
  const origin = since + (Date.now() - since) * speed;
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) * speed);
  return {
    now: () => Math.round(origin) + elapsed(),
    elapsed,
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
  return {
    now: () => Date.now(),
    elapsed: () => timers.elapsed(),
    after: (ms, run) => timers.after(ms, run),
  };
}

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass; what falls due on the way runs in order, each at its own time. */
  advance(ms: number): void;
  /** The machine's clock is put ahead by `ms`, or back when negative: no time passes. */
  step(ms: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 0, 5, 17)): ManualClock {
  let now = startMs;
  /** What was added by steps. */
  let stepped = 0;
  let order = 0;
  let timers: { at: number; order: number; run: () => void }[] = [];
  return {
    now: () => now + stepped,
    elapsed: () => now - startMs,
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
    step: (ms) => {
      stepped += ms;
    },
  };
}

/**
 * The end of this turn of the event loop. Work on many records gives way to requests, timers and signs of life
 * between its slices.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
