/** Numbers are compared by a key, not as written. phone-keys.ts fills the keys and makes their indexes. */
export const phoneKeys = `
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
`;
