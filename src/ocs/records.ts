import { recordStatus, recordType } from '../domain/record.ts';
import { callResult, type CallResult } from '../domain/result.ts';
import { standardColumns, type NewRecord } from './csv.ts';
import { badCsv, type BadLine } from './csv-table.ts';
import type { OcsDatabase } from './database.ts';
import type { RecordRow, WindowRow } from './tables.ts';

/** Final statuses: nothing is dialled any more. */
export const finalStatuses = [
  recordStatus.Updated,
  recordStatus.Stale,
  recordStatus.Cancelled,
  recordStatus.AgentError,
  recordStatus.ChainUpdated,
  recordStatus.MissedCallBack,
] as const;

/** The calling lists. All functions are synchronous; those that change something run in a transaction. */
export interface Records {
  get(handle: number): RecordRow | undefined;
  /** Adds records to a list. @returns how many, and the lines that would be there twice (nothing of those is added) */
  add(list: string, records: readonly NewRecord[], strict: boolean): { added: number; duplicates: BadLine[] };
  hasList(list: string): boolean;
  lists(): { list: string; records: number }[];
  windows(list: string): WindowRow[];
  /** Ready records of one window and type that have been due longest, whose number is not in a call. */
  due(list: string, windowId: number, type: number, nowMs: number, limit: number): RecordRow[];
  /** Changes fields of one record. */
  set(handle: number, changes: Partial<Omit<RecordRow, 'handle'>>): void;
  /** The numbers of a chain in their order. */
  chain(record: RecordRow): RecordRow[];
  /** Makes the next waiting number of the chain ready. @returns its handle, or null when the chain is at its end */
  nextInChain(record: RecordRow, nowMs: number): number | null;
  /** Closes what is left of the chain, since one of its numbers did it or the chain was given up. */
  closeChain(record: RecordRow): void;
  /** Ready or waiting records of a list with this phone. */
  open(list: string, where: { phone: string } | { customerId: string; field: string }): RecordRow[];
  counts(list: string): { status: number; records: number }[];
  /** Moment at which the next record falls due, ready ones only; null when there is none. */
  nextDue(list: string): number | null;
  /** The whole list, a page at a time. */
  page(list: string, afterHandle: number, limit: number): RecordRow[];
}

/** What a new record has: the columns of the list, and what OCS keeps beside them. */
const columns = ['list', ...standardColumns, 'phone_key', 'user_fields', 'window_id', 'due'] as const;

export function createRecords(database: OcsDatabase): Records {
  const { sqlite } = database;
  const getOne = sqlite.prepare<[number], RecordRow>('select * from records where handle = ?');
  const dueOnes = sqlite.prepare<[string, number, number, number, number, number], RecordRow>(
    `select * from records r
     where list = ? and record_status = ? and window_id = ? and record_type = ? and due <= ?
       and not exists (select 1 from attempts a where a.phone_key = r.phone_key and a.ended_at is null)
     order by due, handle limit ?`,
  );
  const windowsOf = sqlite.prepare<[string], WindowRow>('select * from windows where list = ?');
  const chainOf = sqlite.prepare<[string, number], RecordRow>(
    'select * from records where list = ? and chain_id = ? order by chain_n',
  );
  const byPhone = sqlite.prepare<[string, string], RecordRow>(
    'select * from records where list = ? and phone_key = ? and record_status in (1, 9)',
  );
  const byCustomer = sqlite.prepare<[string, string, string], RecordRow>(
    `select * from records where list = ? and record_status in (1, 9)
       and json_extract(user_fields, '$.' || json_quote(?)) = ?`,
  );
  const countsOf = sqlite.prepare<[string], { status: number; records: number }>(
    'select record_status status, count(*) records from records where list = ? group by record_status',
  );
  const nextDueOf = sqlite.prepare<[string, number, number, number], { due: number }>(
    `select due from records where list = ? and record_status = ? and window_id = ? and record_type = ?
     order by due limit 1`,
  );
  const pageOf = sqlite.prepare<[string, number, number], RecordRow>(
    'select * from records where list = ? and handle > ? order by handle limit ?',
  );
  const hasOne = sqlite.prepare<[string]>('select 1 from records where list = ? limit 1');
  const insert = sqlite.prepare(
    `insert into records (${columns.map((column) => `"${column}"`).join(', ')})
     values (${columns.map((column) => `@${column}`).join(', ')})`,
  );
  const insertWindow = sqlite.prepare<[string, string | null, number | null, number | null, string]>(
    'insert into windows (list, tz, daily_from, daily_till, key) values (?, ?, ?, ?, ?)',
  );
  const updates = new Map<string, ReturnType<typeof sqlite.prepare>>();

  const set: Records['set'] = (handle, changes) => {
    const names = Object.keys(changes);
    const key = names.join();
    let update = updates.get(key);
    if (update === undefined) {
      const assignments = names.map((name) => `"${name}" = @${name}`).join(', ');
      update = sqlite.prepare(`update records set ${assignments} where handle = @handle`);
      updates.set(key, update);
    }
    update.run({ ...changes, handle });
  };

  const windowIds = (list: string) => {
    const known = new Map(windowsOf.all(list).map((window) => [window.key, window.id]));
    return (record: NewRecord): number => {
      const { tz = null, daily_from: from = null, daily_till: till = null } = record;
      const key = JSON.stringify([tz, from, till]);
      const found = known.get(key);
      if (found !== undefined) return found;
      const id = Number(insertWindow.run(list, tz, from, till, key).lastInsertRowid);
      known.set(key, id);
      return id;
    };
  };

  const chain: Records['chain'] = (record) => chainOf.all(record.list, record.chain_id);

  return {
    get: (handle) => getOne.get(handle),
    hasList: (list) => hasOne.get(list) !== undefined,
    lists: () =>
      sqlite
        .prepare<[], { list: string; records: number }>(
          'select list, count(*) records from records group by list order by list',
        )
        .all(),
    windows: (list) => windowsOf.all(list),
    due: (list, windowId, type, nowMs, limit) =>
      dueOnes.all(list, recordStatus.Ready, windowId, type, nowMs, limit),
    set,
    chain,
    nextInChain: (record, nowMs) => {
      const next = chain(record).find(
        (other) => other.chain_n > record.chain_n && other.record_status === recordStatus.ChainReady,
      );
      if (next === undefined) return null;
      set(next.handle, { record_status: recordStatus.Ready, due: Math.max(next.due, nowMs) });
      return next.handle;
    },
    closeChain: (record) => {
      for (const other of chain(record)) {
        const waiting =
          other.record_status === recordStatus.ChainReady || other.record_status === recordStatus.Ready;
        if (other.handle !== record.handle && waiting) {
          set(other.handle, { record_status: recordStatus.ChainUpdated });
        }
      }
    },
    open: (list, where) =>
      'phone' in where
        ? byPhone.all(list, database.phoneKey(where.phone))
        : byCustomer.all(list, where.field, where.customerId),
    counts: (list) => countsOf.all(list),
    nextDue: (list) => {
      let next: number | null = null;
      for (const window of windowsOf.all(list)) {
        for (const type of Object.values(recordType)) {
          const due = nextDueOf.get(list, recordStatus.Ready, window.id, type)?.due;
          if (due !== undefined && (next === null || due < next)) next = due;
        }
      }
      return next;
    },
    page: (list, afterHandle, limit) => pageOf.all(list, afterHandle, limit),
    add: (list, records, strict) =>
      database.transaction(() => {
        const { rows, duplicates } = withIdentity(database, list, records);
        if (strict && duplicates.length > 0) throw badCsv(duplicates);
        const windowId = windowIds(list);
        for (const { record, recordId, chainId, chainN, waits } of rows) {
          const sched = record.dial_sched_time ?? null;
          insert.run({
            list,
            record_id: recordId,
            chain_id: chainId,
            chain_n: chainN,
            phone: record.phone,
            phone_key: database.phoneKey(record.phone),
            contact_info_type: record.contact_info_type ?? 0,
            record_type: record.record_type ?? recordType.General,
            record_status: record.record_status ?? (waits ? recordStatus.ChainReady : recordStatus.Ready),
            call_result: record.call_result ?? (callResult.Unknown satisfies CallResult),
            attempt: record.attempt ?? 0,
            dial_sched_time: sched,
            call_time: record.call_time ?? null,
            daily_from: record.daily_from ?? null,
            daily_till: record.daily_till ?? null,
            tz: record.tz ?? null,
            campaign: record.campaign ?? null,
            agent_id: record.agent_id ?? null,
            group: record.group ?? null,
            app: record.app ?? null,
            treatments: record.treatments ?? '{}',
            user_fields: JSON.stringify(record.user),
            window_id: windowId(record),
            due: (sched ?? 0) * 1_000,
          });
        }
        return { added: rows.length, duplicates };
      }),
  };
}

interface IdentifiedRecord {
  record: NewRecord;
  recordId: number;
  chainId: number;
  chainN: number;
  /** Not the first open number of its chain. */
  waits: boolean;
}

/**
 * Gives each record its number and its place in a chain, and finds those that are there already: by number,
 * by place in the chain, or by phone however it is written (numbers of one chain may repeat: the same person by another way).
 */
function withIdentity(
  { sqlite, phoneKey }: OcsDatabase,
  list: string,
  records: readonly NewRecord[],
): { rows: IdentifiedRecord[]; duplicates: BadLine[] } {
  const byId = sqlite.prepare<[string, number]>('select 1 from records where list = ? and record_id = ?');
  const byPlace = sqlite.prepare<[string, number, number]>(
    'select 1 from records where list = ? and chain_id = ? and chain_n = ?',
  );
  const byPhone = sqlite.prepare<[string, string, number]>(
    'select 1 from records where list = ? and phone_key = ? and chain_id <> ? limit 1',
  );
  const firstOfChain = sqlite.prepare<[string, number], { first: number | null }>(
    'select min(chain_n) first from records where list = ? and chain_id = ? and record_status in (1, 2)',
  );
  const highest = sqlite.prepare<[string], { id: number | null }>(
    'select max(record_id) id from records where list = ?',
  );
  // A new list needs no look at the table for each line.
  const fresh = highest.get(list)?.id === null;
  const given = records.flatMap((record) => record.record_id ?? []);
  let nextId = given.reduce((most, id) => Math.max(most, id), highest.get(list)?.id ?? 0) + 1;

  const ids = new Map<number, number>();
  const places = new Map<string, number>();
  const phones = new Map<string, { line: number; chainId: number }>();
  const duplicates: BadLine[] = [];
  const rows: IdentifiedRecord[] = [];
  for (const record of records) {
    const recordId = record.record_id ?? nextId++;
    const chainId = record.chain_id ?? recordId;
    const chainN = record.chain_n ?? 0;
    const place = `${String(chainId)}/${String(chainN)}`;
    const key = phoneKey(record.phone);
    const samePhone = phones.get(key);
    const twice = (field: string, found: string, line: number | undefined): BadLine => ({
      line: record.line,
      field,
      found,
      expected: line === undefined ? 'not yet in the list' : `not the same as line ${String(line)}`,
    });
    const duplicate =
      ids.has(recordId) || (!fresh && byId.get(list, recordId) !== undefined)
        ? twice('record_id', String(recordId), ids.get(recordId))
        : places.has(place) || (!fresh && byPlace.get(list, chainId, chainN) !== undefined)
          ? twice('chain_id+chain_n', place, places.get(place))
          : samePhone !== undefined && samePhone.chainId !== chainId
            ? twice('phone', record.phone, samePhone.line)
            : !fresh && byPhone.get(list, key, chainId) !== undefined
              ? twice('phone', record.phone, undefined)
              : null;
    if (duplicate !== null) {
      duplicates.push(duplicate);
      continue;
    }
    ids.set(recordId, record.line);
    places.set(place, record.line);
    phones.set(key, { line: record.line, chainId });
    rows.push({ record, recordId, chainId, chainN, waits: false });
  }
  const firsts = new Map<number, number>();
  for (const row of rows) {
    const known = firsts.get(row.chainId) ?? firstOfChain.get(list, row.chainId)?.first ?? Infinity;
    firsts.set(row.chainId, Math.min(known, row.chainN));
  }
  return {
    rows: rows.map((row) => ({ ...row, waits: row.chainN > (firsts.get(row.chainId) ?? 0) })),
    duplicates,
  };
}
