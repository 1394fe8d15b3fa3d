/** Who closed the record and with what message, so that one that is repeated is known, whatever was lost. */
export const closing = `
alter table attempts add column closed_by text;
alter table attempts add column closing text;
`;
