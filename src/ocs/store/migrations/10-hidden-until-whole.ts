/** What a file brings counts only when all of it is there. Records know the line they came from. */
export const hiddenUntilWhole = `
alter table records add column line integer;
create index windows_importing on windows (import_id) where import_id is not null;
alter table dnc_batches add column hidden integer not null default 0;
`;
