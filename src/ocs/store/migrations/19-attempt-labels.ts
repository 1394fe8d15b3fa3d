/** What people say that a call was. `id` counts up: labels are read page by page. */
export const attemptLabels = `
create table attempt_labels (
  id integer primary key autoincrement,
  attempt_id text not null unique,
  was text not null,
  said_by text not null,
  said_at integer not null
);
`;
