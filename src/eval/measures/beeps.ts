import type { HeardCall } from '../calls/heard.ts';
import { share, spread, type Share, type Spread } from './statistics.ts';

/** A beep may be heard so much early: the labels are exact to 10 ms, frames to 20. */
const earlyMs = 100;
/** An echo or a second tone so soon after a beep belongs to it. */
const lateMs = 300;

export interface BeepReport {
  recorded: Share;
  generated: Share;
  /** Distance between the start heard and the true one, of those found. */
  startError: Spread;
  startWithin60Ms: Share;
  false: {
    count: number;
    hours: number;
    perHour: number | null;
    by: { truth: string; count: number }[];
    files: string[];
  };
  missed: string[];
}

/** Beeps found, how exactly, and what was taken for one where there is none. */
export function measureBeeps(heard: readonly HeardCall[]): BeepReport {
  const errors: number[] = [];
  const missed: string[] = [];
  const found = { recorded: 0, generated: 0 };
  const all = { recorded: 0, generated: 0 };
  const falseBy = new Map<string, number>();
  const falseFiles: string[] = [];
  let withoutBeepMs = 0;
  for (const { call, beeps, durationMs } of heard) {
    const { beep } = call;
    withoutBeepMs += durationMs;
    const isTrue = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
      beep !== null && endMs > beep.startMs - earlyMs && startMs < beep.endMs + lateMs;
    const falseOnes = beeps.filter((each) => !isTrue(each)).length;
    if (falseOnes > 0) {
      falseBy.set(call.truth, (falseBy.get(call.truth) ?? 0) + falseOnes);
      falseFiles.push(call.file);
    }
    if (beep === null) continue;
    withoutBeepMs -= beep.endMs - beep.startMs;
    const kind = beep.recorded ? 'recorded' : 'generated';
    all[kind] += 1;
    const distances = beeps.filter(isTrue).map(({ startMs }) => Math.abs(startMs - beep.startMs));
    if (distances.length === 0) {
      missed.push(call.file);
      continue;
    }
    found[kind] += 1;
    errors.push(Math.min(...distances));
  }
  const count = [...falseBy.values()].reduce((sum, each) => sum + each, 0);
  const hours = withoutBeepMs / 3_600_000;
  return {
    recorded: share(found.recorded, all.recorded),
    generated: share(found.generated, all.generated),
    startError: spread(errors),
    startWithin60Ms: share(errors.filter((error) => error <= 60).length, errors.length),
    false: {
      count,
      hours,
      perHour: hours > 0 ? count / hours : null,
      by: [...falseBy].map(([truth, each]) => ({ truth, count: each })),
      files: falseFiles,
    },
    missed,
  };
}
