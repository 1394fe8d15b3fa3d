import { chmodSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { CodedError } from '../domain/errors.ts';
import { ownerOf } from '../ocs/store/file-owner.ts';

/**
 * Keeps a second process away from a database file, by an exclusive lock on `<path>.lock` that the kernel takes
 * back when the holder dies, however it dies. Two diallers on one journal would each take the other's calls in
 * progress for those of a crash.
 *
 * @returns gives the lock back
 * @throws CodedError `code` when another process holds the lock, or the file cannot be made
 */
export function lockFile(path: string, code: 'JOURNAL_ERROR' | 'DATABASE_ERROR'): () => void {
  let lock: Database.Database | null = null;
  try {
    tighten(path);
    lock = new Database(`${path}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    const busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY') ?? false;
    const reason = busy
      ? `${path} is in use by another process`
      : `${path}.lock cannot be made (${error instanceof Error ? error.message : String(error)})${ownerOf(`${path}.lock`)}`;
    throw new CodedError(code, reason, {
      field: 'path',
      found: path,
      expected: busy ? 'a file of its own for each process' : 'a file in a folder that this user may write',
      cause: error,
    });
  }
  return () => lock.close();
}

/** Takes the rights of others, and the group's to write, from files that an older version or another umask made. */
function tighten(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`]) {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o027) !== 0) chmodSync(file, mode & 0o750);
  }
}
