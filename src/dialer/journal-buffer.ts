import type { BoardClock } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Journal, JournalWrite, ReportBody, ReportWrite } from '../journal/journal.ts';
import { commitWrites, createJournalBacklog } from './journal-backlog.ts';

/**
 * The journal as the dialler uses it. What belongs together is written in one transaction, with one wait for the
 * disk. When the journal cannot be written, nothing new is taken or dialled; what calls under way have to say waits
 * in memory, in order, until the file can be written again.
 */
export interface JournalBuffer {
  /** Gathers what `run` has to write, and writes it at its end. Within another it waits for the end of that. */
  together(run: () => void): void;
  /** @throws CodedError JOURNAL_ERROR: nothing was taken */
  accept(attempts: readonly { attemptId: string; request: unknown }[]): void;
  /** @throws CodedError JOURNAL_ERROR: nothing was taken */
  handBack(attemptIds: readonly string[], reason: string): void;
  /**
   * @param written called once the mark is on disk, or with the error when it is not: the attempt must not be dialled
   *   then
   */
  markDialling(attemptId: string, digits: string, written: (error: CodedError | null) => void): void;
  report(attemptId: string, body: ReportBody): void;
  readonly state: 'ok' | 'failed';
  /** Reports that are not even in the journal. */
  readonly unwritten: number;
  /** Resolves when there are none of those, or after `close`. */
  written(): Promise<void>;
  /** Tries a last time to write them. What cannot be written is lost, and the log says what. */
  close(): void;
}

/** One write, and who waits for it. */
interface Waiting {
  write: JournalWrite;
  written?: (error: CodedError | null) => void;
}

export function createJournalBuffer(options: {
  journal: Journal;
  clock: BoardClock;
  log: Log;
  /** Reports were stored. */
  stored(): void;
  failed(): void;
}): JournalBuffer {
  const { journal, log } = options;
  const backlog = createJournalBacklog(options);
  /** To be written at the end of `together`. */
  let gathered: Waiting[] = [];
  let depth = 0;

  /** Writes what was gathered, then lets go on who waited for it: that may have to write again. */
  const flush = (): void => {
    while (gathered.length > 0) {
      const batch = gathered;
      gathered = [];
      let errors: (CodedError | null)[];
      try {
        errors = commitWrites(
          journal,
          log,
          batch.map(({ write }) => write),
        );
        options.stored();
      } catch (error) {
        backlog.failed(error);
        const coded = error instanceof CodedError ? error : journalError();
        errors = batch.map(() => coded);
        backlog.keep(batch.map(({ write }) => write).filter((write) => write.kind === 'report'));
      }
      batch.forEach(({ written }, i) => written?.(errors[i] ?? null));
    }
  };

  const together = (run: () => void): void => {
    depth++;
    try {
      run();
    } finally {
      try {
        if (depth === 1) flush();
      } finally {
        depth--;
      }
    }
  };

  /** @throws what it throws, once it is known that the journal cannot be written */
  const takeIn = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      backlog.failed(error);
      throw error;
    }
  };

  return {
    together,
    accept(attempts) {
      takeIn(() => {
        journal.accept(attempts);
      });
    },
    handBack(attemptIds, reason) {
      takeIn(() => {
        journal.handBack(attemptIds, reason);
      });
      options.stored();
    },
    markDialling(attemptId, digits, written) {
      if (backlog.state === 'failed') written(journalError());
      else {
        together(() => {
          gathered.push({ write: { kind: 'dialling', attemptId, digits }, written });
        });
      }
    },
    report(attemptId, body) {
      const write: ReportWrite = { kind: 'report', attemptId, body };
      // What waits was said before: it goes first.
      if (backlog.state === 'failed') backlog.keep([write]);
      else {
        together(() => {
          gathered.push({ write });
        });
      }
    },
    get state() {
      return backlog.state;
    },
    get unwritten() {
      return backlog.size;
    },
    written: () => backlog.written(),
    close() {
      backlog.close();
    },
  };
}

function journalError(): CodedError {
  return new CodedError('JOURNAL_ERROR', 'the journal cannot be written', { field: 'journal.path' });
}
