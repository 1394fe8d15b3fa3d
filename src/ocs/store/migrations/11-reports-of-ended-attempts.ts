/** Attempts that have ended need no list of the reports taken of them; records on screens are found by their attempt. */
export const reportsOfEndedAttempts = `
delete from reports_taken where attempt_id in (select attempt_id from attempts where ended_at is not null);
create index agent_work_attempt on agent_work (attempt_id);
`;
