/** Tables of the journal. `n` is the order in which reports go out. */
export const journalSchema = `
  CREATE TABLE IF NOT EXISTS identity (id TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS attempts (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'dialling', 'ended')),
    accepted_at INTEGER NOT NULL,
    ended_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reports (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    acked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (attempt, seq)
  );
  CREATE TABLE IF NOT EXISTS dials (number TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS dials_of_number ON dials (number, at);
  CREATE INDEX IF NOT EXISTS reports_unacked ON reports (n) WHERE acked = 0;
  CREATE INDEX IF NOT EXISTS reports_untold ON reports (n) WHERE acked = 0 AND seq = 1;
  CREATE INDEX IF NOT EXISTS attempts_open ON attempts (accepted_at) WHERE state <> 'ended';
`;
