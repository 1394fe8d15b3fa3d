/** How many records are in which state, kept as they change: the status of a campaign must not count a million. */
export const recordCounts = `
create table record_counts (
  list text not null, record_status integer not null, window_id integer not null, record_type integer not null,
  records integer not null,
  primary key (list, record_status, window_id, record_type)
) without rowid;
insert into record_counts
  select list, record_status, window_id, record_type, count(*) from records group by 1, 2, 3, 4;

create trigger record_counts_insert after insert on records begin
  insert into record_counts values (new.list, new.record_status, new.window_id, new.record_type, 1)
    on conflict do update set records = records + 1;
end;
create trigger record_counts_delete after delete on records begin
  update record_counts set records = records - 1
    where list = old.list and record_status = old.record_status and window_id = old.window_id
      and record_type = old.record_type;
end;
create trigger record_counts_update after update of list, record_status, window_id, record_type on records
  when old.record_status <> new.record_status or old.record_type <> new.record_type
    or old.window_id <> new.window_id or old.list <> new.list
begin
  update record_counts set records = records - 1
    where list = old.list and record_status = old.record_status and window_id = old.window_id
      and record_type = old.record_type;
  insert into record_counts values (new.list, new.record_status, new.window_id, new.record_type, 1)
    on conflict do update set records = records + 1;
end;
`;
