import type { Journal } from './contract.ts';
import type { JournalDatabase } from './database.ts';
import type { Statements } from './statements.ts';

const dayMs = 24 * 3_600_000;

/** Forgets what nobody asks for any more. */
export function createPruning(
  database: JournalDatabase,
  { deleteAttempts, deleteDials, deleteReports }: Statements,
  now: () => number,
): Journal['prune'] {
  const prune = database.transaction((reportsBefore: number, idsBefore: number) => {
    const reports = deleteReports.run(reportsBefore);
    deleteAttempts.run(idsBefore);
    deleteDials.run(now() - dayMs);
    return reports.changes;
  });
  return (keep = { reportDays: 7, idDays: 30 }) =>
    prune(now() - keep.reportDays * dayMs, now() - keep.idDays * dayMs);
}
