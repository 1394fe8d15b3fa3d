import type { CalledParty } from '../../domain/recording-lesson.ts';
import type { Command } from '../../link/schemas.ts';
import type { Store } from '../store/store.ts';
import type { Dialer, Dialers } from './dialers.ts';

/** So many wait for a dialler that does not ask: what they teach comes again with other calls. */
const mostWaiting = 1_000;

/** What agents and labels say of who answered, on its way to the diallers that learn from it. */
export interface CalledParties {
  /** Part of the caller's transaction. */
  say(attemptId: string, was: CalledParty): void;
  /** What a dialler is to be told now: once, since it only teaches. */
  take(dialer: Dialer): Command[];
}

export function createCalledParties(parts: {
  dialers: Dialers;
  store: Store;
  changed: () => void;
}): CalledParties {
  const { dialers, store } = parts;
  const waiting = new Map<string, readonly Command[]>();
  return {
    say: (attemptId, was) => {
      const dialerId = store.attempts.get(attemptId)?.dialer_id;
      if (dialerId === undefined || dialers.get(dialerId)?.about.capabilities.learns !== true) return;
      store.memory.keepEntry(waiting, dialerId);
      const others = waiting.get(dialerId) ?? [];
      waiting.set(dialerId, [...others, { kind: 'told' as const, attemptId, was }].slice(-mostWaiting));
      parts.changed();
    },
    take: ({ dialerId }) => {
      const commands = waiting.get(dialerId) ?? [];
      if (commands.length > 0) store.memory.keepEntry(waiting, dialerId);
      waiting.delete(dialerId);
      return [...commands];
    },
  };
}
