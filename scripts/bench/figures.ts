/** Figures of a run in two parts: all of it, with the start when all channels begin at once, and when it has settled. */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { quantile } from '../../src/eval/measures/statistics.ts';

/** Of waits, in ms. */
export interface WaitFigures {
  p50: number;
  p99: number;
  settledP50: number;
  settledP99: number;
}

/** Of what the event loop does, in ms with one decimal. */
export interface LoopFigures {
  longest: number;
  p99: number;
  settledLongest: number;
  settledP99: number;
}

/** One turn of the event loop; times in ms since the machine's start. */
export interface Turn {
  begunAt: number;
  endedAt: number;
  /** Processor time of this thread. */
  spentMs: number;
}

/** @param settledFrom index of the first value that counts as settled */
export function waitFigures(values: readonly number[], settledFrom: number): WaitFigures {
  const settled = values.slice(settledFrom);
  const whole = (of: readonly number[], share: number) => Math.round(quantile(of, share) ?? 0);
  return {
    p50: whole(values, 0.5),
    p99: whole(values, 0.99),
    settledP50: whole(settled, 0.5),
    settledP99: whole(settled, 0.99),
  };
}

/** @param settledFrom index of the first value that counts as settled */
export function loopFigures(values: readonly number[], settledFrom: number): LoopFigures {
  const settled = values.slice(settledFrom);
  const tenths = (of: readonly number[], share: number) => inTenths(quantile(of, share) ?? 0);
  return {
    longest: tenths(values, 1),
    p99: tenths(values, 0.99),
    settledLongest: tenths(settled, 1),
    settledP99: tenths(settled, 0.99),
  };
}

/** How much later than asked the event loop of this process comes round. */
export function createStallWatch() {
  const whole = monitorEventLoopDelay({ resolution: 1 });
  const settled = monitorEventLoopDelay({ resolution: 1 });
  const ms = (nanoseconds: number) => inTenths(nanoseconds / 1e6);
  return {
    begin: () => whole.enable(),
    settle: () => settled.enable(),
    end: (): LoopFigures => {
      whole.disable();
      settled.disable();
      return {
        longest: ms(whole.max),
        p99: ms(whole.percentile(99)),
        settledLongest: ms(settled.max),
        settledP99: ms(settled.percentile(99)),
      };
    },
  };
}

/** Processor time of this thread between two looks of a timer of 1 ms: no turn of the event loop took longer. */
export function createTurnWatch() {
  const turns: Turn[] = [];
  let settledFrom = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const { user, system } = process.threadCpuUsage();
    return { at: Number(process.hrtime.bigint()) / 1e6, spentMs: (user + system) / 1_000 };
  };
  return {
    begin: () => {
      let before = look();
      timer = setInterval(() => {
        const now = look();
        turns.push({ begunAt: before.at, endedAt: now.at, spentMs: now.spentMs - before.spentMs });
        before = now;
      }, 1);
    },
    settle: () => {
      settledFrom = turns.length;
    },
    end: (): LoopFigures => {
      clearInterval(timer);
      return loopFigures(
        turns.map(({ spentMs }) => spentMs),
        settledFrom,
      );
    },
    /** The longest settled ones, longest first. */
    longest: (count: number): Turn[] =>
      turns
        .slice(settledFrom)
        .sort((a, b) => b.spentMs - a.spentMs)
        .slice(0, count),
  };
}

/** Pauses for garbage, ms. They are part of turns. */
export function createGarbageWatch() {
  const pauses: number[] = [];
  let settledFrom = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration);
  });
  return {
    begin: () => {
      observer.observe({ entryTypes: ['gc'] });
    },
    settle: () => {
      settledFrom = pauses.length;
    },
    end: (): LoopFigures => {
      observer.disconnect();
      return loopFigures(pauses, settledFrom);
    },
  };
}

function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
