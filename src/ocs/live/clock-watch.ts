import type { Log } from '../../domain/log.ts';
import type { Clock } from '../clock.ts';
import { minuteText } from '../local-time.ts';
import { clockToleranceMs } from '../store/clock-correction.ts';
import type { Store } from '../store/store.ts';

/** Notices that the machine's clock was put ahead or back, and puts right what was stored by the wrong one. */
export interface ClockWatch {
  /** To be called again and again. */
  look(): void;
  /** Steps since the start. */
  readonly steps: () => { ahead: number; back: number };
  /** What a supervisor is to know, for a day after a step; null when there is nothing. */
  warning(): string | null;
}

/** Events of the history that are corrected in one transaction. */
const correctAtOnce = 1_000;

/** ms */
const warnFor = 24 * 3_600_000;

export function createClockWatch(parts: {
  clock: Clock;
  log: Log;
  store: Store;
  /** Records may be due now. */
  changed: () => void;
}): ClockWatch {
  const { changed, clock, log, store } = parts;
  const steps = { ahead: 0, back: 0 };
  /** The clock less the time that passed: it changes only when the clock is put right. */
  let offset: number | null = null;
  let last: { stepMs: number; at: number; elapsed: number } | null = null;
  /** The moment at which the clock was found put back, until the store has it. */
  let putBackAt: number | null = null;
  /** A correction is under way, perhaps since before the start. */
  let correcting = true;

  const take = (stepMs: number) => {
    const back = stepMs < 0;
    steps[back ? 'back' : 'ahead'] += 1;
    last = { stepMs, at: clock.now(), elapsed: clock.elapsed() };
    if (back) log.warn({ stepMs }, 'the clock of this host was put back');
    else log.warn({ stepMs }, 'the clock of this host was put ahead');
    if (back) putBackAt = clock.now();
  };
  /** Since the last look; at the first one, since the newest event in the store was written. */
  const stepOf = (): number => {
    const now = clock.now() - clock.elapsed();
    const before = offset;
    offset = now;
    if (before !== null) return now - before;
    const newestAt = store.clockCorrection.newestAt();
    // Between two runs the clock may well have gone on.
    return newestAt === null ? 0 : Math.min(0, clock.now() - newestAt);
  };
  const correct = () => {
    const progress = store.transaction(() => {
      if (putBackAt !== null) store.clockCorrection.begin(putBackAt);
      return store.clockCorrection.next(correctAtOnce);
    });
    putBackAt = null;
    correcting = progress?.done === false;
    if (progress?.done !== true) return;
    log.warn({ records: progress.records }, 'times that were stored by the wrong clock are put right');
    changed();
  };

  return {
    look: () => {
      const stepMs = stepOf();
      if (Math.abs(stepMs) > clockToleranceMs) take(stepMs);
      if (putBackAt !== null || correcting) correct();
    },
    steps: () => ({ ...steps }),
    warning: () => {
      if (last === null || clock.elapsed() - last.elapsed > warnFor) return null;
      const { at, stepMs } = last;
      const how = `${lengthOf(Math.abs(stepMs))} ${stepMs < 0 ? 'back' : 'ahead'}`;
      const then =
        stepMs < 0
          ? 'retries and rests are counted from then on, callbacks keep their date'
          : 'what was to be called later may be called too early if that was wrong';
      return `the clock of the OCS host was put ${how} at ${minuteText(at, 'UTC')} UTC: ${then}`;
    },
  };
}

function lengthOf(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ];
  const [name, length] = units.find(([, unit]) => ms >= unit) ?? ['s', 1_000];
  return `${String(Math.round(ms / length))} ${name}`;
}
