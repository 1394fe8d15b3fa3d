/**
 * Fetching must stay O(log n) in lists of millions: `records_fetch` leads from list, status, window and type
 * straight to the record that has been due longest, and open attempts are few. Times ending in `_at` and
 * `due` are ms since 1970; the calling list's own fields (`dial_sched_time`, `call_time`) are seconds.
 */
export const firstSchema = `
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
`;
