import { isSeizing } from '../../api/campaign-definition.ts';
import type { Agent, Agents } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Desks } from '../live/desks.ts';
import type { Telephones } from '../live/telephones.ts';
import type { Store } from '../store/store.ts';
import { elapsedAt, type Clock } from '../clock.ts';
import type { AbsentAgents } from './absent-agents.ts';
import type { AgentRecords } from './agent-records.ts';
import type { AgentScreen } from './agent-screen.ts';
import { campaignOfAttempt } from './attempt-campaign.ts';

/** Calls on their way to agents, with them, and ended. Each function is part of the caller's transaction. */
export interface AgentCalls {
  /** Reserves the agent for a call and shows it the record. */
  reserve(agent: Agent, attemptId: string): void;
  /**
   * The call reached an agent. One who is not logged in, as after a restart of OCS, finds the record at the next
   * login. @returns false when no agent has it
   */
  connect(attemptId: string, agentId: string | null, extension: string | null): boolean;
  /** The dialler is done with the call; `kept` when the agent has it. @param reason of the dialler's, if it gave one */
  ended(attemptId: string, status: string, kept: boolean, reason?: string | null): void;
  /** The agent's telephone says that the conversation is over. @throws CodedError UNKNOWN_RECORD */
  hungUp(agent: Agent, handle: number): void;
  /** Takes up what the agent left open, when it logs in again. */
  resume(agent: Agent): void;
}

export function createAgentCalls(parts: {
  absent: AbsentAgents;
  agentRecords: AgentRecords;
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  desks: Desks;
  screen: AgentScreen;
  store: Store;
  telephones: Telephones;
}): AgentCalls {
  const { agentRecords, agents, calls, clock, desks, screen, store, telephones } = parts;

  /** A reservation alone is not written: a live person waits for this answer, not for a disk. */
  const take = (agent: Agent, attemptId: string, handle: number, state: 'reserved' | 'busy') => {
    if (state === 'busy') agentRecords.keep(agent, attemptId, handle);
    store.memory.keep(agent);
    agent.attemptId = attemptId;
    agent.handle = handle;
    agent.workSince = clock.elapsed();
    if (agent.state === 'not_ready') agent.next = 'not_ready';
    else Object.assign(agent, { next: 'ready', reason: null });
    agents.move(agent, state);
    screen.show(agent, 'CallArriving', attemptId);
  };

  return {
    reserve: (agent, attemptId) => {
      const call = calls.get(attemptId);
      if (call !== undefined) take(agent, attemptId, call.handle, 'reserved');
    },
    connect: (attemptId, agentId, extension) => {
      const call = calls.get(attemptId);
      const reserved = agents.byAttempt(attemptId);
      const agent =
        (agentId === null ? undefined : agents.get(agentId)) ??
        (extension === null ? undefined : agents.byExtension(extension)) ??
        (agentId === null && extension === null ? reserved : undefined);
      if (reserved !== undefined && reserved !== agent) {
        store.openRecords.remove(reserved.handle ?? 0);
        screen.show(reserved, 'CallEnded', attemptId, { GSW_CALL_STATUS: 'elsewhere' });
        desks.release(reserved);
      }
      if (call === undefined) return false;
      if (agent === undefined) {
        if (agentId === null) return false;
        agentRecords.keep({ agentId, workSince: null }, attemptId, call.handle);
        parts.absent.wait(agentId);
        return true;
      }
      if (agent.attemptId !== attemptId) {
        // A leg the dialler chose, or a switch that found the agent: the record comes with the call.
        if (agent.handle !== null) return false;
        take(agent, attemptId, call.handle, 'busy');
      }
      agentRecords.keep(agent, attemptId, call.handle);
      agents.move(agent, 'busy');
      screen.show(agent, 'CallConnected', attemptId);
      return true;
    },
    ended: (attemptId, status, kept, reason = null) => {
      const agent = agents.byAttempt(attemptId);
      if (agent === undefined) {
        if (!kept) store.openRecords.removeAttempt(attemptId);
        return;
      }
      const definition = campaignOfAttempt(parts, attemptId);
      if (!kept) {
        screen.show(agent, 'CallEnded', attemptId, { GSW_CALL_STATUS: status });
        if (agent.handle !== null) store.openRecords.remove(agent.handle);
        const ringingMs = clock.elapsed() - (agent.workSince ?? clock.elapsed());
        if (agent.state === 'reserved' && isTelephoneFault(reason, ringingMs)) {
          telephones.failed(agent, 'not_taken');
        }
        desks.release(agent);
      } else if (agent.handle === null) {
        desks.release(agent);
      } else if (definition !== null && isSeizing(definition.mode)) {
        screen.show(agent, 'CallEnded', attemptId, { GSW_CALL_STATUS: status });
        store.memory.keep(agent);
        agent.attemptId = null;
        agents.move(agent, 'wrap_up');
      } else if (agent.state === 'busy') {
        // The call is the switch's now; only the agent's telephone knows when it ends.
        screen.show(agent, 'CallTransferred', attemptId, { GSW_CALL_STATUS: status });
      }
    },
    hungUp: (agent, handle) => {
      agentRecords.need(agent.agentId, handle);
      agents.move(agent, 'wrap_up');
    },
    resume: (agent) => {
      const row =
        agent.handle === null
          ? store.openRecords.ofAgent(agent.agentId)[0]
          : store.openRecords.get(agent.handle);
      const attemptId = row?.attempt_id ?? agent.attemptId;
      if (attemptId === null || attemptId === undefined) return;
      const up = calls.get(attemptId);
      if (agent.handle === null && row !== undefined) {
        store.memory.keep(agent);
        agent.handle = row.record_handle;
        agent.workSince = elapsedAt(clock, row.since_at);
        agent.attemptId = up === undefined ? null : attemptId;
        agents.move(agent, up === undefined ? 'wrap_up' : up.phase === 'connected' ? 'busy' : 'reserved');
      }
      const events = { reserved: 'CallArriving', busy: 'CallConnected', wrap_up: 'CallEnded' } as const;
      if (agent.state !== 'ready' && agent.state !== 'not_ready') {
        screen.show(agent, events[agent.state], attemptId);
      }
    },
  };
}

/** Reasons of a dialler that say that the telephone of the agent it was given did not take the call. */
const telephoneFaults: ReadonlySet<string> = new Set([
  'not_taken',
  'transfer_busy',
  'transfer_no_answer',
  'transfer_refused',
  'EXTENSION_NOT_ALLOWED',
]);

/** A customer who hung up after so long was not lost to impatience: nobody took the call. OCS-clock ms. */
const longRingingMs = 5_000;

function isTelephoneFault(reason: string | null, ringingMs: number): boolean {
  if (reason === 'customer_hung_up') return ringingMs >= longRingingMs;
  return reason !== null && telephoneFaults.has(reason);
}
