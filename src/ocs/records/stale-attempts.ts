import type { Log } from '../../domain/log.ts';
import type { Calls } from '../live/calls.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../clock.ts';
import type { AttemptEnds } from './attempt-ends.ts';

/**
 * Ends the attempts nobody has spoken of for too long.
 *
 * @param parts.staleMs how long that is, by the wire clock
 */
export function createStaleAttempts(parts: {
  attemptEnds: AttemptEnds;
  calls: Calls;
  log: Log;
  staleMs: number;
  store: Store;
  wireClock: Clock;
  changed: () => void;
}): () => void {
  const { attemptEnds, calls, log, staleMs, store, wireClock } = parts;
  return () => {
    const since = wireClock.now() - staleMs;
    for (const call of calls.all()) {
      if (call.heardAt >= since) continue;
      const attempt = store.attempts.get(call.attemptId);
      if (attempt === undefined) continue;
      store.transaction(() => {
        attemptEnds.stale(attempt);
      });
      log.warn({ attemptId: call.attemptId, dialerId: call.dialerId }, 'attempt is stale');
      parts.changed();
    }
  };
}
