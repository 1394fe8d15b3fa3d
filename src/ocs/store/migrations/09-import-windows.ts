/** Records that are being imported have windows of their own, which are not looked at until all are there. */
export const importWindows = `
alter table windows add column import_id integer;
`;
