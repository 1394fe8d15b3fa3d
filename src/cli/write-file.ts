import { writeFileSync } from 'node:fs';
import { CodedError } from '../domain/errors.ts';

/**
 * Writes what an option names.
 *
 * @throws CodedError BAD_ARGUMENT
 */
export function writeOption(option: string, file: string, content: string | Buffer, mode = 0o666): void {
  try {
    writeFileSync(file, content, { mode });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CodedError('BAD_ARGUMENT', `--${option} ${file} cannot be written (${reason})`, {
      field: option,
      found: file,
      expected: 'a file in a folder that can be written',
      cause: error,
    });
  }
}
