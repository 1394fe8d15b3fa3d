import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  openSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../domain/errors.ts';

/** What a call can be heard or known by: for nobody but its owner. */
export const ownerOnly = 0o600;

/**
 * Writes what an option names.
 *
 * @param mode of the file, also of one that was there before; as usual when absent
 * @throws CodedError BAD_ARGUMENT
 */
export function writeOption(option: string, file: string, content: string | Buffer, mode?: number): void {
  try {
    const open = openSync(file, 'w', mode);
    try {
      // A device is everybody's.
      if (mode !== undefined && fstatSync(open).isFile()) fchmodSync(open, mode);
      writeFileSync(open, content);
    } finally {
      closeSync(open);
    }
  } catch (error) {
    throw unwritable(option, file, error);
  }
}

/**
 * Refuses, before long work, what could not be written after it.
 *
 * @throws CodedError BAD_ARGUMENT
 */
export function checkWritable(option: string, file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK);
  } catch (error) {
    throw unwritable(option, file, error);
  }
}

function unwritable(option: string, file: string, error: unknown): CodedError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new CodedError('BAD_ARGUMENT', `--${option} ${file} cannot be written (${reason})`, {
    field: option,
    found: file,
    expected: 'a file in a folder that can be written',
    cause: error,
  });
}
