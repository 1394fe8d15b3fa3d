import Database from 'better-sqlite3';
import { recordStatus } from '../domain/record.ts';
import { openJournal } from '../journal/journal.ts';

/** One attempt as OCS stored it; times in ms of the OCS clock. */
export interface StoredAttempt {
  attempt_id: string;
  record_handle: number;
  phone: string;
  ended_by: string | null;
  result: number | null;
  status: string | null;
  reason: string | null;
  evidence: string | null;
  milestones: string;
  leased_at: number;
  accepted_at: number | null;
  connected_at: number | null;
  ended_at: number | null;
  processed_at: number | null;
  agent_id: string | null;
}

export interface Audit {
  records: number;
  attempts: StoredAttempt[];
  /** What is wrong, one sentence each; empty when database and journal agree. */
  faults: string[];
}

/** What was dialled twice, one sentence each: a record with two calls at once, or again after an agent had the call. */
export function dialledTwice(attempts: readonly StoredAttempt[]): string[] {
  const dialled = attempts
    .filter(({ ended_by: by }) => by === 'outcome')
    .sort((a, b) => a.leased_at - b.leased_at);
  const last = new Map<number, StoredAttempt>();
  return dialled.flatMap((attempt) => {
    const { record_handle: handle, leased_at: leased } = attempt;
    const before = last.get(handle);
    last.set(handle, attempt);
    if (before === undefined) return [];
    if (before.ended_at !== null && before.ended_at > leased) {
      return [`record ${String(handle)} had two calls at once`];
    }
    return before.connected_at === null
      ? []
      : [`record ${String(handle)} was dialled again after an agent had it`];
  });
}

/**
 * Holds the OCS database against the dialler's journal: each record closed, each attempt with exactly one
 * final word, the same on both sides and acknowledged.
 */
export function audit(ocsDatabase: string, journalPath: string): Audit {
  const faults: string[] = [];
  const db = new Database(ocsDatabase, { readonly: true, fileMustExist: true });
  const open = new Set<number>([recordStatus.Ready, recordStatus.Retrieved]);
  const records = db.prepare('select record_id, record_status from records').all() as {
    record_id: number;
    record_status: number;
  }[];
  for (const record of records) {
    if (open.has(record.record_status)) faults.push(`record ${String(record.record_id)} is still open`);
  }
  const attempts = db.prepare('select * from attempts').all() as StoredAttempt[];
  db.close();

  const journal = openJournal(journalPath, Date.now);
  const seen = new Set<string>();
  const stored = new Map(attempts.map((attempt) => [attempt.attempt_id, attempt]));
  for (const entry of journal.attempts()) {
    seen.add(entry.attemptId);
    const attempt = stored.get(entry.attemptId);
    const fault = (what: string) => faults.push(`attempt ${entry.attemptId}: ${what}`);
    if (attempt === undefined) fault('is not in the database');
    else if (entry.final === null) fault('has no final report in the journal');
    else if (!entry.acknowledged) fault('was never acknowledged');
    else if (attempt.ended_by !== entry.final.kind) {
      fault(
        `ended by ${attempt.ended_by ?? 'nothing'} in the database, by ${entry.final.kind} in the journal`,
      );
    } else if (entry.final.kind === 'outcome') {
      const { result, status } = entry.final.outcome;
      if (attempt.result !== result || attempt.status !== status) {
        fault(
          `${String(attempt.result)} ${attempt.status ?? '-'} in the database, ${String(result)} ${status} in the journal`,
        );
      }
    }
  }
  journal.close();
  for (const attempt of attempts) {
    // A request whose reply never reached the dialler is not in its journal; OCS closes it as stale.
    if (!seen.has(attempt.attempt_id) && attempt.ended_by !== 'stale') {
      faults.push(`attempt ${attempt.attempt_id} is not in the journal`);
    }
  }
  faults.push(...dialledTwice(attempts));
  return { records: records.length, attempts, faults };
}
