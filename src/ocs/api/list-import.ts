import type { Log } from '../../domain/log.ts';
import { badCsv } from '../lists/csv-table.ts';
import { csvSlices, type TwiceReadable } from '../lists/csv-slices.ts';
import { listReader, type ListOptions, type NewRecord } from '../lists/csv.ts';
import { chainOf, createChainSorter, longestChain, type ChainSorter } from '../store/imports/chain-sorter.ts';
import type { ListImport } from '../store/imports/list-imports.ts';
import { highestNumbers, type HighestNumbers } from '../store/imports/record-identity.ts';
import type { Store } from '../store/store.ts';
import { nextTurn } from '../clock.ts';
import { createBadLines, enoughBad, type BadLines } from './bad-lines.ts';
import { allOrNothing, checkFile, tidyAtOnce } from './file-load.ts';

export interface ImportParts {
  log: Log;
  store: Store;
}

export interface ListToImport {
  list: string;
  file: TwiceReadable;
  /** Imports the good lines though others are bad. */
  skipBad: boolean;
  options: ListOptions;
}

/** Records of chains whose lines lie apart, added at once. */
const chainsAtOnce = 400;

/**
 * Imports a calling list in slices; others are served between them. None of it is seen or dialled before all is there,
 * and nothing of a list that is refused stays.
 *
 * @param last what belongs to the import and fails with it, in the same transaction as its end
 * @throws CodedError BAD_CSV with the first bad lines, unless bad lines are to be skipped; IMPORT_RUNNING;
 *   DATABASE_ERROR
 */
export async function importList(
  parts: ImportParts,
  toImport: ListToImport,
  last: () => void = () => undefined,
): Promise<{ added: number; skipped: BadLines }> {
  const { list } = toImport;
  const { imports } = parts.store;
  const pending = imports.begin(list);
  const clear = (most: number) => imports.clear(list, most);
  const leftovers = {
    what: 'records of a refused import',
    breakOff: () => {
      pending.breakOff();
    },
    clear,
  };
  return allOrNothing(parts, leftovers, async () => {
    const sorter = createChainSorter();
    try {
      // What an earlier one left when it was broken off would be taken for records of the list.
      while (clear(tidyAtOnce)) await parts.store.ease();
      return await readTwice(parts.store, toImport, pending, sorter, last);
    } finally {
      sorter.close();
    }
  });
}

async function readTwice(
  store: Store,
  toImport: ListToImport,
  pending: ListImport,
  sorter: ChainSorter,
  last: () => void,
): Promise<{ added: number; skipped: BadLines }> {
  const { file, skipBad, options } = toImport;
  const bad = createBadLines();
  const highest = await check(toImport, pending, sorter, bad);
  let added = 0;
  for await (const records of wholeChains(file, options, sorter)) {
    const part = pending.add({ records, highest });
    added += part.added;
    bad.add(part.duplicates);
    if (!skipBad && bad.count() >= enoughBad) break;
    await store.ease();
  }
  if (!skipBad) bad.refuse();
  store.transaction(() => {
    pending.finish();
    last();
  });
  return { added, skipped: bad };
}

/** @returns the highest numbers of the file's records */
async function check(
  toImport: ListToImport,
  pending: ListImport,
  sorter: ChainSorter,
  bad: BadLines,
): Promise<HighestNumbers> {
  let highest = highestNumbers([]);
  await checkFile(toImport, bad, listReader(toImport.options), ({ records, bad: lines }) => {
    pending.read(records.length + lines.length);
    highest = highestNumbers(records, highest);
    refuseLongChain(sorter.note(records));
  });
  refuseLongChain(sorter.note(null));
  return highest;
}

/** A chain is dealt with as a whole, here and with each of its calls. */
function refuseLongChain(record: NewRecord | null): void {
  if (record === null) return;
  const expected = `at most ${String(longestChain)} numbers in a chain: those of one customer`;
  throw badCsv([{ line: record.line, field: 'chain_id', found: String(record.chain_id), expected }]);
}

/** The good records in parts; no chain lies in two of them. */
async function* wholeChains(
  file: TwiceReadable,
  options: ListOptions,
  sorter: ChainSorter,
): AsyncGenerator<NewRecord[]> {
  const read = listReader(options);
  let part: NewRecord[] = [];
  for await (const slice of csvSlices(file.again())) {
    const { records } = read(slice);
    for (const record of records) {
      if (sorter.isApart(record)) sorter.put(record);
      else part.push(record);
    }
    const last = part.at(-1);
    const open = last === undefined ? undefined : chainOf(last);
    const end = open === undefined ? part.length : part.findIndex((record) => chainOf(record) === open);
    if (end > 0) yield part.slice(0, end);
    if (end > 0) part = part.slice(end);
    // A slice of which nothing is added now takes its time all the same.
    else await nextTurn();
  }
  let chain: number | undefined;
  for (const record of sorter.sorted()) {
    if (part.length >= chainsAtOnce && chainOf(record) !== chain) {
      yield part;
      part = [];
    }
    chain = chainOf(record);
    part.push(record);
  }
  if (part.length > 0) yield part;
}
