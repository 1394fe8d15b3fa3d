import type { Log } from '../../domain/log.ts';
import { nextTurn } from '../clock.ts';
import type { ColumnMap } from '../lists/columns.ts';
import { csvSlices, type TwiceReadable } from '../lists/csv-slices.ts';
import { dncReader, type NewDncEntry } from '../lists/dnc-csv.ts';
import type { Cancels } from '../records/cancels.ts';
import type { NewEntry } from '../store/dnc-entries.ts';
import type { BatchCounts } from '../store/imports/dnc-batch-insert.ts';
import type { Store } from '../store/store.ts';
import { createBadLines, type BadLines } from './bad-lines.ts';
import { allOrNothing, checkFile } from './file-load.ts';

export interface DncFileParts {
  cancels: Cancels;
  log: Log;
  store: Store;
}

export interface DncFile {
  file: TwiceReadable;
  map: ColumnMap;
  /** Loads the good lines though others are bad. */
  skipBad: boolean;
  /** When entries were made that do not say it, ms since 1970. */
  atMs: number;
}

export interface DncFileCounts extends BatchCounts {
  /** Good lines. */
  entries: number;
  bad: BadLines;
}

/** Entries that are counted at a time. */
const countAtOnce = 500;

/**
 * Puts a file on the Do Not Call list in slices; others are served between them. None of it counts before all is there,
 * and nothing of a file that is refused stays.
 *
 * @throws CodedError BAD_CSV with the first bad lines, unless bad lines are to be skipped; IMPORT_RUNNING;
 *   BAD_ARGUMENT when there is a batch of that name
 */
export async function loadDncFile(
  parts: DncFileParts,
  dncFile: DncFile,
  batch: string,
): Promise<DncFileCounts> {
  const { cancels, store } = parts;
  const pending = store.dncBatches.begin(batch, dncFile.atMs);
  const leftovers = {
    what: 'hidden entries of Do Not Call',
    breakOff: () => {
      pending.breakOff();
    },
    clear: (most: number) => pending.clear(most),
  };
  return allOrNothing(parts, leftovers, async () => {
    const checked = await check(dncFile, (lines) => pending.read(lines));
    const sum: BatchCounts = { numbers: 0, customers: 0 };
    for await (const entries of goodEntries(dncFile)) {
      const { numbers, customers } = pending.add(entries);
      sum.numbers += numbers;
      sum.customers += customers;
      await store.ease();
    }
    store.transaction(() => {
      pending.finish();
      cancels.forbidden();
    });
    return { ...checked, ...sum };
  });
}

/** What {@link loadDncFile} would do, without doing it; also how many of the numbers wait to be called. */
export async function rehearseDncFile(
  { store }: DncFileParts,
  dncFile: DncFile,
  batch: string | undefined,
): Promise<DncFileCounts & { waiting: number }> {
  const rehearsal = store.dncBatches.rehearse(batch);
  try {
    const checked = await check(dncFile);
    const sum = { numbers: 0, customers: 0, waiting: 0 };
    for await (const entries of goodEntries(dncFile)) {
      const { numbers, customers, waiting } = rehearsal.add(entries);
      sum.numbers += numbers;
      sum.customers += customers;
      sum.waiting += waiting;
      await nextTurn();
    }
    return { ...checked, ...sum };
  } finally {
    rehearsal.close();
  }
}

/**
 * Takes a batch back: its entries count no more, and are taken away later.
 *
 * @returns how many entries count no more; null when there is no such batch
 */
export async function undoDncBatch({ store }: DncFileParts, batch: string): Promise<number | null> {
  const { dncBatches } = store;
  let removed = 0;
  for (let after: number | null = 0; after !== null;) {
    const part = dncBatches.own(batch, after, countAtOnce);
    if (part === null) return null;
    removed += part.entries;
    after = part.next;
    await nextTurn();
  }
  return dncBatches.undo(batch) ? removed : null;
}

async function check(
  dncFile: DncFile,
  tell: (lines: number) => void = () => undefined,
): Promise<{ entries: number; bad: BadLines }> {
  const bad = createBadLines();
  let count = 0;
  await checkFile(dncFile, bad, dncReader(dncFile.map), ({ entries, bad: lines }) => {
    count += entries.length;
    tell(entries.length + lines.length);
  });
  return { entries: count, bad };
}

async function* goodEntries({ file, map, atMs }: DncFile): AsyncGenerator<NewEntry[]> {
  const read = dncReader(map);
  for await (const slice of csvSlices(file.again())) {
    const { entries } = read(slice);
    yield entries.map((entry) => newEntry(entry, atMs));
  }
}

function newEntry({ createdAt, line: _line, ...entry }: NewDncEntry, atMs: number): NewEntry {
  return { ...entry, atMs: createdAt === undefined ? atMs : createdAt * 1_000 };
}
