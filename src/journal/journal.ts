import { CodedError } from '../domain/errors.ts';
import type { Journal } from './contract.ts';
import { createCheckpoints } from '../sqlite/checkpoints.ts';
import { checkpoint, identityOf, openDatabase } from './database.ts';
import { createDiskThread, diskOfEachCommit } from './disk.ts';
import { createPruning } from './pruning.ts';
import { createReads, entryOf } from './reads.ts';
import { createRecovery } from './recovery.ts';
import { prepareStatements } from './statements.ts';
import { createWrites } from './writes.ts';

export type * from './contract.ts';

/**
 * Opens or creates the journal at `path`.
 *
 * @param now wall clock in ms since 1970
 * @param waits who waits for the disk: each commit, or a thread, and the event loop goes on meanwhile
 * @throws CodedError JOURNAL_ERROR when the file cannot be opened or is no journal
 */
export function openJournal(
  path: string,
  now: () => number,
  waits: 'each-commit' | 'thread' = 'each-commit',
): Journal {
  const fault = (what: string, error: unknown): CodedError =>
    new CodedError('JOURNAL_ERROR', `journal ${path}: ${what}: ${messageOf(error)}`, {
      field: 'journal.path',
      found: path,
      cause: error,
    });
  const guard = <T>(what: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof CodedError ? error : fault(what, error);
    }
  };
  /** The same function, with what it throws put so that an operator knows which file and what it was for. */
  const guarded =
    <A extends unknown[], T>(what: string, run: (...given: A) => T) =>
    (...given: A): T =>
      guard(what, () => run(...given));

  const commitsWait = waits === 'each-commit';
  const database = guard('cannot be opened', () => openDatabase(path, commitsWait));
  const id = guard('cannot be read', () => identityOf(database));
  const statements = prepareStatements(database);
  const disk = commitsWait
    ? diskOfEachCommit
    : guard('cannot be opened', () =>
        createDiskThread(
          `${path}-wal`,
          () => statements.selectLastReport.get() as number,
          () => checkpoint(database),
        ),
      );
  const reads = createReads(statements, now, () => disk.lastOnDisk());
  const checkpoints = createCheckpoints(path, database);
  const writes = createWrites({
    database,
    checkpoints,
    statements,
    stateOf: reads.stateOf,
    now,
    commitsWait,
  });

  return {
    id,
    now,
    accept: guarded('cannot take requests', writes.accept),
    handBack: guarded('cannot take requests', writes.handBack),
    commit: guarded('cannot be written', writes.commit),
    onDisk: (done) => {
      disk.onDisk((error) => {
        done(error === null ? null : fault('cannot be brought to the disk', error));
      });
    },
    acknowledge: guarded('cannot store acknowledgements', writes.acknowledge),
    resend: guarded('cannot be written', writes.resend),
    stateOf: guarded('cannot be read', reads.stateOf),
    dials: guarded('cannot be read', reads.dials),
    dialsByHour: guarded('cannot be read', reads.dialsByHour),
    unacknowledged: guarded('cannot be read', reads.unacknowledged),
    unacknowledgedCount: guarded('cannot be read', reads.unacknowledgedCount),
    untold: guarded('cannot be read', reads.untold),
    attempts: function* () {
      for (const row of guard('cannot be read', () => reads.attempts())) yield entryOf(row);
    },
    recover: guarded('cannot settle open attempts', createRecovery(database, statements, now)),
    prune: guarded('cannot be pruned', createPruning(database, statements, now)),
    close: () => {
      checkpoints.close();
      try {
        disk.close();
      } finally {
        database.close();
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
