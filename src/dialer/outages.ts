import type { Log } from '../domain/log.ts';
import type { Sleep } from '../link/backoff.ts';
import type { Reporter } from '../link/reporter.ts';
import type { DialerObserver } from './contract.ts';

/** Whether OCS is there, and what its loss and its return mean for calls. */
export interface Outages {
  /** OCS is found or lost. */
  changed(state: 'up' | 'down'): void;
  readonly state: 'up' | 'down';
  /** OCS is back, and what waited for it is on its way: no new calls until then. */
  readonly resultsFirst: boolean;
  stop(): void;
}

/** A shorter outage of OCS ends no call that rings. Wall-clock ms. */
const outageGraceMs = 3_000;

/** After an outage results go first; so long new calls wait for them at most. Wall-clock ms. */
const resultsFirstMs = 10_000;

export function createOutages(options: {
  reporter: Pick<Reporter, 'catchUp'>;
  /** Reports wait for OCS. */
  hasReports(): boolean;
  /** OCS is lost for longer: whoever answered now would find no agent. */
  lost(): void;
  sleep: Sleep;
  log: Log;
  observer: DialerObserver;
}): Outages {
  const { reporter, sleep, log, observer } = options;
  let state: 'up' | 'down' = 'down';
  let resultsFirst = false;
  /** Aborted when OCS is found or lost again. */
  let untilChange = new AbortController();

  /** Reports go first, whatever pause their last failure had earned, then new calls. */
  const deliverFirst = async (lostAgain: AbortSignal): Promise<void> => {
    resultsFirst = options.hasReports();
    const limit = new AbortController();
    await Promise.race([reporter.catchUp(), sleep(resultsFirstMs, limit.signal)]);
    limit.abort();
    // Else the next return waits for its own reports.
    if (!lostAgain.aborted) resultsFirst = false;
  };

  const waitForReturn = async (found: AbortSignal): Promise<void> => {
    await sleep(outageGraceMs, found);
    if (!found.aborted) options.lost();
  };

  return {
    changed(to) {
      state = to;
      untilChange.abort();
      untilChange = new AbortController();
      resultsFirst = false;
      if (to === 'up') void deliverFirst(untilChange.signal);
      else void waitForReturn(untilChange.signal);
      log.info(
        { state: to },
        to === 'up' ? 'connected to OCS' : 'no connection to OCS; nothing new is dialled',
      );
      observer.link?.(to);
    },
    get state() {
      return state;
    },
    get resultsFirst() {
      return resultsFirst;
    },
    stop() {
      untilChange.abort();
    },
  };
}
