import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/** The disk below the journal: what was committed until when has reached it. */
export interface JournalDisk {
  /** Calls back once what was committed until now is on the disk, or with the error when it is not. */
  onDisk(done: (error: Error | null) => void): void;
  /** The last report that is on the disk, by its number. */
  lastOnDisk(): number;
  /** Waits itself for what is committed. Nobody is called back any more. */
  close(): void;
}

/** Each commit waits for the disk itself: whatever is committed is on it. */
export const diskOfEachCommit: JournalDisk = {
  onDisk(done) {
    done(null);
  },
  lastOnDisk: () => Number.MAX_SAFE_INTEGER,
  close: () => undefined,
};

/**
 * Commits do not wait. A thread brings the write-ahead log to the disk, once for all that was committed while the
 * time before was under way, and the event loop goes on meanwhile.
 *
 * @param log the write-ahead log, which stays the same file as long as the database is open
 * @param lastReport the number of the last report that was committed
 * @param rewrite brings all that is in the log into the database's file, on the disk. A log that could not be brought
 *   there is not tried again: the system takes what it could not write for written.
 */
export function createDiskThread(
  log: string,
  lastReport: () => number,
  rewrite: () => void,
  sync: (file: number, done: (error: Error | null) => void) => void = fdatasync,
): JournalDisk {
  const file = openSync(log, 'r');
  let reached = 0;
  let waiting: ((error: Error | null) => void)[] = [];
  let isRunning = false;
  let isBroken = false;
  let closed = false;

  /** Begins to bring to the disk what there is. @throws what the database throws */
  const begin = (done: (error: Error | null) => void): void => {
    const last = lastReport();
    if (isBroken) rewrite();
    sync(file, (error) => {
      isBroken = error !== null;
      if (error === null) reached = last;
      done(error);
    });
  };
  const run = (): void => {
    isRunning = true;
    const asked = waiting;
    waiting = [];
    const ended = (error: Error | null) => {
      isRunning = false;
      if (closed) {
        closeSync(file);
        return;
      }
      if (waiting.length > 0) run();
      for (const done of asked) done(error);
    };
    try {
      begin(ended);
    } catch (error) {
      setImmediate(ended, error as Error);
    }
  };

  return {
    onDisk(done) {
      waiting.push(done);
      if (!isRunning) run();
    },
    lastOnDisk: () => reached,
    close() {
      if (closed) return;
      closed = true;
      fdatasyncSync(file);
      if (!isRunning) closeSync(file);
    },
  };
}
