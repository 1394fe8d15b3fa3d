import { createAttemptSearch, type AttemptPage, type AttemptSearch } from './attempt-search.ts';
import type { OcsDatabase } from './database.ts';
import { isInCall } from './open-records.ts';
import { createResultCounts, type RecentResult, type ResultCount } from './result-counts.ts';
import type { AttemptRow } from './tables.ts';
import { createUpdate } from './update-statement.ts';

/** The attempts: one row for each dial request ever given out. */
export interface Attempts {
  get(attemptId: string): AttemptRow | undefined;
  add(
    attempt: Pick<
      AttemptRow,
      | 'attempt_id'
      | 'record_handle'
      | 'campaign'
      | 'dialer_id'
      | 'journal_id'
      | 'phone'
      | 'n'
      | 'request'
      | 'leased_at'
      | 'agent_id'
    >,
  ): void;
  set(attemptId: string, changes: Partial<Omit<AttemptRow, 'attempt_id'>>): void;
  /** The newest attempt after which this agent had the record open when it was closed. */
  closedBy(handle: number, agentId: string): AttemptRow | undefined;
  /** Notes a report as taken. @returns whether it is the first of its number and kind */
  firstReport(attemptId: string, seq: number, kind: string): boolean;
  /** The attempt has ended: its reports need not be told apart any more. */
  forgetReports(attemptId: string): void;
  /** Attempts without an end, of one dialler or of all. */
  open(dialerId?: string): AttemptRow[];
  /** Whether the number, however it is written, is dialled, or with an agent. */
  phoneInCall(phone: string): boolean;
  /** The newest ended attempts of a campaign, oldest first. */
  recent(campaign: string, limit: number): AttemptRow[];
  /** How often each result and status occurred among the ended attempts of a campaign; kept in memory, not counted now. */
  results(campaign: string): ResultCount[];
  /** The same of those that ended in the last 30 minutes, whatever their status. */
  recentResults(campaign: string, nowMs: number): RecentResult[];
  /** How many ended in each of the last 30 minutes, the oldest first. */
  recentMinutes(campaign: string, nowMs: number): number[];
  find(what: AttemptSearch): AttemptPage;
}

export function createAttempts(database: OcsDatabase): Attempts {
  const { sqlite } = database;
  const getOne = sqlite.prepare<[string], AttemptRow>('select * from attempts where attempt_id = ?');
  const insert = sqlite.prepare(
    `insert into attempts (attempt_id, record_handle, campaign, dialer_id, journal_id, phone, phone_key, n, state,
       request, leased_at, agent_id)
     values (@attempt_id, @record_handle, @campaign, @dialer_id, @journal_id, @phone, @phone_key, @n, 'leased',
       @request, @leased_at, @agent_id)`,
  );
  const takeReport = sqlite.prepare<[string, number, string]>(
    'insert or ignore into reports_taken (attempt_id, seq, kind) values (?, ?, ?)',
  );
  const deleteReports = sqlite.prepare<[string]>('delete from reports_taken where attempt_id = ?');
  const openAll = sqlite.prepare<[], AttemptRow>(
    'select * from attempts where ended_at is null order by leased_at',
  );
  const openOf = sqlite.prepare<[string], AttemptRow>(
    'select * from attempts where dialer_id = ? and ended_at is null order by leased_at',
  );
  const closedBy = sqlite.prepare<[number, string], AttemptRow>(
    'select * from attempts where record_handle = ? and closed_by = ? order by n desc limit 1',
  );
  const inCall = sqlite.prepare<{ key: string }>(`select 1 where ${isInCall('@key')}`);
  const recentOf = sqlite.prepare<[string, number], AttemptRow>(
    'select * from attempts where campaign = ? and ended_at is not null order by ended_at desc limit ?',
  );
  const update = createUpdate<string>(sqlite, 'attempts', 'attempt_id');
  const results = createResultCounts(database);
  const set: Attempts['set'] = (attemptId, changes) => {
    const counts = 'ended_at' in changes || 'result' in changes || 'status' in changes;
    const before = counts ? getOne.get(attemptId) : undefined;
    update(attemptId, changes);
    if (before !== undefined) results.changed(before, { ...before, ...changes });
  };
  return {
    get: (attemptId) => getOne.get(attemptId),
    add: (attempt) => {
      insert.run({ ...attempt, phone_key: database.phoneKey(attempt.phone) });
    },
    set,
    closedBy: (handle, agentId) => closedBy.get(handle, agentId),
    firstReport: (attemptId, seq, kind) => takeReport.run(attemptId, seq, kind).changes === 1,
    forgetReports: (attemptId) => {
      deleteReports.run(attemptId);
    },
    open: (dialerId) => (dialerId === undefined ? openAll.all() : openOf.all(dialerId)),
    phoneInCall: (phone) => inCall.get({ key: database.phoneKey(phone) }) !== undefined,
    recent: (campaign, limit) => recentOf.all(campaign, limit).reverse(),
    results: (campaign) => results.of(campaign),
    recentResults: (campaign, nowMs) => results.recent(campaign, nowMs),
    recentMinutes: (campaign, nowMs) => results.byMinute(campaign, nowMs),
    find: createAttemptSearch(database),
  };
}
