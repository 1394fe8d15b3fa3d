/**
 * The schema, one entry a version (`user_version`). Entries that were released are never changed.
 *
 * Fetching must stay O(log n) in lists of millions: `records_fetch` leads from list, status, window and type
 * straight to the record that has been due longest, and open attempts are few. Times ending in `_at` and
 * `due` are ms since 1970; the calling list's own fields (`dial_sched_time`, `call_time`) are seconds.
 */
export const migrations: readonly string[] = [
  `
  create table windows (
    id integer primary key,
    list text not null,
    tz text, daily_from integer, daily_till integer,
    key text not null,
    unique (list, key)
  );
  create table records (
    handle integer primary key autoincrement,
    list text not null,
    record_id integer not null,
    chain_id integer not null,
    chain_n integer not null,
    phone text not null,
    contact_info_type integer not null default 0,
    record_type integer not null default 2,
    record_status integer not null default 1,
    call_result integer not null default 28,
    attempt integer not null default 0,
    dial_sched_time integer,
    call_time integer,
    daily_from integer, daily_till integer, tz text,
    campaign text,
    agent_id text,
    "group" text,
    app integer,
    treatments text not null default '{}',
    user_fields text not null default '{}',
    window_id integer not null references windows (id),
    due integer not null default 0,
    current_attempt text,
    unique (list, record_id),
    unique (list, chain_id, chain_n)
  );
  create index records_fetch on records (list, record_status, window_id, record_type, due, handle);
  create index records_phone on records (list, phone);

  create table attempts (
    attempt_id text primary key,
    record_handle integer not null references records (handle),
    campaign text not null,
    dialer_id text not null,
    phone text not null,
    n integer not null,
    state text not null,
    request text not null,
    seen text not null default '[]',
    leased_at integer not null,
    accepted_at integer,
    decided_at integer,
    connected_at integer,
    ended_at integer,
    processed_at integer,
    ended_by text,
    result integer,
    status text,
    reason text,
    evidence text,
    milestones text not null default '{}',
    channel integer,
    agent_id text
  );
  create unique index attempts_open_phone on attempts (phone) where ended_at is null;
  create index attempts_open on attempts (dialer_id) where ended_at is null;
  create index attempts_record on attempts (record_handle, n);
  create index attempts_campaign on attempts (campaign, ended_at);
  create index attempts_results on attempts (campaign, result, status) where ended_at is not null;

  create table agent_work (
    record_handle integer primary key references records (handle),
    attempt_id text not null,
    agent_id text not null,
    updates text not null default '{}',
    since_at integer not null
  );

  create table campaigns (
    name text primary key,
    definition text not null,
    running integer not null default 0,
    unloading integer not null default 0,
    loaded_at integer not null
  );
  create table live_counts (
    campaign text not null, slot_at integer not null,
    live integer not null default 0, abandoned integer not null default 0,
    primary key (campaign, slot_at)
  ) without rowid;

  create table dnc (
    id integer primary key,
    phone text, customer_id text,
    campaign text, list text, message text,
    created_at integer not null
  );
  create unique index dnc_phone on dnc (phone) where phone is not null;
  create unique index dnc_customer on dnc (customer_id) where customer_id is not null;

  create table phone_blocks (phone text primary key, until_at integer not null) without rowid;

  create table dial_history (
    id integer primary key,
    at integer not null,
    record_handle integer not null,
    attempt_id text,
    event text not null,
    detail text not null default '{}'
  );
  create index dial_history_record on dial_history (record_handle, id);
  `,
  // Numbers are compared by a key, not as written. phone-keys.ts fills the keys and makes their indexes.
  `
  create table settings (name text primary key, value text not null) without rowid;

  alter table records add column phone_key text not null default '';
  alter table attempts add column phone_key text not null default '';
  alter table dnc add column phone_key text;
  drop index records_phone;
  drop index attempts_open_phone;
  drop index dnc_phone;

  alter table phone_blocks rename to blocks_as_written;
  create table phone_blocks (phone_key text primary key, phone text not null, until_at integer not null)
    without rowid;
  insert into phone_blocks (phone_key, phone, until_at) select phone, phone, until_at from blocks_as_written;
  drop table blocks_as_written;
  `,
  // A cancel outlives a restart.
  `
  alter table attempts add column cancel text;
  `,
];

export interface RecordRow {
  handle: number;
  list: string;
  record_id: number;
  chain_id: number;
  chain_n: number;
  phone: string;
  /** The number as it is compared; see phone-keys.ts. */
  phone_key: string;
  contact_info_type: number;
  record_type: number;
  record_status: number;
  call_result: number;
  attempt: number;
  dial_sched_time: number | null;
  call_time: number | null;
  daily_from: number | null;
  daily_till: number | null;
  tz: string | null;
  campaign: string | null;
  agent_id: string | null;
  group: string | null;
  app: number | null;
  /** JSON: retries used so far, by call result number. */
  treatments: string;
  /** JSON: the list's other columns. */
  user_fields: string;
  window_id: number;
  due: number;
  /** The attempt that holds the record; null when none does. */
  current_attempt: string | null;
}

export interface AttemptRow {
  attempt_id: string;
  record_handle: number;
  campaign: string;
  dialer_id: string;
  phone: string;
  phone_key: string;
  n: number;
  /** `leased` (sent), `accepted` (in the dialler's journal), `ended`. */
  state: string;
  /** JSON of the dial request as sent, for sending it again. */
  request: string;
  /** JSON array of report numbers taken. */
  seen: string;
  leased_at: number;
  accepted_at: number | null;
  /** When it was known whether a live person answered. */
  decided_at: number | null;
  connected_at: number | null;
  ended_at: number | null;
  /** When the agent was done with the record. */
  processed_at: number | null;
  /** `outcome`, `hand_back` or `stale`. */
  ended_by: string | null;
  result: number | null;
  status: string | null;
  reason: string | null;
  evidence: string | null;
  milestones: string;
  channel: number | null;
  agent_id: string | null;
  /** Why the call is to end, if it is: a `CancelKind`. */
  cancel: string | null;
}

/** One daily window that occurs in a list; what is null comes from the campaign. */
export interface WindowRow {
  id: number;
  list: string;
  tz: string | null;
  daily_from: number | null;
  daily_till: number | null;
  key: string;
}

export interface Tables {
  windows: WindowRow;
  records: RecordRow;
  attempts: AttemptRow;
  agent_work: {
    record_handle: number;
    attempt_id: string;
    agent_id: string;
    updates: string;
    since_at: number;
  };
  campaigns: { name: string; definition: string; running: number; unloading: number; loaded_at: number };
  live_counts: { campaign: string; slot_at: number; live: number; abandoned: number };
  dnc: {
    id: number;
    phone: string | null;
    phone_key: string | null;
    customer_id: string | null;
    campaign: string | null;
    list: string | null;
    message: string | null;
    created_at: number;
  };
  settings: { name: string; value: string };
  phone_blocks: { phone_key: string; phone: string; until_at: number };
  dial_history: {
    id: number;
    at: number;
    record_handle: number;
    attempt_id: string | null;
    event: string;
    detail: string;
  };
}
