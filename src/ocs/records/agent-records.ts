import { CodedError } from '../../domain/errors.ts';
import type { Agent, Agents } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Desks } from '../live/desks.ts';
import type { Dialers } from '../live/dialers.ts';
import type { Store } from '../store/store.ts';
import type { OpenRecordRow, RecordRow } from '../store/tables.ts';
import { elapsedAt, momentOf, type Clock } from '../clock.ts';
import { mergeUpdate, type CloseRecord, type Closing, type Update } from './closing.ts';

/**
 * What agents do with the records on their screens, each as part of the caller's transaction. Updates stay in a buffer of OCS (a table of its own, so that
 * they outlive a restart); the calling list sees them when the agent closes the record.
 */
export interface AgentRecords {
  /** From now on the open record is in the store: it outlives a restart. */
  keep(agent: Pick<Agent, 'agentId' | 'workSince'>, attemptId: string, handle: number): void;
  /** @throws CodedError UNKNOWN_RECORD when the record is not open at this agent */
  need(agentId: string, handle: number): OpenRecordRow;
  /** A record that the agent sees. @throws CodedError UNKNOWN_RECORD */
  record(agentId: string, handle: number): RecordRow;
  /** @throws CodedError UNKNOWN_RECORD */
  update(agent: Agent, handle: number, update: Update): void;
  /**
   * The final write; the agent is free afterwards.
   * @throws CodedError UNKNOWN_RECORD; ILLEGAL_STATE while the call is on its way
   */
  close(agent: Agent, handle: number, update: Update, closing: Closing): void;
}

export function createAgentRecords(parts: {
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  closeRecord: CloseRecord;
  desks: Desks;
  dialers: Dialers;
  store: Store;
}): AgentRecords {
  const { agents, calls, campaigns, clock, desks, dialers, store } = parts;

  const need: AgentRecords['need'] = (agentId, handle) => {
    const row = store.openRecords.get(handle);
    if (row?.agent_id === agentId) return row;
    throw new CodedError('UNKNOWN_RECORD', `record ${String(handle)} is not open at agent ${agentId}`, {
      field: 'GSW_RECORD_HANDLE',
      found: handle,
      expected: 'the handle of a record shown to this agent and not yet closed',
    });
  };
  const keep: AgentRecords['keep'] = (agent, attemptId, handle) => {
    if (store.openRecords.get(handle)?.attempt_id === attemptId) return;
    store.openRecords.open({
      record_handle: handle,
      attempt_id: attemptId,
      agent_id: agent.agentId,
      since_at: agent.workSince === null ? clock.now() : momentOf(clock, agent.workSince),
    });
  };

  return {
    keep,
    need,
    record: (agentId, handle) => {
      if (agents.get(agentId)?.handle !== handle) need(agentId, handle);
      const record = store.records.get(handle);
      if (record === undefined) throw new CodedError('UNKNOWN_RECORD', `no record ${String(handle)}`);
      return record;
    },
    update: (agent, handle, update) => {
      if (agent.handle === handle && agent.attemptId !== null) keep(agent, agent.attemptId, handle);
      const row = need(agent.agentId, handle);
      store.openRecords.saveUpdates(handle, JSON.stringify(mergeUpdate(row, update)));
    },
    close: (agent, handle, update, closing) => {
      if (agent.state === 'reserved' && agent.handle === handle) {
        const trouble = store.health.trouble();
        // The agent may well talk by now: that the call is connected is what could not be written.
        if (trouble !== null) {
          throw new CodedError('DATABASE_ERROR', `the database refused: ${trouble}`, {
            expected: 'the same message again once the database can be written',
          });
        }
        throw new CodedError('ILLEGAL_STATE', 'the call is on its way to the agent', {
          field: 'GSW_RECORD_HANDLE',
          found: handle,
          expected: 'a record whose call was connected',
        });
      }
      const row = need(agent.agentId, handle);
      parts.closeRecord(row, update, closing);
      const campaign = store.attempts.get(row.attempt_id)?.campaign;
      const since =
        agent.handle === handle && agent.workSince !== null
          ? agent.workSince
          : elapsedAt(clock, row.since_at);
      const handledMs = clock.elapsed() - since;
      store.memory.afterwards(() => {
        if (campaign !== undefined) campaigns.get(campaign)?.history.handled(handledMs);
      });
      const call = calls.get(row.attempt_id);
      if (call?.request.handoff.kind === 'engaged' && dialers.attends(call)) {
        // Still joined with the customer on the board: not free before the call ended.
        store.memory.keep(agent);
        agent.handle = null;
        return;
      }
      desks.release(agent);
    },
  };
}
