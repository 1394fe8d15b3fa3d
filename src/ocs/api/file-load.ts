import type { BadLine } from '../../api/fields.ts';
import type { Log } from '../../domain/log.ts';
import { nextTurn } from '../clock.ts';
import { csvSlices, type CsvSlice, type TwiceReadable } from '../lists/csv-slices.ts';
import type { Store } from '../store/store.ts';
import { enoughBad, type BadLines } from './bad-lines.ts';

/** Records or entries of broken-off imports that are taken away at a time. */
export const tidyAtOnce = 500;

/**
 * Reads a whole file, slice by slice, without writing anything of it.
 *
 * @param bad what is wrong with it, to be added to
 * @param each told what was read of a slice
 * @throws CodedError BAD_CSV with the first bad lines, unless bad lines are to be skipped
 */
export async function checkFile<Part extends { bad: readonly BadLine[] }>(
  { file, skipBad }: { file: TwiceReadable; skipBad: boolean },
  bad: BadLines,
  read: (slice: CsvSlice) => Part,
  each: (part: Part) => void,
): Promise<void> {
  for await (const slice of csvSlices(file.first())) {
    const part = read(slice);
    bad.add(part.bad);
    each(part);
    if (!skipBad && bad.count() >= enoughBad) break;
    await nextTurn();
  }
  if (!skipBad) bad.refuse();
}

/** What was written of a load that fails. */
interface Leftovers {
  /** For the log. */
  what: string;
  /** Nobody sees any of it from now on. */
  breakOff: () => void;
  /** Takes away some of it. @returns false when nothing is left */
  clear: (most: number) => boolean;
}

/**
 * Loads a file, of which nothing stays when that fails. What cannot be taken away at once is hidden, and taken away when
 * it can be.
 */
export async function allOrNothing<T>(
  { log, store }: { log: Log; store: Store },
  { what, breakOff, clear }: Leftovers,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (failure) {
    breakOff();
    try {
      while (clear(tidyAtOnce)) await store.ease();
    } catch (error) {
      log.error({ err: error }, `${what} cannot be taken away now; it is repeated`);
    }
    throw failure;
  }
}
