import type { Log } from '../domain/log.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalBuffer } from './journal-buffer.ts';

/**
 * What the dialler asks the journal between calls. A journal that cannot be read must neither end the process nor look
 * like a lost OCS.
 */
export interface JournalReads {
  /** Attempts of which OCS has not acknowledged so much as that they were taken; null: the journal cannot be read. */
  untold(): string[] | null;
  hasReports(): boolean;
  /** Reports that OCS has not acknowledged, with those that are not even in the journal. */
  unacknowledged(): number;
}

export function createJournalReads(options: {
  journal: Pick<Journal, 'untold' | 'unacknowledged' | 'unacknowledgedCount'>;
  buffer: Pick<JournalBuffer, 'state' | 'unwritten'>;
  log: Log;
}): JournalReads {
  const { journal, buffer, log } = options;

  const fromJournal = <T>(read: () => T, otherwise: T): T => {
    if (buffer.state !== 'ok') return otherwise;
    try {
      return read();
    } catch (error) {
      log.warn({ err: error }, 'the journal cannot be read');
      return otherwise;
    }
  };

  return {
    untold: () => fromJournal(() => journal.untold(), null),
    hasReports: () => fromJournal(() => journal.unacknowledged(1, 1).length > 0, false),
    unacknowledged: () => buffer.unwritten + fromJournal(() => journal.unacknowledgedCount(), 0),
  };
}
