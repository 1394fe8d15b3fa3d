import { createWriteStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '../domain/errors.ts';
import type { BadLine } from '../ocs/csv-table.ts';
import { refusal, send, type Endpoint } from './admin-client.ts';

/** On stderr, as compilers do. */
export function tellBadLine(file: string, { line, field, found, expected }: BadLine): void {
  process.stderr.write(`${file}:${line}: ${field}: found ${JSON.stringify(found)}, expected ${expected}\n`);
}

/** @throws CodedError NO_SUCH_FILE */
export function readCsv(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${file} cannot be read (${reason})`, {
      field: 'csv',
      found: file,
      expected: 'a readable CSV file',
      cause: error,
    });
  }
}

/** Writes what a GET answers to a file, or to standard output without one. */
export async function download(endpoint: Endpoint, path: string, file: string | undefined): Promise<void> {
  const reply = await send(endpoint, path);
  if (!reply.ok) throw await refusal(endpoint, reply);
  const body = Readable.from(reply.body ?? []);
  if (file === undefined) {
    for await (const chunk of body) process.stdout.write(chunk as Uint8Array);
    return;
  }
  try {
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CodedError('BAD_ARGUMENT', `${file} cannot be written (${code})`, {
      field: 'out',
      found: file,
      expected: 'a file that this user may write',
      cause: error,
    });
  }
}
