/** What one file put on Do Not Call can be taken back. Own: somebody asked for the entry by itself, it stays. */
export const dncBatches = `
alter table dnc add column own integer not null default 1;
create table dnc_batches (
  id integer primary key, name text not null unique, created_at integer not null
);
create table dnc_batch_entries (
  batch integer not null references dnc_batches (id), entry integer not null,
  primary key (batch, entry)
) without rowid;
create index dnc_batch_entries_entry on dnc_batch_entries (entry);
create trigger dnc_removed after delete on dnc begin
  delete from dnc_batch_entries where entry = old.id;
end;
`;
