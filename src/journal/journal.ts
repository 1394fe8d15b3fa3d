import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import type { CallReport } from '../domain/call-state.ts';
import { CodedError } from '../domain/errors.ts';
import { callResult, type CallResult } from '../domain/result.ts';
import type { Milestones, Outcome } from '../domain/outcome.ts';
import { journalSchema } from './schema.ts';

/** How far an attempt has come: only what decides whether it may still be dialled. */
export type AttemptState = 'accepted' | 'dialling' | 'ended';

/** A report as it goes to OCS; `seq` counts up from 1 within the attempt. */
export type StoredReport = { attemptId: string; seq: number } & ReportBody;
export type ReportBody = { kind: 'accepted' } | CallReport;

/** One attempt with its final word, for people and for audits. */
export interface JournalEntry {
  attemptId: string;
  state: AttemptState;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  endedAt: number | null;
  /** The request as it was taken. */
  request: unknown;
  /** `outcome` or `hand_back`; null while the attempt runs. */
  final: Extract<ReportBody, { kind: 'outcome' | 'hand_back' }> | null;
  acknowledged: boolean;
}

/**
 * What must survive a crash: which attempts were taken, which may have been dialled, and what OCS has not
 * acknowledged. Every method throws CodedError JOURNAL_ERROR when the file cannot be written or read.
 */
export interface Journal {
  /** Made with the file: another one means that nothing is known of what was taken before. */
  readonly id: string;
  /**
   * Takes attempts, all or none, on disk when it returns. Ids must be new. Writes to the disk even when there
   * are none: whoever wants to know whether the journal can be written asks so.
   */
  accept(attempts: readonly { attemptId: string; request: unknown }[]): void;
  /** null: never seen. */
  stateOf(attemptId: string): AttemptState | null;
  /** From here on the attempt counts as dialled, whatever happens. On disk when it returns. */
  markDialling(attemptId: string): void;
  /**
   * Stores a report for OCS. A milestone or an early result may be lost if the machine loses power (nothing
   * waits for the disk while a person waits for an agent); every other report is on disk when it returns.
   * `outcome` and `hand_back` end the attempt.
   * @throws CodedError ILLEGAL_STATE for an attempt that ended, UNKNOWN_ATTEMPT for one not taken
   */
  report(attemptId: string, body: ReportBody): void;
  /** The oldest reports that OCS has not acknowledged, in order. */
  unacknowledged(limit: number): StoredReport[];
  unacknowledgedCount(): number;
  acknowledge(reports: readonly { attemptId: string; seq: number }[]): void;
  /** Lets all reports of an attempt go out again. */
  resend(attemptId: string): void;
  /**
   * Ends what a former run left open: attempts never dialled are handed back (`restart`); the others get an
   * outcome with reason `crash`: the result that was already heard, else System Error; status `transferred` if
   * an agent had the call, else `dropped`. Nothing is ever dialled again.
   */
  recover(): { handedBack: number; crashed: number };
  /** All attempts, oldest first. */
  attempts(): IterableIterator<JournalEntry>;
  /** Forgets reports of acknowledged attempts after `reportDays`, and their ids after `idDays`. */
  prune(keep?: { reportDays: number; idDays: number }): number;
  close(): void;
}

const dayMs = 86_400_000;

/**
 * Opens or creates the journal at `path`.
 *
 * @param now wall clock in ms since 1970
 * @throws CodedError JOURNAL_ERROR when the file cannot be opened or is no journal
 */
export function openJournal(path: string, now: () => number): Journal {
  const guard = <T>(what: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw new CodedError('JOURNAL_ERROR', `journal ${path}: ${what}: ${messageOf(error)}`, {
        field: 'journal.path',
        found: path,
        cause: error,
      });
    }
  };

  const { full, fast } = guard('cannot be opened', () => openBoth(path));
  const id = guard('cannot be read', () => identityOf(full));
  const insertAttempt = full.prepare(
    `INSERT INTO attempts (id, request, state, accepted_at) VALUES (?, ?, 'accepted', ?)`,
  );
  const selectState = full.prepare('SELECT state FROM attempts WHERE id = ?').pluck();
  const setDialling = full.prepare(
    `UPDATE attempts SET state = 'dialling' WHERE id = ? AND state = 'accepted'`,
  );
  const setEnded = full.prepare(`UPDATE attempts SET state = 'ended', ended_at = ? WHERE id = ?`);
  const insertSql = `INSERT INTO reports (attempt, seq, body)
    SELECT @attempt, coalesce(max(seq), 0) + 1, @body FROM reports WHERE attempt = @attempt`;
  const insertReport = full.prepare(insertSql);
  const insertReportFast = fast.prepare(insertSql);
  const selectUnacked = full.prepare(
    'SELECT attempt, seq, body FROM reports WHERE acked = 0 ORDER BY n LIMIT ?',
  );
  const countUnacked = full.prepare('SELECT count(*) FROM reports WHERE acked = 0').pluck();
  const setAcked = full.prepare('UPDATE reports SET acked = 1 WHERE attempt = ? AND seq = ?');
  const clearAcked = full.prepare('UPDATE reports SET acked = 0 WHERE attempt = ?');
  const selectReports = full.prepare('SELECT body FROM reports WHERE attempt = ? ORDER BY seq').pluck();
  const selectOpen = full.prepare(
    `SELECT id, state FROM attempts WHERE state <> 'ended' ORDER BY accepted_at`,
  );
  const selectAll = full.prepare(
    `SELECT a.id, a.state, a.request, a.accepted_at, a.ended_at,
       (SELECT r.body FROM reports r WHERE r.attempt = a.id ORDER BY r.seq DESC LIMIT 1) AS last,
       NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0) AS acked
     FROM attempts a ORDER BY a.accepted_at, a.id`,
  );

  const stateOf = (attemptId: string) => (selectState.get(attemptId) as AttemptState | undefined) ?? null;
  const bodiesOf = (attemptId: string) =>
    (selectReports.all(attemptId) as string[]).map((body) => JSON.parse(body) as ReportBody);

  const accept = full.transaction((attempts: readonly { attemptId: string; request: unknown }[]) => {
    // Setting it to what it is writes a page all the same; an empty transaction would write nothing.
    if (attempts.length === 0) full.pragma('user_version = 0');
    for (const { attemptId, request } of attempts) {
      insertAttempt.run(attemptId, JSON.stringify(request), now());
      insertReport.run({ attempt: attemptId, body: JSON.stringify({ kind: 'accepted' }) });
    }
  });
  const end = full.transaction((attemptId: string, body: ReportBody) => {
    insertReport.run({ attempt: attemptId, body: JSON.stringify(body) });
    setEnded.run(now(), attemptId);
  });
  const acknowledge = full.transaction((reports: readonly { attemptId: string; seq: number }[]) => {
    for (const { attemptId, seq } of reports) setAcked.run(attemptId, seq);
  });
  const recover = full.transaction(() => {
    const open = selectOpen.all() as { id: string; state: AttemptState }[];
    let handedBack = 0;
    for (const { id, state } of open) {
      if (state === 'accepted') {
        end(id, { kind: 'hand_back', reason: 'restart' });
        handedBack++;
      } else {
        end(id, { kind: 'outcome', outcome: crashOutcome(bodiesOf(id)) });
      }
    }
    return { handedBack, crashed: open.length - handedBack };
  });
  const prune = full.transaction((reportsBefore: number, idsBefore: number) => {
    const done = `SELECT a.id FROM attempts a WHERE a.state = 'ended' AND a.ended_at < ?
      AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.attempt = a.id AND r.acked = 0)`;
    const reports = full.prepare(`DELETE FROM reports WHERE attempt IN (${done})`).run(reportsBefore);
    full.prepare(`DELETE FROM attempts WHERE id IN (${done})`).run(idsBefore);
    return reports.changes;
  });

  return {
    id,
    accept: (attempts) => {
      guard('cannot take requests', () => {
        accept(attempts);
      });
    },
    stateOf: (attemptId) => guard('cannot be read', () => stateOf(attemptId)),
    markDialling: (attemptId) => {
      guard('cannot mark an attempt as dialled', () => {
        if (setDialling.run(attemptId).changes !== 1) {
          throw new CodedError('ILLEGAL_STATE', `attempt ${attemptId} may not be dialled`, {
            field: 'attemptId',
            found: stateOf(attemptId) ?? 'unknown',
            expected: 'accepted',
          });
        }
      });
    },
    report: (attemptId, body) => {
      guard('cannot store a report', () => {
        const state = stateOf(attemptId);
        if (state === null) {
          throw new CodedError('UNKNOWN_ATTEMPT', `attempt ${attemptId} was never taken`, {
            field: 'attemptId',
            found: attemptId,
          });
        }
        if (state === 'ended') {
          throw new CodedError(
            'ILLEGAL_STATE',
            `attempt ${attemptId} has ended; ${body.kind} comes too late`,
            {
              field: 'attemptId',
              found: state,
              expected: 'accepted or dialling',
            },
          );
        }
        if (body.kind === 'outcome' || body.kind === 'hand_back') end(attemptId, body);
        else {
          const early = body.kind === 'milestone' || body.kind === 'result';
          const statement = early ? insertReportFast : insertReport;
          statement.run({ attempt: attemptId, body: JSON.stringify(body) });
        }
      });
    },
    unacknowledged: (limit) =>
      guard('cannot be read', () =>
        (selectUnacked.all(limit) as { attempt: string; seq: number; body: string }[]).map((row) => ({
          attemptId: row.attempt,
          seq: row.seq,
          ...(JSON.parse(row.body) as ReportBody),
        })),
      ),
    unacknowledgedCount: () => guard('cannot be read', () => countUnacked.get() as number),
    acknowledge: (reports) => {
      guard('cannot store acknowledgements', () => {
        acknowledge(reports);
      });
    },
    resend: (attemptId) => {
      guard('cannot be written', () => clearAcked.run(attemptId));
    },
    recover: () => guard('cannot settle open attempts', () => recover()),
    attempts: function* () {
      for (const row of guard('cannot be read', () => selectAll.all() as EntryRow[])) yield entryOf(row);
    },
    prune: (keep = { reportDays: 7, idDays: 30 }) =>
      guard('cannot be pruned', () => prune(now() - keep.reportDays * dayMs, now() - keep.idDays * dayMs)),
    close: () => {
      fast.close();
      full.close();
    },
  };
}

/**
 * Two handles on one file: `full` syncs each commit to disk, `fast` leaves that to the next full commit (a
 * process crash loses nothing, a power failure the last milestones).
 */
function openBoth(path: string): { full: Database.Database; fast: Database.Database } {
  const full = new Database(path);
  try {
    full.pragma('journal_mode = WAL');
    full.pragma('synchronous = FULL');
    full.exec(journalSchema);
    const fast = new Database(path);
    fast.pragma('synchronous = NORMAL');
    return { full, fast };
  } catch (error) {
    full.close();
    throw error;
  }
}

function identityOf(database: Database.Database): string {
  database
    .prepare('INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)')
    .run(randomUUID());
  return database.prepare('SELECT id FROM identity').pluck().get() as string;
}

interface EntryRow {
  id: string;
  state: AttemptState;
  request: string;
  accepted_at: number;
  ended_at: number | null;
  last: string | null;
  acked: number;
}

function entryOf(row: EntryRow): JournalEntry {
  const last = row.last === null ? null : (JSON.parse(row.last) as ReportBody);
  return {
    attemptId: row.id,
    state: row.state,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    request: JSON.parse(row.request),
    final: last?.kind === 'outcome' || last?.kind === 'hand_back' ? last : null,
    acknowledged: row.acked === 1,
  };
}

/** What can still be said of a call whose dialler died. */
function crashOutcome(reports: readonly ReportBody[]): Outcome {
  let result: CallResult = callResult.SystemError;
  let evidence: Outcome['evidence'] = null;
  let agentId: string | null = null;
  let connected = false;
  const milestones: Milestones = {};
  for (const report of reports) {
    if (report.kind === 'result') ({ result, evidence } = report);
    if (report.kind === 'milestone') milestones[report.name] = report.atMs;
    if (report.kind === 'connected') {
      connected = true;
      agentId = report.agentId;
    }
  }
  return {
    result,
    status: connected ? 'transferred' : 'dropped',
    reason: 'crash',
    evidence,
    milestones,
    channel: null,
    agentId,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
