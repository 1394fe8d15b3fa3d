import { CodedError } from '../domain/errors.ts';
import { callResult, type CallResult } from '../domain/result.ts';
import type { Agent, Agents } from './agents.ts';
import type { Attempts } from './attempts.ts';
import { isSeizing, type CampaignDefinition } from './campaign.ts';
import type { Calls } from './calls.ts';
import type { Cancels } from './cancels.ts';
import type { Campaigns } from './campaigns.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import type { OcsDatabase } from './database.ts';
import type { DoNotCall } from './do-not-call.ts';
import { recordData, type Message } from './record-data.ts';
import type { Records } from './records.ts';
import type { Settlement } from './settlement.ts';
import type { RecordRow } from './tables.ts';

/** How an agent closes a record. */
export type Closing =
  | { how: 'processed' }
  | { how: 'rescheduled'; atMs: number; personal: boolean }
  | { how: 'do_not_call'; by: 'phone' | 'customer_id'; customerId: string | null }
  | { how: 'rejected' }
  | { how: 'cancelled' };

/** An agent's update: custom fields and, if it said one, a result. */
export interface Update {
  result?: CallResult | undefined;
  fields: Message;
}

/**
 * The records that are open on agents' screens. Updates stay in a buffer of OCS (a table of its own, so that
 * they outlive a restart); the calling list sees them when the agent closes the record.
 */
export interface Work {
  /** Reserves the agent for a call and shows it the record. */
  reserve(agent: Agent, attemptId: string): void;
  /**
   * The call reached an agent. One who is not logged in, as after a restart of OCS, finds the record at the next
   * login. @returns false when no agent has it
   */
  connect(attemptId: string, agentId: string | null, extension: string | null): boolean;
  /** The dialler is done with the call; `kept` when the agent has it. */
  callEnded(attemptId: string, status: string, kept: boolean): void;
  /** The agent's telephone says that the conversation is over. */
  hungUp(agent: Agent, handle: number): void;
  record(agentId: string, handle: number): RecordRow;
  update(agent: Agent, handle: number, update: Update): void;
  /** The final write; the agent is free afterwards. */
  close(agent: Agent, handle: number, update: Update, closing: Closing): void;
  /** Takes up what the agent left open, when it logs in again. */
  resume(agent: Agent): void;
  /** Closes what an agent that is gone left open, with what it had said. @returns false when its call is still up */
  abandonDesk(agentId: string): boolean;
  /** Whether the record of this attempt is open at an agent. */
  has(attemptId: string): boolean;
  /** Agents with open records, whether logged in or not. */
  holders(): string[];
  openOf(campaign: string): number;
}

interface WorkRow {
  record_handle: number;
  attempt_id: string;
  agent_id: string;
  updates: string;
  since_at: number;
}

export function createWork(parts: {
  database: OcsDatabase;
  records: Records;
  attempts: Attempts;
  calls: Calls;
  campaigns: Campaigns;
  cancels: Cancels;
  agents: Agents;
  doNotCall: DoNotCall;
  settlement: Settlement;
  clock: Clock;
  config: OcsConfig;
  push: (agentId: string, message: Message) => void;
  /** Called when an agent is free of its record: it may want to log out. */
  released(agent: Agent): void;
  /** Called when an agent who is not logged in got a record: it has its time of grace to come back. */
  absent(agentId: string): void;
}): Work {
  const { database, records, attempts, calls, campaigns, agents, clock, config, push } = parts;
  const { sqlite } = database;
  const rowOf = sqlite.prepare<[number], WorkRow>('select * from agent_work where record_handle = ?');
  const rowsOf = sqlite.prepare<[string], WorkRow>(
    'select * from agent_work where agent_id = ? order by since_at desc',
  );
  const rowOfAttempt = sqlite.prepare<[string]>('select 1 from agent_work where attempt_id = ?');
  const removeAttempt = sqlite.prepare<[string]>('delete from agent_work where attempt_id = ?');
  const insert = sqlite.prepare<[number, string, string, number]>(
    'insert or replace into agent_work (record_handle, attempt_id, agent_id, since_at) values (?, ?, ?, ?)',
  );
  const saveUpdates = sqlite.prepare<[string, number]>(
    'update agent_work set updates = ? where record_handle = ?',
  );
  const remove = sqlite.prepare<[number]>('delete from agent_work where record_handle = ?');
  const holderRows = sqlite.prepare<[], { agent_id: string }>('select distinct agent_id from agent_work');
  const openRows = sqlite.prepare<[string], { open: number }>(
    'select count(*) open from agent_work w join attempts a using (attempt_id) where a.campaign = ?',
  );

  const definitionOf = (attemptId: string): CampaignDefinition | null => {
    const name = calls.get(attemptId)?.campaign ?? attempts.get(attemptId)?.campaign;
    return name === undefined ? null : (campaigns.get(name)?.definition ?? null);
  };
  const tell = (agent: Agent, event: string, attemptId: string, more: Message = {}) => {
    const { handle } = agent;
    const record = handle === null ? undefined : records.get(handle);
    if (record === undefined) return;
    const data = recordData(record, definitionOf(attemptId), config.applicationId, attemptId);
    push(agent.agentId, { ...data, ...more, GSW_USER_EVENT: event });
  };
  const need = (agentId: string, handle: number): WorkRow => {
    const row = rowOf.get(handle);
    if (row?.agent_id === agentId) return row;
    throw new CodedError('UNKNOWN_RECORD', `record ${String(handle)} is not open at agent ${agentId}`, {
      field: 'GSW_RECORD_HANDLE',
      found: handle,
      expected: 'the handle of a record shown to this agent and not yet closed',
    });
  };
  const merged = (row: WorkRow, update: Update): Update => {
    const before = JSON.parse(row.updates) as Update;
    return { result: update.result ?? before.result, fields: { ...before.fields, ...update.fields } };
  };
  /** The agent has no record and no call any more. */
  const free = (agent: Agent) => {
    agent.handle = null;
    agent.attemptId = null;
    agent.workSince = null;
    agents.move(agent, agent.next === 'ready' ? 'ready' : 'not_ready');
    parts.released(agent);
  };
  /** From now on the open record is in the database: it outlives a restart. */
  const keep = (agent: Pick<Agent, 'agentId' | 'workSince'>, attemptId: string, handle: number) => {
    if (rowOf.get(handle)?.attempt_id === attemptId) return;
    insert.run(handle, attemptId, agent.agentId, agent.workSince ?? clock.now());
  };
  /** A reservation alone is not written: a live person waits for this answer, not for a disk. */
  const take = (agent: Agent, attemptId: string, handle: number, state: 'reserved' | 'busy') => {
    const now = clock.now();
    if (state === 'busy') keep(agent, attemptId, handle);
    agent.attemptId = attemptId;
    agent.handle = handle;
    agent.workSince = now;
    if (agent.state !== 'not_ready') agent.next = 'ready';
    else agent.next = 'not_ready';
    agents.move(agent, state);
    tell(agent, 'CallArriving', attemptId);
  };
  const write = (row: WorkRow, update: Update, closing: Closing): void => {
    const record = records.get(row.record_handle);
    if (record === undefined) return;
    const campaign = definitionOf(row.attempt_id);
    const all = merged(row, update);
    const fields = { ...(JSON.parse(record.user_fields) as Message), ...all.fields };
    const extra = { user_fields: JSON.stringify(fields), agent_id: row.agent_id };
    const result = all.result ?? callResult.Answer;
    remove.run(row.record_handle);
    attempts.set(row.attempt_id, { processed_at: clock.now() });
    switch (closing.how) {
      case 'processed':
        parts.settlement.byResult(record, result, campaign, extra);
        return;
      case 'rescheduled': {
        const agentId = closing.personal ? row.agent_id : null;
        parts.settlement.reschedule(record, closing.atMs, agentId, result, extra);
        return;
      }
      case 'do_not_call':
        parts.doNotCall.add({
          phone: record.phone,
          customerId: closing.customerId ?? undefined,
          campaign: campaign?.name,
          list: record.list,
          message: `agent ${row.agent_id}`,
          atMs: clock.now(),
        });
        parts.settlement.noCall(record, closing.by, extra);
        parts.cancels.forbidden();
        return;
      case 'rejected':
        parts.settlement.putBack(record, config.rejectDelayMinutes * 60_000, false, extra);
        return;
      case 'cancelled':
        parts.settlement.cancel(record, extra);
        return;
    }
  };
  const noteHandled = (row: WorkRow) => {
    const name = attempts.get(row.attempt_id)?.campaign;
    if (name !== undefined) campaigns.get(name)?.history.handled(clock.now() - row.since_at);
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
        remove.run(reserved.handle ?? 0);
        tell(reserved, 'CallEnded', attemptId, { GSW_CALL_STATUS: 'elsewhere' });
        free(reserved);
      }
      if (call === undefined) return false;
      if (agent === undefined) {
        if (agentId === null) return false;
        keep({ agentId, workSince: null }, attemptId, call.handle);
        parts.absent(agentId);
        return true;
      }
      if (agent.attemptId !== attemptId) {
        // A leg the dialler chose, or a switch that found the agent: the record comes with the call.
        if (agent.handle !== null) return false;
        take(agent, attemptId, call.handle, 'busy');
      }
      keep(agent, attemptId, call.handle);
      agents.move(agent, 'busy');
      tell(agent, 'CallConnected', attemptId);
      return true;
    },
    callEnded: (attemptId, status, kept) => {
      const agent = agents.byAttempt(attemptId);
      if (agent === undefined) {
        if (!kept) removeAttempt.run(attemptId);
        return;
      }
      const definition = definitionOf(attemptId);
      if (!kept) {
        tell(agent, 'CallEnded', attemptId, { GSW_CALL_STATUS: status });
        if (agent.handle !== null) remove.run(agent.handle);
        free(agent);
      } else if (agent.handle === null) {
        free(agent);
      } else if (definition !== null && isSeizing(definition.mode)) {
        tell(agent, 'CallEnded', attemptId, { GSW_CALL_STATUS: status });
        agent.attemptId = null;
        agents.move(agent, 'wrap_up');
      } else if (agent.state === 'busy') {
        // The call is the switch's now; only the agent's telephone knows when it ends.
        tell(agent, 'CallTransferred', attemptId, { GSW_CALL_STATUS: status });
      }
    },
    hungUp: (agent, handle) => {
      need(agent.agentId, handle);
      agents.move(agent, 'wrap_up');
    },
    record: (agentId, handle) => {
      if (agents.get(agentId)?.handle !== handle) need(agentId, handle);
      const record = records.get(handle);
      if (record === undefined) throw new CodedError('UNKNOWN_RECORD', `no record ${String(handle)}`);
      return record;
    },
    update: (agent, handle, update) => {
      if (agent.handle === handle && agent.attemptId !== null) keep(agent, agent.attemptId, handle);
      const row = need(agent.agentId, handle);
      saveUpdates.run(JSON.stringify(merged(row, update)), handle);
    },
    close: (agent, handle, update, closing) => {
      if (agent.state === 'reserved' && agent.handle === handle) {
        throw new CodedError('ILLEGAL_STATE', 'the call is on its way to the agent', {
          field: 'GSW_RECORD_HANDLE',
          found: handle,
          expected: 'a record whose call was connected',
        });
      }
      const row = need(agent.agentId, handle);
      database.transaction(() => {
        write(row, update, closing);
      });
      noteHandled(row);
      const call = calls.get(row.attempt_id);
      if (call !== undefined && call.request.handoff.kind === 'engaged') {
        // Still joined with the customer on the board: not free before the call ended.
        agent.handle = null;
        return;
      }
      free(agent);
    },
    resume: (agent) => {
      const row = agent.handle === null ? rowsOf.all(agent.agentId)[0] : rowOf.get(agent.handle);
      const attemptId = row?.attempt_id ?? agent.attemptId;
      if (attemptId === null || attemptId === undefined) return;
      const up = calls.get(attemptId);
      if (agent.handle === null && row !== undefined) {
        agent.handle = row.record_handle;
        agent.workSince = row.since_at;
        agent.attemptId = up === undefined ? null : attemptId;
        agents.move(agent, up === undefined ? 'wrap_up' : up.phase === 'connected' ? 'busy' : 'reserved');
      }
      const state = { reserved: 'CallArriving', busy: 'CallConnected', wrap_up: 'CallEnded' } as const;
      if (agent.state !== 'ready' && agent.state !== 'not_ready') tell(agent, state[agent.state], attemptId);
    },
    abandonDesk: (agentId) => {
      const rows = rowsOf.all(agentId);
      const coming = agents.get(agentId)?.attemptId;
      if (typeof coming === 'string' && calls.get(coming) !== undefined) return false;
      if (rows.some((row) => calls.get(row.attempt_id) !== undefined)) return false;
      database.transaction(() => {
        for (const row of rows) write(row, { fields: {} }, { how: 'processed' });
      });
      return true;
    },
    has: (attemptId) => rowOfAttempt.get(attemptId) !== undefined,
    holders: () => holderRows.all().map((row) => row.agent_id),
    openOf: (campaign) => openRows.get(campaign)?.open ?? 0,
  };
}
