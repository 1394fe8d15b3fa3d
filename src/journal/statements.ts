import type { JournalDatabase } from './database.ts';

/**
 * More reports of one attempt than a power failure can take along. OCS may have taken them, so that their numbers must
 * not be used again: it would take what comes under one of them for what it knows.
 */
const lostAtMost = 1_000;

const hourMs = 3_600_000;

/** Every statement of the journal, prepared. */
export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(database: JournalDatabase) {
  // Of numbers from @from on and before @to, a + aside: two ranges of the index.
  const ofPrefix = `(number >= @from AND number < @to OR number >= '+' || @from AND number < '+' || @to)`;
  const done = `SELECT a.id FROM attempts a WHERE a.state = 'ended' AND a.ended_at < ?
    AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0)`;
  return {
    insertAttempt: database.prepare(
      `INSERT INTO attempts (id, request, state, accepted_at) VALUES (?, ?, 'accepted', ?)`,
    ),
    selectState: database.prepare('SELECT state FROM attempts WHERE id = ?').pluck(),
    setDialling: database.prepare(
      `UPDATE attempts SET state = 'dialling' WHERE id = ? AND state = 'accepted'`,
    ),
    // Written while the clock was ahead of what it is now: they count for an hour and a day from now, not for ever.
    correctDials: database.prepare('UPDATE dials SET at = @now WHERE number = @number AND at > @now'),
    correctDialsOfPrefix: database.prepare(`UPDATE dials SET at = @now WHERE ${ofPrefix} AND at > @now`),
    insertDial: database.prepare('INSERT INTO dials (number, at) VALUES (?, ?)'),
    countDials: database.prepare(
      `SELECT count(*) FILTER (WHERE at > @hourAgo) AS hour, count(*) AS day, count(*) FILTER (WHERE at > @now) AS later
       FROM dials WHERE number = @number AND at > @dayAgo`,
    ),
    countByHour: database.prepare(
      `SELECT at / ${hourMs} AS hour, count(*) AS dials FROM dials WHERE ${ofPrefix} AND at > @since GROUP BY 1`,
    ),
    deleteDials: database.prepare('DELETE FROM dials WHERE at < ?'),
    setEnded: database.prepare(`UPDATE attempts SET state = 'ended', ended_at = ? WHERE id = ?`),
    insertReport: database.prepare(
      `INSERT INTO reports (attempt, seq, body)
     SELECT @attempt, coalesce(max(seq), 0) + 1, @body FROM reports WHERE attempt = @attempt`,
    ),
    insertAfterCrash: database.prepare(
      `INSERT INTO reports (attempt, seq, body)
     SELECT @attempt, coalesce(max(seq), 0) + 1 + ${lostAtMost}, @body FROM reports WHERE attempt = @attempt`,
    ),
    selectUnacked: database.prepare(
      'SELECT attempt, seq, body FROM reports WHERE acked = 0 AND n <= ? ORDER BY n LIMIT ?',
    ),
    selectLastReport: database.prepare('SELECT coalesce(max(n), 0) FROM reports').pluck(),
    countUnacked: database.prepare('SELECT count(*) FROM reports WHERE acked = 0').pluck(),
    setAcked: database.prepare('UPDATE reports SET acked = 1 WHERE attempt = ? AND seq = ?'),
    clearAcked: database.prepare('UPDATE reports SET acked = 0 WHERE attempt = ? AND acked = 1'),
    selectUntold: database
      .prepare('SELECT attempt FROM reports WHERE acked = 0 AND seq = 1 ORDER BY n')
      .pluck(),
    selectReports: database.prepare('SELECT body FROM reports WHERE attempt = ? ORDER BY seq').pluck(),
    selectOpen: database.prepare(
      `SELECT id, state FROM attempts WHERE state <> 'ended' ORDER BY accepted_at`,
    ),
    selectAll: database.prepare(
      `SELECT a.id, a.state, a.request, a.accepted_at, a.ended_at,
       (SELECT r.body FROM reports r WHERE r.attempt = a.id ORDER BY r.seq DESC LIMIT 1) AS last,
       NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0) AS acked
     FROM attempts a ORDER BY a.accepted_at, a.id`,
    ),
    deleteReports: database.prepare(`DELETE FROM reports WHERE attempt IN (${done})`),
    deleteAttempts: database.prepare(`DELETE FROM attempts WHERE id IN (${done})`),
  };
}
