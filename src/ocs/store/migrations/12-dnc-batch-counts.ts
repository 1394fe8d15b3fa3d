/** How many entries each batch of Do Not Call has, kept as they come and go: a list of batches must not count a million. */
export const dncBatchCounts = `
alter table dnc_batches add column entries integer not null default 0;
update dnc_batches set entries = (select count(*) from dnc_batch_entries where batch = dnc_batches.id);
create trigger dnc_batch_entered after insert on dnc_batch_entries begin
  update dnc_batches set entries = entries + 1 where id = new.batch;
end;
create trigger dnc_batch_left after delete on dnc_batch_entries begin
  update dnc_batches set entries = entries - 1 where id = old.batch;
end;
`;
