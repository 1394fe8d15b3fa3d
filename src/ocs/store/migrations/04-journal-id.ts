/** The journal a request was sent to: it must never be sent to another one. */
export const journalId = `
alter table attempts add column journal_id text;
`;
