import type { Statement } from 'better-sqlite3';
import type { OcsDatabase } from './database.ts';
import type { AttemptRow } from './tables.ts';

/** Where a page begins: after this attempt, on the way to older ones. */
export interface AttemptPlace {
  leasedAt: number;
  attemptId: string;
}

/** Which attempts to look for; what is absent does not matter. */
export interface AttemptSearch {
  campaign?: string | undefined;
  /** Handle of the record. */
  record?: number | undefined;
  /** However it is written. */
  phone?: string | undefined;
  /** Call result. */
  result?: number | undefined;
  /** Without an end, or with one. */
  open?: boolean | undefined;
  /** Given out at this moment or later. */
  from?: number | undefined;
  /** Given out before this moment. */
  till?: number | undefined;
  status?: string | undefined;
  reason?: string | undefined;
  agent?: string | undefined;
  dialer?: string | undefined;
  channel?: number | undefined;
  verdict?: string | undefined;
  /** With a verdict that is less certain than this, 0 to 1. */
  lessSureThan?: number | undefined;
  before?: AttemptPlace | undefined;
  limit: number;
  offset: number;
}

export interface AttemptPage {
  /** The newest first. */
  rows: AttemptRow[];
  /** Where the next page begins; null at the end. */
  next: AttemptPlace | null;
  /** There may be more before `next`: the search ended after {@link mostLookedAt} attempts. */
  partial: boolean;
}

/** Conditions that an index finds, or that are looked at on the way through one. */
const found = {
  campaign: 'campaign = @campaign',
  record: 'record_handle = @record',
  phone: 'phone_key = @phone',
  result: 'result = @result',
  from: 'leased_at >= @from',
  till: 'leased_at < @till',
} as const;

/** Conditions for which each attempt has to be read. */
const looked = {
  status: 'status = @status',
  reason: 'reason = @reason',
  agent: 'agent_id = @agent',
  dialer: 'dialer_id = @dialer',
  channel: 'channel = @channel',
  verdict: "json_extract(evidence, '$.verdict') = @verdict",
  lessSureThan: "json_extract(evidence, '$.confidence') < @lessSureThan",
} as const;

const names = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];

/** A page reads so many attempts at most: OCS has other things to do. */
export const mostLookedAt = 5_000;

/** Statements that are kept prepared; people use few of the thousands of combinations. */
const mostStatements = 64;

type Values = Record<string, string | number | null>;

export function createAttemptSearch({ phoneKey, sqlite }: OcsDatabase, most = mostLookedAt) {
  const statements = new Map<string, Statement<[Values]>>();
  /** One statement for each set of conditions, so that each finds its index. */
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = sqlite.prepare<[Values]>(sql);
    if (statements.size >= mostStatements) statements.clear();
    statements.set(sql, made);
    return made;
  };
  const order = 'order by leased_at desc, attempt_id desc';

  return (what: AttemptSearch): AttemptPage => {
    const { before, limit, offset, open, phone, ...rest } = what;
    const values: Values = Object.fromEntries(
      Object.entries(rest).filter(([, value]) => value !== undefined),
    );
    Object.assign(values, { limit, offset, most, leasedAt: before?.leasedAt, attemptId: before?.attemptId });
    if (phone !== undefined) values['phone'] = phoneKey(phone);
    const inside = [
      ...names(found)
        .filter((name) => what[name] !== undefined)
        .map((name) => found[name]),
      ...(open === undefined ? [] : [`ended_at is ${open ? '' : 'not '}null`]),
      ...(before === undefined ? [] : ['(leased_at, attempt_id) < (@leasedAt, @attemptId)']),
    ].join(' and ');
    const outside = names(looked)
      .filter((name) => what[name] !== undefined)
      .map((name) => looked[name])
      .join(' and ');
    const from = `from attempts ${inside === '' ? '' : `where ${inside}`}`;
    const sql =
      outside === ''
        ? `select * ${from} ${order} limit @limit offset @offset`
        : `select * from (select * ${from} ${order} limit @most) where ${outside} ${order} limit @limit offset @offset`;
    const rows = prepared(sql).all(values) as AttemptRow[];
    const last = rows.length < limit ? undefined : rows.at(-1);
    if (last !== undefined || outside === '') {
      return { rows, next: last === undefined ? null : placeOf(last), partial: false };
    }
    const end = prepared(`select leased_at, attempt_id ${from} ${order} limit 1 offset @most - 1`).get(
      values,
    ) as AttemptRow | undefined;
    return { rows, next: end === undefined ? null : placeOf(end), partial: end !== undefined };
  };
}

function placeOf({ attempt_id: attemptId, leased_at: leasedAt }: AttemptRow): AttemptPlace {
  return { leasedAt, attemptId };
}
