import { CodedError } from '../domain/errors.ts';
import type { Checkpoints } from '../sqlite/checkpoints.ts';
import type { AttemptState, Journal, JournalWrite, ReportBody, ReportWrite } from './contract.ts';
import { withoutWait, type JournalDatabase } from './database.ts';
import type { Statements } from './statements.ts';

/** Pages that one write changes, about: tables and indexes grow at several places. */
const pagesOfWrite = 2;

type Writes = Pick<Journal, 'accept' | 'handBack' | 'commit' | 'acknowledge' | 'resend'>;

/** What is written, each in one transaction. */
export function createWrites(options: {
  database: JournalDatabase;
  checkpoints: Pick<Checkpoints, 'committed'>;
  statements: Statements;
  /** How far an attempt has come. */
  stateOf: Journal['stateOf'];
  now: () => number;
  /** Each commit waits for the disk. */
  commitsWait: boolean;
}): Writes {
  const { database, checkpoints, statements, stateOf, now, commitsWait } = options;
  const { insertAttempt, insertReport, insertDial, setAcked, setDialling, setEnded, clearAcked } = statements;

  const accept = database.transaction((attempts: readonly { attemptId: string; request: unknown }[]) => {
    // Setting it to what it is writes a page all the same; an empty transaction would write nothing.
    if (attempts.length === 0) database.pragma('user_version = 0');
    for (const { attemptId, request } of attempts) {
      insertAttempt.run(attemptId, JSON.stringify(request), now());
      insertReport.run({ attempt: attemptId, body: JSON.stringify({ kind: 'accepted' }) });
    }
  });
  const end = database.transaction((attemptId: string, body: ReportBody) => {
    insertReport.run({ attempt: attemptId, body: JSON.stringify(body) });
    setEnded.run(now(), attemptId);
  });
  const handBack = database.transaction((attemptIds: readonly string[], reason: string) => {
    for (const attemptId of attemptIds) {
      insertAttempt.run(attemptId, 'null', now());
      end(attemptId, { kind: 'hand_back', reason });
    }
  });
  const markDialling = (attemptId: string, digits: string): void => {
    if (setDialling.run(attemptId).changes !== 1) {
      throw new CodedError('ILLEGAL_STATE', `attempt ${attemptId} may not be dialled`, {
        field: 'attemptId',
        found: stateOf(attemptId) ?? 'unknown',
        expected: 'accepted',
      });
    }
    insertDial.run(digits, now());
  };
  const report = (attemptId: string, body: ReportBody): void => {
    checkOpen(attemptId, stateOf(attemptId), body);
    if (body.kind === 'outcome' || body.kind === 'hand_back') end(attemptId, body);
    else insertReport.run({ attempt: attemptId, body: JSON.stringify(body) });
  };
  /** What is wrong with one write is no reason not to write the others. */
  const each = <W extends JournalWrite>(writes: readonly W[], write: (one: W) => void) =>
    writes.map((one) => {
      try {
        write(one);
        return null;
      } catch (error) {
        if (error instanceof CodedError) return error;
        throw error;
      }
    });
  const commit = database.transaction((writes: readonly JournalWrite[]) =>
    each(writes, (one) => {
      if (one.kind === 'dialling') markDialling(one.attemptId, one.digits);
      else report(one.attemptId, one.body);
    }),
  );
  const acknowledge = database.transaction((reports: readonly { attemptId: string; seq: number }[]) => {
    for (const { attemptId, seq } of reports) setAcked.run(attemptId, seq);
  });
  const resend = database.transaction((attemptIds: readonly string[]) => {
    for (const attemptId of attemptIds) clearAcked.run(attemptId);
  });

  /** The same, and a checkpoint when enough was written since the last. */
  const counted =
    <Item, Rest extends unknown[], T>(write: (items: readonly Item[], ...rest: Rest) => T) =>
    (items: readonly Item[], ...rest: Rest): T => {
      const result = write(items, ...rest);
      checkpoints.committed(items.length * pagesOfWrite);
      return result;
    };

  return {
    accept: counted(accept),
    handBack: counted(handBack),
    commit: counted((writes: readonly JournalWrite[]) =>
      commitsWait && writes.every(isEarly) ? withoutWait(database, () => commit(writes)) : commit(writes),
    ),
    acknowledge: counted(acknowledge),
    resend: counted(resend),
  };
}

/** What may be lost with the machine's power: it comes again in the outcome. */
function isEarly(write: JournalWrite): write is ReportWrite {
  return write.kind === 'report' && (write.body.kind === 'milestone' || write.body.kind === 'result');
}

/** @throws CodedError when no report of the attempt can be taken any more */
function checkOpen(attemptId: string, state: AttemptState | null, { kind }: ReportBody): void {
  if (state === null) {
    throw new CodedError('UNKNOWN_ATTEMPT', `attempt ${attemptId} was never taken`, {
      field: 'attemptId',
      found: attemptId,
    });
  }
  if (state === 'ended') {
    throw new CodedError('ILLEGAL_STATE', `attempt ${attemptId} has ended; ${kind} comes too late`, {
      field: 'attemptId',
      found: state,
      expected: 'accepted or dialling',
    });
  }
}
