import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createBackoff, type Sleep } from './backoff.ts';
import type { LinkClient } from './client.ts';
import type { EngagementReport, Report } from './schemas.ts';

/** Where reports wait until OCS has them: the journal. */
export interface ReportSource {
  /** The oldest ones, in order: so many, and no more text than `bytes`, but one. */
  unacknowledged(limit: number, bytes: number): Report[];
  unacknowledgedCount(): number;
  acknowledge(reports: readonly { attemptId: string; seq: number }[]): void;
}

export interface ReporterOptions {
  link: Pick<LinkClient, 'report'>;
  source: ReportSource;
  sleep: Sleep;
  random: () => number;
  log: Log;
}

export interface Reporter {
  start(): void;
  /** There is something new. */
  wake(): void;
  /**
   * OCS is back: what waits goes out now, whatever pause was meant to come first. Resolves when all that waits now
   * was acknowledged, or the reporter was stopped.
   */
  catchUp(): Promise<void>;
  /** Reports an engaged leg; kept in memory, because the leg does not outlive the process either. */
  engagement(report: EngagementReport): void;
  /** Resolves when nothing waits any more, or the reporter was stopped. */
  delivered(): Promise<void>;
  stop(): Promise<void>;
}

/** One message holds so many reports and no more text than this, so that neither end is busy with it for long. */
const batchSize = 1_000;
const batchBytes = 500_000;

/** Delivers reports in order, again and again until OCS acknowledges each. */
export function createReporter(options: ReporterOptions): Reporter {
  const { link, source, sleep, log } = options;
  const stopping = new AbortController();
  const backoff = createBackoff({ firstMs: 250, longestMs: 30_000 }, options.random);
  const engagements: EngagementReport[] = [];
  let news = Promise.withResolvers<void>();
  let waiting: (() => void)[] = [];
  let catchingUp: (() => void)[] = [];
  /** The pause after a failure, to be cut short. */
  let pause = new AbortController();
  let loop: Promise<void> | null = null;

  const settleWaiting = () => {
    const settled = [...waiting, ...catchingUp];
    waiting = [];
    catchingUp = [];
    for (const resolve of settled) resolve();
  };

  /** @returns whether everything that was sent is settled */
  const send = async (reports: Report[], legs: EngagementReport[]): Promise<boolean> => {
    const reply = await link.report(reports, legs, stopping.signal);
    engagements.splice(0, legs.length);
    for (const refused of reply.refused) log.error(refused, 'OCS refused a report');
    const settled = [...reply.accepted, ...reply.refused];
    source.acknowledge(settled);
    return settled.length >= reports.length;
  };

  const once = async (): Promise<void> => {
    news = Promise.withResolvers<void>();
    pause = new AbortController();
    let complete: boolean;
    try {
      const reports = source.unacknowledged(batchSize, batchBytes);
      const whole = catchingUp.length > 0 && source.unacknowledgedCount() <= reports.length;
      const caughtUp = whole ? catchingUp.length : 0;
      const legs = engagements.slice(0, batchSize);
      if (reports.length + legs.length === 0) {
        settleWaiting();
        await news.promise;
        return;
      }
      complete = await send(reports, legs);
      if (complete) {
        backoff.reset();
        for (const resolve of catchingUp.splice(0, caughtUp)) resolve();
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      complete = false;
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      log.warn(
        { code, err: error, failures: backoff.failures },
        'reports could not be delivered; they are repeated',
      );
    }
    if (!complete) await sleep(backoff.next(), AbortSignal.any([stopping.signal, pause.signal]));
  };

  return {
    start() {
      loop ??= (async () => {
        while (!stopping.signal.aborted) await once();
      })();
    },
    wake() {
      news.resolve();
    },
    catchUp: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted || loop === null) {
          resolve();
          return;
        }
        catchingUp.push(resolve);
        backoff.reset();
        pause.abort();
        news.resolve();
      }),
    engagement(report) {
      engagements.push(report);
      news.resolve();
    },
    delivered: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted || loop === null) {
          resolve();
          return;
        }
        waiting.push(resolve);
        news.resolve();
      }),
    async stop() {
      stopping.abort();
      news.resolve();
      await loop;
      settleWaiting();
    },
  };
}
