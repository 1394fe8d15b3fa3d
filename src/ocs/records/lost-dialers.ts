import type { Log } from '../../domain/log.ts';
import type { Agent, Agents } from '../live/agents.ts';
import type { Calls, OpenCall } from '../live/calls.ts';
import type { Desks } from '../live/desks.ts';
import type { Dialers } from '../live/dialers.ts';
import type { Store } from '../store/store.ts';
import type { AgentCalls } from './agent-calls.ts';

/**
 * Frees agents who wait in vain for a dialler that fell silent: those reserved for a call of it, and those who have
 * closed the record of an engaged call whose end it does not tell. The attempt itself stays open, since the dialler
 * may yet report it.
 */
export function createLostDialers(parts: {
  agentCalls: AgentCalls;
  agents: Agents;
  calls: Calls;
  desks: Desks;
  dialers: Dialers;
  log: Log;
  store: Store;
}): () => void {
  const { agentCalls, agents, calls, desks, dialers, log, store } = parts;
  const free = (agent: Agent, call: OpenCall) => {
    store.transaction(() => {
      if (agent.state === 'reserved') agentCalls.ended(call.attemptId, 'dialler_lost', false);
      else desks.release(agent);
    });
  };
  return () => {
    for (const agent of agents.all()) {
      const { handle, state, attemptId } = agent;
      const call = attemptId === null ? undefined : calls.get(attemptId);
      const closed = state === 'busy' && handle === null;
      if (call === undefined || (state !== 'reserved' && !closed)) continue;
      if (dialers.attends(call)) continue;
      free(agent, call);
      log.warn({ attemptId, dialerId: call.dialerId }, 'dialler lost; the agent who waits for it is freed');
    }
  };
}
