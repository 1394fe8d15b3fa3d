/** A cancel outlives a restart. */
export const cancel = `
alter table attempts add column cancel text;
`;
