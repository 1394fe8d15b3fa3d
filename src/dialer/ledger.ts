import type { BoardClock } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Journal, ReportBody } from '../journal/journal.ts';

/**
 * The journal as the dialler uses it. When it cannot be written, nothing new is taken or dialled; what calls
 * under way have to say waits in memory, in order, until the file can be written again.
 */
export interface Ledger {
  /** @throws CodedError JOURNAL_ERROR: nothing was taken */
  accept(attempts: readonly { attemptId: string; request: unknown }[]): void;
  /** @throws CodedError: the attempt must not be dialled */
  markDialling(attemptId: string): void;
  report(attemptId: string, body: ReportBody): void;
  readonly state: 'ok' | 'failed';
  /** Reports that are not even in the journal. */
  readonly unwritten: number;
}

const retryMs = 2_000;
/** While the journal stays broken, the log says so again this often; board ms. */
const reminderMs = 60_000;

export function createLedger(options: {
  journal: Journal;
  clock: BoardClock;
  log: Log;
  /** Reports were stored. */
  stored(): void;
  failed(): void;
}): Ledger {
  const { journal, clock, log } = options;
  let backlog: { attemptId: string; body: ReportBody }[] = [];
  let state: 'ok' | 'failed' = 'ok';

  let toldAt = 0;

  const fail = (error: unknown): void => {
    if (state === 'failed') return;
    state = 'failed';
    log.error({ err: error }, 'the journal cannot be written; nothing new is dialled');
    toldAt = clock.now();
    options.failed();
    retryLater();
  };

  const retryLater = (): void => {
    try {
      clock.after(retryMs, () => {
        if (writeBacklog()) {
          state = 'ok';
          log.info({}, 'the journal can be written again');
        } else retryLater();
      });
    } catch (error) {
      log.warn({ err: error }, 'the board keeps no time; the journal is not tried again');
    }
  };

  /** @returns whether the journal takes writes again */
  const writeBacklog = (): boolean => {
    try {
      for (let next = backlog[0]; next !== undefined; next = backlog[0]) {
        write(next.attemptId, next.body);
        backlog.shift();
      }
      // Nothing to take: shows whether the file can be written.
      journal.accept([]);
      options.stored();
      return true;
    } catch (error) {
      if (clock.now() - toldAt >= reminderMs) {
        toldAt = clock.now();
        log.error({ err: error, waiting: backlog.length }, 'the journal still cannot be written');
      }
      return false;
    }
  };

  /** A report that the journal refuses for its content would be refused for ever: it is not kept. */
  const write = (attemptId: string, body: ReportBody): void => {
    try {
      journal.report(attemptId, body);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code === 'JOURNAL_ERROR') throw error;
      log.error({ attemptId, kind: body.kind, code: error.code, err: error }, 'a report was not stored');
    }
  };

  return {
    accept(attempts) {
      try {
        journal.accept(attempts);
      } catch (error) {
        fail(error);
        throw error;
      }
    },
    markDialling(attemptId) {
      if (state === 'failed') {
        throw new CodedError('JOURNAL_ERROR', 'the journal cannot be written', { field: 'journal.path' });
      }
      try {
        journal.markDialling(attemptId);
      } catch (error) {
        fail(error);
        throw error;
      }
    },
    report(attemptId, body) {
      if (backlog.length === 0) {
        try {
          write(attemptId, body);
          options.stored();
          return;
        } catch (error) {
          fail(error);
        }
      }
      backlog = [...backlog, { attemptId, body }];
    },
    get state() {
      return state;
    },
    get unwritten() {
      return backlog.length;
    },
  };
}
