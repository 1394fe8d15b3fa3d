import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

/** Live and abandoned calls of the campaigns, by name; they are in the database. */
export interface AbandonedCounts {
  /** Counts one live person: passed to an agent in time, or not. Part of the caller's transaction. */
  count(name: string, what: 'live' | 'abandoned'): void;
  /** From the first quarter of an hour that begins at `since` (milliseconds) or later. */
  since(name: string, since: number): { live: number; abandoned: number };
  /** The campaign was removed: its sums are not kept in memory any more. */
  forget(name: string): void;
}

/** Quarters of an hour: every time zone's midnight is one of their borders. */
const slotMs = 15 * 60_000;

function slotOf(ms: number): number {
  return Math.floor(ms / slotMs) * slotMs;
}

export function createAbandonedCounts(store: Store, clock: Clock): AbandonedCounts {
  /** The slots before the present one, summed: what is in them does not change any more. */
  const sums = new Map<string, { since: number; slot: number; live: number; abandoned: number }>();
  return {
    count: (name, what) => {
      store.campaigns.count(name, slotOf(clock.now()), {
        live: what === 'live' ? 1 : 0,
        abandoned: what === 'abandoned' ? 1 : 0,
      });
    },
    since: (name, since) => {
      const slot = slotOf(clock.now());
      const from = Math.ceil(since / slotMs) * slotMs;
      let before = sums.get(name);
      if (before?.since !== from || before.slot !== slot) {
        before = { since: from, slot, ...store.campaigns.counted(name, from, slot) };
        sums.set(name, before);
      }
      const present = store.campaigns.counted(name, slot);
      return { live: before.live + present.live, abandoned: before.abandoned + present.abandoned };
    },
    forget: (name) => {
      sums.delete(name);
    },
  };
}
