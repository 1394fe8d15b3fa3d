import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import { openJournal, type Journal } from '../../journal/journal.ts';
import { lockFile } from '../file-lock.ts';
import type { Logger } from '../log.ts';
import type { ReleaserStack } from '../releasers.ts';
import type { CpddConfig } from './config.ts';

/** How often the journal forgets what is long delivered. */
const pruneIntervalMs = 6 * 3_600_000;

/** Locks and opens the journal, and prunes it now and then until it is closed. */
export function openLockedJournal(config: CpddConfig, releasers: ReleaserStack, log: Logger): Journal {
  const path = journalPath(config.journal.path);
  releasers.add('journal lock', lockFile(path, 'JOURNAL_ERROR'));
  const journal = openJournal(path, () => Date.now(), 'thread');
  releasers.add('journal', () => journal.close());
  journal.prune();
  const pruning = setInterval(() => prune(journal, log), pruneIntervalMs);
  releasers.add('pruning', () => clearInterval(pruning));
  return journal;
}

/** A journal that cannot be pruned now grows; the dialler itself finds out whether it can still be written. */
function prune(journal: Journal, log: Logger): void {
  try {
    journal.prune();
  } catch (error) {
    log.error({ err: error }, 'the journal cannot be pruned');
  }
}

/** The journal's folder is made if its parent is there, and must let us write. */
function journalPath(path: string): string {
  const folder = dirname(path);
  try {
    if (!statSync(folder, { throwIfNoEntry: false })) mkdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CodedError('JOURNAL_ERROR', `the journal's folder ${folder} cannot be used (${reason})`, {
      field: 'journal.path',
      found: path,
      expected: 'a file in a folder that this user may write',
      cause: error,
    });
  }
  return path;
}
