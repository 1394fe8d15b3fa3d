import { createWriteStream, lstatSync, renameSync, rmSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CodedError } from '../../domain/errors.ts';
import { columnMapQuerySchema, type BadLine } from '../../api/fields.ts';
import { transferProgress } from '../../terminal/transfer-progress.ts';
import { brokenOff, refusal, send, type Endpoint } from '../admin/admin-client.ts';

/** On stderr, as compilers do. */
export function tellBadLine(file: string, { line, field, found, expected }: BadLine): void {
  process.stderr.write(`${file}:${line}: ${field}: found ${JSON.stringify(found)}, expected ${expected}\n`);
}

/** Writes what a GET answers to a file, or to standard output without one. */
export async function download(endpoint: Endpoint, path: string, file: string | undefined): Promise<void> {
  const reply = await send(endpoint, path);
  if (!reply.ok) throw await refusal(endpoint, reply);
  const progress = transferProgress('written');
  const counted = new Transform({
    transform: (chunk: Uint8Array, _encoding, next) => {
      // The records themselves are on the terminal.
      if (file !== undefined || !process.stdout.isTTY) progress.bytes(chunk);
      next(null, chunk);
    },
  });
  try {
    await write(endpoint, Readable.from(reply.body ?? []), counted, file);
  } finally {
    progress.end();
  }
}

async function write(
  endpoint: Endpoint,
  body: Readable,
  counted: Transform,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) {
    try {
      await pipeline(body, counted, process.stdout, { end: false });
    } catch (error) {
      // Nobody reads it any more: as with any program in a pipe.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw error;
      throw brokenOff(endpoint, error);
    }
    return;
  }
  // Beside it, so that a file of that name stays whole until the new one is.
  const part = `${file}.${String(process.pid)}.part`;
  try {
    if (isPlain(file)) {
      await pipeline(body, counted, createWriteStream(part));
      renameSync(part, file);
    } else {
      await pipeline(body, counted, createWriteStream(file));
    }
  } catch (error) {
    rmSync(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw brokenOff(endpoint, error);
    throw new CodedError('BAD_ARGUMENT', `${file} cannot be written (${code})`, {
      field: 'out',
      found: file,
      expected: 'a file that this user may write',
      cause: error,
    });
  }
}

/** No device and no pipe: those are written as they are. */
function isPlain(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
}

export const mapOption = {
  type: 'string',
  array: true,
  requiresArg: true,
  // Not the rest of the line: files follow.
  nargs: 1,
  default: [] as string[],
  describe: "What a column with another name is, e.g. 'Telefon=phone'; as often as needed",
} as const;

export const skipBadOption = {
  type: 'boolean',
  default: false,
  describe: 'Load good lines though others are bad',
} as const;

export const escapeFormulasOption = {
  type: 'boolean',
  default: false,
  describe: 'For a spreadsheet: cells that it would take for formulas become text',
} as const;

/** The columns of a file by its names for them. @throws CodedError BAD_ARGUMENT */
export function columnMap(given: readonly string[]): Record<string, string> {
  const read = columnMapQuerySchema.safeParse([...given]);
  if (read.success) return read.data;
  throw new CodedError('BAD_ARGUMENT', `--map ${given.join(' ')} is not a map of columns`, {
    field: 'map',
    found: given,
    expected: 'NAME IN THE FILE=COLUMN, e.g. Telefon=phone',
  });
}

/** `?skipBad=1&map=Telefon%3Dphone`; what is undefined or false is left out. */
export function queryOf(asked: Record<string, string | boolean | readonly string[] | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || value === false) continue;
    for (const each of [value].flat()) query.append(name, each === true ? '1' : String(each));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** Lines that were left out, on stderr. @returns how many */
export function tellSkipped(file: string, { skipped, moreSkipped = 0 }: Skipped): number {
  for (const line of skipped) tellBadLine(file, line);
  if (moreSkipped > 0) process.stderr.write(`${file}: ${String(moreSkipped)} more lines skipped\n`);
  return skipped.length + moreSkipped;
}

interface Skipped {
  skipped: readonly BadLine[];
  moreSkipped?: number | undefined;
}

/** The bad lines for which a file was refused, on stderr. */
export function tellRefused(file: string, error: { lines?: BadLine[]; moreLines?: number }): void {
  for (const line of error.lines ?? []) tellBadLine(file, line);
  const { moreLines = 0 } = error;
  if (moreLines > 0) process.stderr.write(`${file}: ${String(moreLines)} more bad lines\n`);
}
