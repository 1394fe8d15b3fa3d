import type { BoardClock } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Journal, JournalWrite, ReportBody, ReportWrite } from '../journal/journal.ts';
import { commitWrites, createJournalBacklog, type JournalBacklog } from './journal-backlog.ts';

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
  /** Resolves when there are none of those and all is on the disk, or after `close`. */
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
  const { journal } = options;
  const backlog = createJournalBacklog(options);
  const { together, gather, onDisk } = createGathering({ ...options, backlog });
  const closing = Promise.withResolvers<void>();
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
      onDisk(() => undefined);
    },
    markDialling(attemptId, digits, written) {
      if (backlog.state === 'failed') written(journalError());
      else {
        together(() => {
          gather({ write: { kind: 'dialling', attemptId, digits }, written });
        });
      }
    },
    report(attemptId, body) {
      const write: ReportWrite = { kind: 'report', attemptId, body };
      // What waits was said before: it goes first.
      if (backlog.state === 'failed') backlog.keep([write]);
      else {
        together(() => {
          gather({ write });
        });
      }
    },
    get state() {
      return backlog.state;
    },
    get unwritten() {
      return backlog.size;
    },
    async written() {
      await backlog.written();
      const { promise, resolve } = Promise.withResolvers<void>();
      journal.onDisk(() => {
        resolve();
      });
      await Promise.race([promise, closing.promise]);
    },
    close() {
      closing.resolve();
      backlog.close();
    },
  };
}

/** Gathers what is to be written until the outermost `together` ends, and writes it in one transaction. */
function createGathering(options: { journal: Journal; backlog: JournalBacklog; log: Log; stored(): void }): {
  together: (run: () => void) => void;
  gather: (one: Waiting) => void;
  /** Once all that was written is on the disk, or cannot be brought there. */
  onDisk: (done: (error: CodedError | null) => void) => void;
} {
  const { journal, backlog, log } = options;
  /** To be written at the end of `together`. */
  let gathered: Waiting[] = [];
  let depth = 0;

  const onDisk = (done: (error: CodedError | null) => void): void => {
    journal.onDisk((error) => {
      if (error === null) options.stored();
      else backlog.failed(error);
      done(error);
    });
  };

  /** Writes what was gathered; who waited for it goes on when it is on the disk, and may have to write again. */
  const flush = (): void => {
    while (gathered.length > 0) {
      const batch = gathered;
      gathered = [];
      let errors: readonly (CodedError | null)[];
      try {
        errors = commitWrites(
          journal,
          log,
          batch.map(({ write }) => write),
        );
      } catch (error) {
        backlog.failed(error);
        const coded = error instanceof CodedError ? error : journalError();
        backlog.keep(batch.map(({ write }) => write).filter((write) => write.kind === 'report'));
        for (const { written } of batch) written?.(coded);
        continue;
      }
      onDisk((error) => {
        together(() => {
          batch.forEach(({ written }, i) => written?.(error ?? errors[i] ?? null));
        });
      });
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

  return { together, gather: (one) => void gathered.push(one), onDisk };
}

function journalError(): CodedError {
  return new CodedError('JOURNAL_ERROR', 'the journal cannot be written', { field: 'journal.path' });
}
