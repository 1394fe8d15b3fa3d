/**
 * Users, their sessions, and who did what. No entry of the audit is changed or removed, also not by an insert that
 * would take the place of another (a number that is still to be given is -1 there).
 */
export const access = `
create table users (
  name text primary key,
  role text not null,
  groups text not null default '[]',
  extension text,
  password_hash text not null,
  one_time_until integer,
  disabled integer not null default 0,
  created_at integer not null,
  last_log_in_at integer
) without rowid;

create table sessions (
  id text primary key,
  user text not null references users (name),
  address text not null,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
) without rowid;
create index sessions_user on sessions (user);

create table audit (
  id integer primary key autoincrement,
  at integer not null,
  who text not null,
  address text not null,
  action text not null,
  object text,
  before text,
  after text,
  reason text
);
create trigger audit_unchanged before update on audit begin select raise(abort, 'the audit cannot be changed'); end;
create trigger audit_kept before delete on audit begin select raise(abort, 'the audit cannot be changed'); end;
create trigger audit_grows before insert on audit when new.id <> -1 and new.id <= (select max(id) from audit)
begin select raise(abort, 'the audit cannot be changed'); end;
`;
