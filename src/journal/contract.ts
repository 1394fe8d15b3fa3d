import type { CallReport } from '../domain/call/call-state.ts';
import type { CodedError } from '../domain/errors.ts';

/** How far an attempt has come: only what decides whether it may still be dialled. */
export type AttemptState = 'accepted' | 'dialling' | 'ended';

/** A report as it goes to OCS; `seq` counts up from 1 within the attempt, with a gap after a crash. */
export type StoredReport = { attemptId: string; seq: number } & ReportBody;
export type ReportBody = { kind: 'accepted' } | CallReport;

/** A report for OCS. `outcome` and `hand_back` end the attempt. */
export interface ReportWrite {
  kind: 'report';
  attemptId: string;
  body: ReportBody;
}

/** One thing to be written. */
export type JournalWrite =
  /**
   * From here on the attempt counts as dialled, whatever happens, and so does the number; `digits` as they go to the
   * trunk.
   */
  { kind: 'dialling'; attemptId: string; digits: string } | ReportWrite;

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
   * Takes attempts, all or none. Ids must be new. Writes even when there are none: whoever wants to know whether the
   * journal can be written asks so.
   */
  accept(attempts: readonly { attemptId: string; request: unknown }[]): void;
  /** Takes attempts only to hand them back at once, all or none. Ids must be new. */
  handBack(attemptIds: readonly string[], reason: string): void;
  /** null: never seen. */
  stateOf(attemptId: string): AttemptState | null;
  /**
   * Writes all of these in one transaction. They outlive the process from then on, and the machine's power once
   * `onDisk` has called back.
   *
   * @returns for each what is wrong with it, which is then not written: ILLEGAL_STATE for an attempt that ended or
   *   may not be dialled, UNKNOWN_ATTEMPT for one not taken; null where it was written
   * @throws CodedError JOURNAL_ERROR: nothing was written
   */
  commit(writes: readonly JournalWrite[]): (CodedError | null)[];
  /**
   * Calls back once all that was written until now is on the disk, with JOURNAL_ERROR if it cannot be brought there.
   * At once where each commit waits for the disk itself. What is a milestone or an early result may be lost with the
   * machine's power all the same where it was written alone: it comes again in the outcome.
   */
  onDisk(done: (error: CodedError | null) => void): void;
  /** How often a number was dialled in the last hour and in the last 24. */
  dials(digits: string): { hour: number; day: number };
  /** Calls of the last 24 hours to numbers that begin so, a `+` aside, by the hour since 1970. */
  dialsByHour(prefix: string): Map<number, number>;
  /** Wall clock, ms since 1970. */
  now(): number;
  /**
   * The oldest reports on the disk that OCS has not acknowledged, in order: so many, and no more text than `bytes`, but
   * one. What OCS has heard must not be lost here.
   */
  unacknowledged(limit: number, bytes: number): StoredReport[];
  unacknowledgedCount(): number;
  acknowledge(reports: readonly { attemptId: string; seq: number }[]): void;
  /** Attempts taken of which OCS has not acknowledged so much as `accepted`, oldest first. */
  untold(): string[];
  /** Lets all reports of these attempts go out again. */
  resend(attemptIds: readonly string[]): void;
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
