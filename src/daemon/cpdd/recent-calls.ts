import type { EndedCall } from '../../api/admin.ts';
import type { CallEnd } from '../../dialer/contract.ts';

/** The last calls with their evidence, newest first; older ones are in OCS. */
export interface RecentCalls {
  add(end: CallEnd, endedAt: Date): void;
  list(): EndedCall[];
  find(attemptId: string): EndedCall | undefined;
}

/** @param capacity calls kept; the oldest goes first */
export function createRecentCalls(capacity: number): RecentCalls {
  // A Map keeps the order of insertion.
  const calls = new Map<string, EndedCall>();
  return {
    add: (end, endedAt) => {
      calls.delete(end.attemptId);
      calls.set(end.attemptId, { ...end, endedAt: endedAt.toISOString() });
      const [oldest] = calls.keys();
      if (calls.size > capacity && oldest !== undefined) calls.delete(oldest);
    },
    list: () => [...calls.values()].reverse(),
    find: (attemptId) => calls.get(attemptId),
  };
}
