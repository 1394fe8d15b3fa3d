import type { Database } from 'better-sqlite3';

/**
 * How long a transaction waits for the database's lock, which a transaction of another program has: somebody with an SQL
 * shell, a copy being made. Everybody waits with it, so the first one waits for a moment only, and while the lock is
 * kept the next ones do not wait at all.
 */
export interface WriteLock {
  /** A transaction failed. */
  refused(error: unknown): void;
  /** A transaction had the lock. */
  had(): void;
}

/** A short transaction of another program ends within it; no turn of the event loop is much longer. */
const patienceMs = 100;

export function createWriteLock(sqlite: Database): WriteLock {
  let patient = true;
  const wait = (ms: number) => {
    sqlite.pragma(`busy_timeout = ${String(ms)}`);
  };
  wait(patienceMs);
  return {
    refused: (error) => {
      if (!patient || !isLocked(error)) return;
      patient = false;
      wait(0);
    },
    had: () => {
      if (patient) return;
      patient = true;
      wait(patienceMs);
    },
  };
}

/** Whether another program has the database's lock. */
export function isLocked(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
