import { firstSchema } from './01-first-schema.ts';
import { phoneKeys } from './02-phone-keys.ts';
import { cancel } from './03-cancel.ts';
import { journalId } from './04-journal-id.ts';
import { recordCounts } from './05-record-counts.ts';
import { dncBatches } from './06-dnc-batches.ts';
import { closing } from './07-closing.ts';
import { reportsTaken } from './08-reports-taken.ts';
import { importWindows } from './09-import-windows.ts';
import { hiddenUntilWhole } from './10-hidden-until-whole.ts';
import { reportsOfEndedAttempts } from './11-reports-of-ended-attempts.ts';
import { dncBatchCounts } from './12-dnc-batch-counts.ts';
import { customers } from './13-customers.ts';
import { access } from './14-access.ts';
import { attemptsByTime } from './15-18-attempts-by-time.ts';
import { attemptLabels } from './19-attempt-labels.ts';
import { agentsDay } from './20-22-agents-day.ts';

/**
 * The schema, one entry a version (`user_version`), in files with their numbers. Entries that were released are
 * never changed.
 */
export const migrations: readonly string[] = [
  firstSchema,
  phoneKeys,
  cancel,
  journalId,
  recordCounts,
  dncBatches,
  closing,
  reportsTaken,
  importWindows,
  hiddenUntilWhole,
  reportsOfEndedAttempts,
  dncBatchCounts,
  customers,
  access,
  ...attemptsByTime,
  attemptLabels,
  ...agentsDay,
];
