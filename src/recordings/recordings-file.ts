import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { parseRecordings, recordingsBytes, type StoredRecording } from '../board/known-recordings.ts';
import { CodedError } from '../domain/errors.ts';

/** Larger than 40,000 recordings can be, in bytes. */
const mostBytes = 80_000_000;

/** For cpdd and its group: what customers' telephones said can be known by it, not heard. */
const fileMode = 0o640;

/**
 * The known recordings of a file; none where there is no file yet.
 *
 * @throws CodedError BAD_RECORDINGS
 */
export function readKnownRecordings(path: string): StoredRecording[] {
  let bytes: Buffer;
  try {
    bytes = readBounded(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    if (reason === 'ENOENT') return [];
    throw unusable(path, 'read', reason, error);
  }
  return parseRecordings(path, bytes);
}

function readBounded(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new Error('no regular file');
    if (found.size > mostBytes) throw new Error(`${found.size} bytes, at most ${mostBytes}`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads, changes and writes the file while no other process does so. The new file is written beside the old one and
 * renamed into its place; who had the old one open reads on in that. Returns what `change` returned; nothing is
 * written where it returns null for the list or throws.
 *
 * @throws CodedError BAD_RECORDINGS, and what `change` throws
 */
export function changeKnownRecordings<T>(
  path: string,
  change: (recordings: StoredRecording[]) => { recordings: StoredRecording[] | null; result: T },
): T {
  return asFolderOwner(path, () => {
    const unlock = lock(path);
    try {
      const { recordings, result } = change(readKnownRecordings(path));
      if (recordings !== null) replaceFile(path, recordingsBytes(recordings));
      return result;
    } finally {
      unlock();
    }
  });
}

/**
 * With the rights of the folder's owner, where an administrator is here: who may write to the folder may have put links
 * there to files that only the administrator may touch.
 */
function asFolderOwner<T>(path: string, work: () => T): T {
  const owner = otherOwner(path);
  const { getgid, getgroups, setgroups, setegid, seteuid } = process;
  if (owner === null || !getgid || !getgroups || !setgroups || !setegid || !seteuid) return work();
  const [gid, groups] = [getgid(), getgroups()];
  setgroups([owner.gid]);
  setegid(owner.gid);
  seteuid(owner.uid);
  try {
    return work();
  } finally {
    seteuid(0);
    setegid(gid);
    setgroups(groups);
  }
}

/** Whether the file is changed with the rights of another user, which a process can take and a thread of one cannot. */
export function needsOwnersRights(path: string): boolean {
  return otherOwner(path) !== null;
}

/** The folder's owner, where this is root and the owner is not. */
function otherOwner(path: string): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const owner = lstatSync(dirname(path), { throwIfNoEntry: false });
  return owner === undefined || owner.uid === 0 ? null : owner;
}

/** Who changes the file now is done so soon, in ms. */
const lockWaitMs = 500;

/**
 * Keeps other processes from changing the file, by a lock on `<path>.lock` that the kernel takes back when this one
 * ends.
 */
function lock(path: string): () => void {
  let held: Database.Database | null = null;
  try {
    makeLock(path);
    held = new Database(`${path}.lock`, { timeout: lockWaitMs });
    held.exec('BEGIN EXCLUSIVE');
    return () => held?.close();
  } catch (error) {
    held?.close();
    throw unusable(path, 'changed', (error as { code?: string }).code ?? String(error), error);
  }
}

/** The file of the lock; an error where something else than a file is in its place. */
function makeLock(path: string): void {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(`${path}.lock`, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, fileMode);
  try {
    if (!fstatSync(file).isFile()) throw new Error('no regular file');
    keepOwner(path, file);
  } finally {
    closeSync(file);
  }
}

/** @throws CodedError BAD_RECORDINGS if the file cannot be written; the old one is as it was */
function replaceFile(path: string, bytes: Uint8Array): void {
  const beside = `${path}.${randomBytes(8).toString('hex')}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  let made = false;
  try {
    const file = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, fileMode);
    made = true;
    try {
      fchmodSync(file, fileMode);
      writeFileSync(file, bytes);
      keepOwner(path, file);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    if (made) rmSync(beside, { force: true });
    throw unusable(path, 'written', (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}

/** In a folder of the administrator's, what cpdd has to read stays cpdd's. */
function keepOwner(path: string, file: number): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = lstatSync(path, { throwIfNoEntry: false }) ?? lstatSync(dirname(path));
  fchownSync(file, uid, gid);
}

function unusable(path: string, what: string, reason: string, cause: unknown): CodedError {
  return new CodedError('BAD_RECORDINGS', `${path} cannot be ${what} (${reason})`, {
    field: 'file',
    found: `${path} (${reason})`,
    expected: 'a file in a folder that this user may read and write',
    cause,
  });
}
