import type { Handles } from './database.ts';

/**
 * More reports of one attempt than a power failure can take along. OCS may have taken them, so that their numbers must
 * not be used again: it would take what comes under one of them for what it knows.
 */
const lostAtMost = 1_000;

const hourMs = 3_600_000;

/** Every statement of the journal, prepared. Those named `Fast` do not wait for the disk. */
export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements({ full, fast }: Handles) {
  const insertSql = `INSERT INTO reports (attempt, seq, body)
    SELECT @attempt, coalesce(max(seq), 0) + 1, @body FROM reports WHERE attempt = @attempt`;
  // Of numbers from @from on and before @to, a + aside: two ranges of the index.
  const ofPrefix = `(number >= @from AND number < @to OR number >= '+' || @from AND number < '+' || @to)`;
  const done = `SELECT a.id FROM attempts a WHERE a.state = 'ended' AND a.ended_at < ?
    AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0)`;
  return {
    insertAttempt: full.prepare(
      `INSERT INTO attempts (id, request, state, accepted_at) VALUES (?, ?, 'accepted', ?)`,
    ),
    selectState: full.prepare('SELECT state FROM attempts WHERE id = ?').pluck(),
    setDialling: full.prepare(`UPDATE attempts SET state = 'dialling' WHERE id = ? AND state = 'accepted'`),
    // Written while the clock was ahead of what it is now: they count for an hour and a day from now, not for ever.
    correctDials: full.prepare('UPDATE dials SET at = @now WHERE number = @number AND at > @now'),
    correctDialsOfPrefix: full.prepare(`UPDATE dials SET at = @now WHERE ${ofPrefix} AND at > @now`),
    insertDial: full.prepare('INSERT INTO dials (number, at) VALUES (?, ?)'),
    countDials: full.prepare(
      `SELECT count(*) FILTER (WHERE at > @hourAgo) AS hour, count(*) AS day, count(*) FILTER (WHERE at > @now) AS later
       FROM dials WHERE number = @number AND at > @dayAgo`,
    ),
    countByHour: full.prepare(
      `SELECT at / ${hourMs} AS hour, count(*) AS dials FROM dials WHERE ${ofPrefix} AND at > @since GROUP BY 1`,
    ),
    deleteDials: full.prepare('DELETE FROM dials WHERE at < ?'),
    setEnded: full.prepare(`UPDATE attempts SET state = 'ended', ended_at = ? WHERE id = ?`),
    insertReport: full.prepare(insertSql),
    insertReportFast: fast.prepare(insertSql),
    insertAfterCrash: full.prepare(
      `INSERT INTO reports (attempt, seq, body)
     SELECT @attempt, coalesce(max(seq), 0) + 1 + ${lostAtMost}, @body FROM reports WHERE attempt = @attempt`,
    ),
    selectUnacked: full.prepare('SELECT attempt, seq, body FROM reports WHERE acked = 0 ORDER BY n LIMIT ?'),
    countUnacked: full.prepare('SELECT count(*) FROM reports WHERE acked = 0').pluck(),
    setAcked: full.prepare('UPDATE reports SET acked = 1 WHERE attempt = ? AND seq = ?'),
    clearAcked: full.prepare('UPDATE reports SET acked = 0 WHERE attempt = ? AND acked = 1'),
    selectUntold: full.prepare('SELECT attempt FROM reports WHERE acked = 0 AND seq = 1 ORDER BY n').pluck(),
    selectReports: full.prepare('SELECT body FROM reports WHERE attempt = ? ORDER BY seq').pluck(),
    selectOpen: full.prepare(`SELECT id, state FROM attempts WHERE state <> 'ended' ORDER BY accepted_at`),
    selectAll: full.prepare(
      `SELECT a.id, a.state, a.request, a.accepted_at, a.ended_at,
       (SELECT r.body FROM reports r WHERE r.attempt = a.id ORDER BY r.seq DESC LIMIT 1) AS last,
       NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0) AS acked
     FROM attempts a ORDER BY a.accepted_at, a.id`,
    ),
    deleteReports: full.prepare(`DELETE FROM reports WHERE attempt IN (${done})`),
    deleteAttempts: full.prepare(`DELETE FROM attempts WHERE id IN (${done})`),
  };
}
