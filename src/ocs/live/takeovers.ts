import type { Clock } from '../clock.ts';

/** Connections that take an agent from another one. */
export interface Takeovers {
  /** Another connection wants the agent. @returns false when it must not have it now */
  may(agentId: string): boolean;
}

/** So many in so long (wire-clock ms) are people who move; more are pages that reconnect by themselves. */
const most = 3;
export const takeoverWindowMs = 60_000;

/**
 * Two pages that reconnect whenever they lose the agent would take it from each other for ever. After a few times the
 * one that has it keeps it, until the other has been quiet for a while: refused attempts count as well.
 */
export function createTakeovers(wireClock: Clock): Takeovers {
  const tried = new Map<string, { times: number[]; fight: boolean }>();
  return {
    may: (agentId) => {
      const now = wireClock.now();
      for (const [id, { times }] of tried) {
        if ((times.at(-1) ?? 0) <= now - takeoverWindowMs) tried.delete(id);
      }
      const before = tried.get(agentId);
      const times = (before?.times ?? []).filter((at) => at > now - takeoverWindowMs);
      const fight = before?.fight === true || times.length >= most;
      tried.set(agentId, { times: [...times.slice(-most), now], fight });
      return !fight;
    },
  };
}
