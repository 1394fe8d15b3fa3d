import type { BoardClock } from '../board/board.ts';
import type { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Journal, JournalWrite, ReportWrite } from '../journal/journal.ts';

/** Reports that the journal could not take: they wait in memory, in order, until the file can be written again. */
export interface JournalBacklog {
  readonly state: 'ok' | 'failed';
  /** Reports that wait. */
  readonly size: number;
  /** The journal could not be written: from here on it is tried again until it can be. */
  failed(error: unknown): void;
  keep(reports: readonly ReportWrite[]): void;
  /** Resolves when nothing waits any more, or after `close`. */
  written(): Promise<void>;
  /** Tries a last time. What cannot be written is lost, and the log says what. */
  close(): void;
}

const retryMs = 2_000;
/** While the journal stays broken, the log says so again this often; board ms. */
const reminderMs = 60_000;
/** Reports that waited are written so many at a time. */
const backlogSlice = 500;

export function createJournalBacklog(options: {
  journal: Journal;
  clock: BoardClock;
  log: Log;
  /** Reports were stored. */
  stored(): void;
  failed(): void;
}): JournalBacklog {
  const { journal, clock, log } = options;
  let waiting: ReportWrite[] = [];
  let state: 'ok' | 'failed' = 'ok';
  let toldAt = 0;
  let closed = false;
  let cancelRetry = (): void => {};
  let emptied = Promise.withResolvers<void>();

  const retryLater = (): void => {
    if (closed) return;
    try {
      cancelRetry = clock.after(retryMs, retry);
    } catch (error) {
      log.warn({ err: error }, 'the board cannot set a timer; the journal is not tried again');
    }
  };

  const stillBroken = (error: unknown): void => {
    if (clock.now() - toldAt >= reminderMs) {
      toldAt = clock.now();
      log.error({ err: error, waiting: waiting.length }, 'the journal still cannot be written');
    }
    retryLater();
  };

  const retry = (): void => {
    try {
      writeAll();
    } catch (error) {
      stillBroken(error);
      return;
    }
    journal.onDisk((error) => {
      if (closed) return;
      if (error !== null) {
        stillBroken(error);
        return;
      }
      // What was said while the disk was asked.
      if (waiting.length > 0) {
        retry();
        return;
      }
      state = 'ok';
      log.info({}, 'the journal can be written again');
      options.stored();
      emptied.resolve();
      emptied = Promise.withResolvers();
    });
  };

  /** @throws what the journal throws; what was written until then waits no more */
  const writeAll = (): void => {
    while (waiting.length > 0) {
      commitWrites(journal, log, waiting.slice(0, backlogSlice));
      waiting = waiting.slice(backlogSlice);
    }
    // Nothing to take: shows whether the file can be written.
    journal.accept([]);
  };

  return {
    failed(error) {
      if (state === 'failed') return;
      state = 'failed';
      log.error({ err: error }, 'the journal cannot be written; nothing new is dialled');
      toldAt = clock.now();
      options.failed();
      retryLater();
    },
    keep(reports) {
      waiting.push(...reports);
    },
    async written() {
      while (waiting.length > 0 && !closed) await emptied.promise;
    },
    close() {
      if (closed) return;
      closed = true;
      cancelRetry();
      try {
        if (waiting.length > 0) writeAll();
      } catch (error) {
        if (waiting.length > 0) tellLost(log, waiting, error);
      }
      emptied.resolve();
    },
    get state() {
      return state;
    },
    get size() {
      return waiting.length;
    },
  };
}

/**
 * Writes these in one transaction. A report that the journal refuses for its content would be refused for ever: it is
 * told in the log and not kept.
 *
 * @returns as `commit` of the journal
 */
export function commitWrites(
  journal: Journal,
  log: Log,
  writes: readonly JournalWrite[],
): (CodedError | null)[] {
  const refused = journal.commit(writes);
  refused.forEach((error, i) => {
    const write = writes[i];
    if (error === null || write?.kind !== 'report') return;
    const { attemptId, body } = write;
    log.error({ attemptId, kind: body.kind, code: error.code, err: error }, 'a report was not stored');
  });
  return refused;
}

/** The ends of attempts that OCS will never hear of, each with what it said, and how much there was in all. */
function tellLost(log: Log, lost: readonly ReportWrite[], error: unknown): void {
  for (const { attemptId, body } of lost) {
    if (body.kind === 'outcome') {
      const { result, status, reason } = body.outcome;
      log.error({ attemptId, result, status, reason }, 'the outcome of a call is lost');
    } else if (body.kind === 'hand_back') {
      log.error({ attemptId, reason: body.reason }, 'the hand-back of a request is lost');
    }
  }
  log.error(
    { reports: lost.length, err: error },
    'the journal could not be written: these reports are lost; the next start ends their attempts as after a crash',
  );
}
