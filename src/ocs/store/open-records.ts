import type { OcsDatabase } from './database.ts';
import type { OpenRecordRow } from './tables.ts';

/**
 * The records that are open on agents' screens, with the updates that the agents sent so far. The calling list
 * sees those when the record is closed.
 */
export interface OpenRecords {
  get(handle: number): OpenRecordRow | undefined;
  /** Newest first. */
  ofAgent(agentId: string): OpenRecordRow[];
  /** Whether the record of this attempt is open at an agent. */
  hasAttempt(attemptId: string): boolean;
  /** Opens it, in place of what was open of this record before. */
  open(record: Omit<OpenRecordRow, 'updates'>): void;
  /** @param updates JSON of all updates so far */
  saveUpdates(handle: number, updates: string): void;
  remove(handle: number): void;
  removeAttempt(attemptId: string): void;
  /** Agents with open records, whether logged in or not. */
  agents(): string[];
  /** How many records of a campaign are open. */
  count(campaign: string): number;
}

export function createOpenRecords({ sqlite }: OcsDatabase): OpenRecords {
  const one = sqlite.prepare<[number], OpenRecordRow>('select * from agent_work where record_handle = ?');
  const ofAgent = sqlite.prepare<[string], OpenRecordRow>(
    'select * from agent_work where agent_id = ? order by since_at desc',
  );
  const ofAttempt = sqlite.prepare<[string]>('select 1 from agent_work where attempt_id = ?');
  const insert = sqlite.prepare(
    `insert or replace into agent_work (record_handle, attempt_id, agent_id, since_at)
     values (@record_handle, @attempt_id, @agent_id, @since_at)`,
  );
  const saveUpdates = sqlite.prepare<[string, number]>(
    'update agent_work set updates = ? where record_handle = ?',
  );
  const remove = sqlite.prepare<[number]>('delete from agent_work where record_handle = ?');
  const removeAttempt = sqlite.prepare<[string]>('delete from agent_work where attempt_id = ?');
  const agents = sqlite.prepare<[], { agent_id: string }>('select distinct agent_id from agent_work');
  const count = sqlite.prepare<[string], { open: number }>(
    'select count(*) open from agent_work w join attempts a using (attempt_id) where a.campaign = ?',
  );
  return {
    get: (handle) => one.get(handle),
    ofAgent: (agentId) => ofAgent.all(agentId),
    hasAttempt: (attemptId) => ofAttempt.get(attemptId) !== undefined,
    open: (record) => {
      insert.run(record);
    },
    saveUpdates: (handle, updates) => {
      saveUpdates.run(updates, handle);
    },
    remove: (handle) => {
      remove.run(handle);
    },
    removeAttempt: (attemptId) => {
      removeAttempt.run(attemptId);
    },
    agents: () => agents.all().map((row) => row.agent_id),
    count: (campaign) => count.get(campaign)?.open ?? 0,
  };
}

/**
 * SQL: the number that `key` stands for is in a call: an attempt at it is without an end, or has its record open at an agent.
 * A call that was transferred goes on when the dialler is done with it, and only its agent knows how long.
 */
export function isInCall(key: string): string {
  return `(
    exists (select 1 from attempts o where o.phone_key = ${key} and o.ended_at is null)
    or exists (select 1 from attempts t cross join agent_work w on w.attempt_id = t.attempt_id where t.phone_key = ${key}))`;
}
