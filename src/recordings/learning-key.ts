import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CodedError } from '../domain/errors.ts';

const keyBytes = 32;

/**
 * The key of the numbers' hashes, made where there is none. Kept, so that a number counts once however often the daemon
 * is started; whole or not there, so that none is ever hashed without one.
 *
 * @throws CodedError BAD_RECORDINGS for a file of another length, or an error of the system
 */
export function readLearningKey(path: string): Buffer {
  const beside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    const file = openSync(beside, 'wx', 0o600);
    try {
      writeFileSync(file, randomBytes(keyBytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  const key = readFileSync(path);
  if (key.length === keyBytes) return key;
  throw new CodedError('BAD_RECORDINGS', `${path} has ${key.length} bytes, not ${keyBytes}`, {
    field: 'file',
    found: `${key.length} bytes`,
    expected: `a key of ${keyBytes} bytes; without the file a new one is made`,
  });
}
