/** The reports taken of attempts that have no last word yet; attempts.seen holds those of earlier versions. */
export const reportsTaken = `
create table reports_taken (
  attempt_id text not null references attempts (attempt_id) on delete cascade,
  seq integer not null,
  kind text not null,
  primary key (attempt_id, seq, kind)
) without rowid;
`;
