import type { OcsDatabase } from './database.ts';
import type { AttemptRow } from './tables.ts';

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
      | 'phone'
      | 'n'
      | 'request'
      | 'leased_at'
      | 'agent_id'
    >,
  ): void;
  set(attemptId: string, changes: Partial<Omit<AttemptRow, 'attempt_id'>>): void;
  /** Attempts without an end, of one dialler or of all. */
  open(dialerId?: string): AttemptRow[];
  /** However the number is written. */
  phoneInCall(phone: string): boolean;
  /** The newest ended attempts of a campaign, oldest first. */
  recent(campaign: string, limit: number): AttemptRow[];
  results(campaign: string): { result: number; status: string; attempts: number }[];
  history(atMs: number, handle: number, attemptId: string | null, event: string, detail?: object): void;
}

export function createAttempts(database: OcsDatabase): Attempts {
  const { sqlite } = database;
  const getOne = sqlite.prepare<[string], AttemptRow>('select * from attempts where attempt_id = ?');
  const insert = sqlite.prepare(
    `insert into attempts (attempt_id, record_handle, campaign, dialer_id, phone, phone_key, n, state, request,
       leased_at, agent_id)
     values (@attempt_id, @record_handle, @campaign, @dialer_id, @phone, @phone_key, @n, 'leased', @request,
       @leased_at, @agent_id)`,
  );
  const openAll = sqlite.prepare<[], AttemptRow>(
    'select * from attempts where ended_at is null order by leased_at',
  );
  const openOf = sqlite.prepare<[string], AttemptRow>(
    'select * from attempts where dialer_id = ? and ended_at is null order by leased_at',
  );
  const phoneOpen = sqlite.prepare<[string]>(
    'select 1 from attempts where phone_key = ? and ended_at is null',
  );
  const recentOf = sqlite.prepare<[string, number], AttemptRow>(
    'select * from attempts where campaign = ? and ended_at is not null order by ended_at desc limit ?',
  );
  const resultsOf = sqlite.prepare<[string], { result: number; status: string; attempts: number }>(
    `select result, status, count(*) attempts from attempts
     where campaign = ? and ended_at is not null and result is not null group by result, status
     order by attempts desc, result`,
  );
  const note = sqlite.prepare<[number, number, string | null, string, string]>(
    'insert into dial_history (at, record_handle, attempt_id, event, detail) values (?, ?, ?, ?, ?)',
  );
  const updates = new Map<string, ReturnType<typeof sqlite.prepare>>();
  return {
    get: (attemptId) => getOne.get(attemptId),
    add: (attempt) => {
      insert.run({ ...attempt, phone_key: database.phoneKey(attempt.phone) });
    },
    set: (attemptId, changes) => {
      const names = Object.keys(changes);
      const key = names.join();
      let update = updates.get(key);
      if (update === undefined) {
        const assignments = names.map((name) => `"${name}" = @${name}`).join(', ');
        update = sqlite.prepare(`update attempts set ${assignments} where attempt_id = @attempt_id`);
        updates.set(key, update);
      }
      update.run({ ...changes, attempt_id: attemptId });
    },
    open: (dialerId) => (dialerId === undefined ? openAll.all() : openOf.all(dialerId)),
    phoneInCall: (phone) => phoneOpen.get(database.phoneKey(phone)) !== undefined,
    recent: (campaign, limit) => recentOf.all(campaign, limit).reverse(),
    results: (campaign) => resultsOf.all(campaign),
    history: (atMs, handle, attemptId, event, detail = {}) => {
      note.run(atMs, handle, attemptId, event, JSON.stringify(detail));
    },
  };
}
