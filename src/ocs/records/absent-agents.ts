import type { Log } from '../../domain/log.ts';
import type { Agents } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import type { CloseRecord } from './closing.ts';

/** Agents who are not there and their time of grace. */
export interface AbsentAgents {
  /**
   * Gives the agent its time of grace, anew if it had some. What it left open is then closed with what it had
   * said; while its call is still up it gets another one.
   */
  wait(agentId: string): void;
  /** The agent is back at a desk. */
  back(agentId: string): void;
  /** Those whose records were open when OCS stopped. */
  start(): void;
  stop(): void;
}

export function createAbsentAgents(parts: {
  agents: Agents;
  calls: Calls;
  clock: Clock;
  closeRecord: CloseRecord;
  config: OcsConfig;
  log: Log;
  store: Store;
}): AbsentAgents {
  const { agents, calls, clock, closeRecord, config, log, store } = parts;
  const waiting = new Map<string, () => void>();

  /** @returns false when the agent's call is still up */
  const closeAll = (agentId: string): boolean => {
    const rows = store.openRecords.ofAgent(agentId);
    const coming = agents.get(agentId)?.attemptId;
    if (typeof coming === 'string' && calls.get(coming) !== undefined) return false;
    if (rows.some((row) => calls.get(row.attempt_id) !== undefined)) return false;
    store.transaction(() => {
      for (const row of rows) closeRecord(row, { fields: {} }, { how: 'processed' });
    });
    return true;
  };

  const wait: AbsentAgents['wait'] = (agentId) => {
    store.memory.afterwards(() => {
      waitNow(agentId);
    });
  };

  const waitNow = (agentId: string) => {
    waiting.get(agentId)?.();
    const stopWaiting = clock.after(config.agentGraceMs, () => {
      waiting.delete(agentId);
      if (agents.get(agentId)?.online === true) return;
      try {
        if (!closeAll(agentId)) {
          wait(agentId);
          return;
        }
      } catch (error) {
        log.error({ err: error, agentId }, 'the records of an absent agent cannot be closed; it is repeated');
        wait(agentId);
        return;
      }
      if (agents.get(agentId) !== undefined) {
        log.warn({ agentId }, 'agent did not come back; its record is closed with the updates it had sent');
        agents.remove(agentId);
      }
    });
    waiting.set(agentId, stopWaiting);
  };

  return {
    wait,
    back: (agentId) => {
      store.memory.afterwards(() => {
        waiting.get(agentId)?.();
        waiting.delete(agentId);
      });
    },
    start: () => {
      for (const agentId of store.openRecords.agents()) wait(agentId);
    },
    stop: () => {
      for (const stopWaiting of waiting.values()) stopWaiting();
      waiting.clear();
    },
  };
}
