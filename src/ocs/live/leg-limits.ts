import type { Clock } from '../clock.ts';
import type { Memory } from '../store/transactions/memory.ts';

/** Pauses before the leg of an agent is asked for again. */
export interface LegLimits {
  /** This dialler is asked for none now. */
  isPaused(agentId: string, dialerId: string): boolean;
  /** The dialler could not bring one up, for reasons of its own; another one may. */
  pause(agentId: string, dialerId: string): void;
  /**
   * A limit of a dialler refused one: the telephone has one on its way out, or was rung too often.
   *
   * @returns whether that has lasted so long that the agent is to be told
   */
  refused(agentId: string): boolean;
  /** One came up. */
  over(agentId: string): void;
  /** Forgets agents of whom nothing was heard for long. */
  tidy(): void;
}

/** Asked again after a pause; only when refusals last, the agent is told. Wire-clock ms. */
const pauseMs = 5_000;
const lastsMs = 60_000;

export function createLegLimits(wireClock: Clock, memory: Memory): LegLimits {
  const limited = new Map<string, { since: number; until: number }>();
  /** By dialler and agent: the end of the pause. */
  const paused = new Map<string, number>();
  const pauseKey = (agentId: string, dialerId: string) => JSON.stringify([dialerId, agentId]);
  return {
    isPaused: (agentId, dialerId) => {
      const untils = [limited.get(agentId)?.until, paused.get(pauseKey(agentId, dialerId))];
      return untils.some((until) => until !== undefined && wireClock.now() < until);
    },
    pause: (agentId, dialerId) => {
      const key = pauseKey(agentId, dialerId);
      memory.keepEntry(paused, key);
      paused.set(key, wireClock.now() + pauseMs);
    },
    refused: (agentId) => {
      const now = wireClock.now();
      const since = limited.get(agentId)?.since ?? now;
      memory.keepEntry(limited, agentId);
      if (now - since < lastsMs) {
        limited.set(agentId, { since, until: now + pauseMs });
        return false;
      }
      limited.delete(agentId);
      return true;
    },
    over: (agentId) => {
      memory.keepEntry(limited, agentId);
      limited.delete(agentId);
    },
    tidy: () => {
      for (const [agentId, { until }] of limited) {
        if (wireClock.now() - until <= lastsMs) continue;
        memory.keepEntry(limited, agentId);
        limited.delete(agentId);
      }
      for (const [key, until] of paused) {
        if (wireClock.now() < until) continue;
        memory.keepEntry(paused, key);
        paused.delete(key);
      }
    },
  };
}
