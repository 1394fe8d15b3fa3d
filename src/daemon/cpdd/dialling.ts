import { openBoard } from '../../board/open.ts';
import type { DialerObserver, KnownRecordingsUse } from '../../dialer/contract.ts';
import { createDialer } from '../../dialer/dialer.ts';
import type { Journal } from '../../journal/journal.ts';
import type { LinkClient } from '../../link/client.ts';
import type { Logger } from '../log.ts';
import { createBoardKeeper, type BoardKeeper } from './board-keeper.ts';
import type { CallRecordings } from './call-recordings.ts';
import type { CpddConfig, CpddSetup } from './config.ts';
import type { CpddMetrics } from './metrics.ts';
import type { RecentCalls } from './recent-calls.ts';
import { boardOptions, dialerConfig } from './settings.ts';

/** What the dialler on the board works with; it outlives the board. */
interface DiallingParts {
  setup: CpddSetup;
  journal: Journal;
  link: LinkClient;
  recordings: CallRecordings | null;
  knownRecordings: KnownRecordingsUse | null;
  recent: RecentCalls;
  metrics: CpddMetrics;
  log: Logger;
}

/** The keeper of the board, which is not open yet; a board that fails is opened again with a new dialler. */
export function keepBoard(parts: DiallingParts): BoardKeeper {
  const { setup, journal, link, recordings, knownRecordings, recent, metrics, log } = parts;
  const observer: DialerObserver = {
    ...metrics.observer,
    ended: (end) => {
      metrics.observer.ended?.(end);
      recent.add(end, new Date());
    },
    boardDead: (reason) => {
      metrics.observer.boardDead?.(reason);
      keeper.died(reason);
    },
  };
  const keeper = createBoardKeeper({
    openBoard: () => openBoard(setup.config.board, boardOptions(setup)),
    createDialer: (board) =>
      createDialer({
        board,
        journal,
        link,
        config: {
          ...dialerConfig(setup),
          ...(recordings === null
            ? {}
            : {
                recordFile: (call) => recordings.fileFor(call),
                soundOf: (attemptId) => recordings.soundOf(attemptId),
              }),
          ...(knownRecordings === null ? {} : { knownRecordings }),
        },
        log,
        observer,
      }),
    recovery: setup.config.boardRecovery,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    log,
    opened: (again) => {
      metrics.boardOpened();
      // What the old dialler could not say any more is lost with it: legs that OCS still believes to be up, above all.
      if (again) link.renew();
    },
  });
  return keeper;
}

/** Calls that were hung up have so long to end; a channel that answers nothing does not hold up the process. */
const hangUpPatienceMs = 10_000;

/**
 * Waits for calls to end and for their results to be delivered. Calls are hung up after `timeoutMs`; results
 * that OCS does not take within `flushMs` stay in the journal and are delivered after the next start.
 */
export async function drainWithin(
  keeper: BoardKeeper,
  limits: CpddConfig['drain'],
  log: Logger,
): Promise<void> {
  const status = () => keeper.dialer()?.status() ?? { calls: 0, unacknowledged: 0 };
  let giveUpAt = Infinity;
  let hungUp = false;
  const hangUpAt = performance.now() + limits.timeoutMs;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const watch = setInterval(() => {
    const { calls, unacknowledged } = status();
    if (calls === 0) giveUpAt = Math.min(giveUpAt, performance.now() + limits.flushMs);
    if (calls > 0 && !hungUp && performance.now() >= hangUpAt) {
      log.warn({ calls, timeoutMs: limits.timeoutMs }, 'calls are still up: hanging up');
      hungUp = true;
      giveUpAt = performance.now() + hangUpPatienceMs;
      keeper.hangup();
    }
    if (performance.now() < giveUpAt) return;
    log.warn(
      { calls, unacknowledged },
      'ending before all results were delivered; those in the journal are delivered after the next start',
    );
    resolve();
  }, 50);
  try {
    await Promise.race([keeper.drain(), enough]);
  } finally {
    clearInterval(watch);
  }
}
