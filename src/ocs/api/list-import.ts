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

export interface Imported {
  /** Records. */
  added: number;
  skipped: BadLines;
}

/** Records of chains whose lines lie apart, added at once. */
const chainsAtOnce = 400;

/**
 * Imports a calling list in slices; others are served between them. None of it is seen or dialled before all is there,
 * and nothing of a list that is refused stays.
 *
 * @param last what belongs to the import and fails with it, in the same transaction as its end
 * @param each told what is added
 * @throws CodedError BAD_CSV with the first bad lines, unless bad lines are to be skipped; IMPORT_RUNNING;
 *   DATABASE_ERROR
 */
export async function importList(
  parts: ImportParts,
  toImport: ListToImport,
  last: (done: Imported) => void = () => undefined,
  each: (records: readonly NewRecord[]) => void = () => undefined,
): Promise<Imported> {
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
      return await readTwice(parts.store, toImport, pending, sorter, { last, each });
    } finally {
      sorter.close();
    }
  });
}

/** What a rehearsal gave; its import is taken back like one that is refused. */
class Rehearsed extends Error {
  readonly result: Imported & { doNotCall: number };

  constructor(result: Rehearsed['result']) {
    super('taken back on purpose');
    this.result = result;
  }
}

/**
 * Imports a list and takes it back: how many records it would add, which lines are bad, and how many of the numbers are
 * on Do Not Call.
 *
 * @throws CodedError IMPORT_RUNNING, DATABASE_ERROR; BAD_CSV when no line can be read
 */
export async function rehearseList(
  parts: ImportParts,
  toImport: ListToImport,
): Promise<Imported & { doNotCall: number }> {
  const { store } = parts;
  let doNotCall = 0;
  const count = (records: readonly NewRecord[]) => {
    for (const { phone } of records) if (store.doNotCall.forbids(phone, null) !== null) doNotCall += 1;
  };
  const end = (result: Imported) => {
    throw new Rehearsed({ ...result, doNotCall });
  };
  try {
    await importList(parts, { ...toImport, skipBad: true }, end, count);
  } catch (error) {
    if (error instanceof Rehearsed) return error.result;
    throw error;
  }
  throw new Error('a rehearsal was not taken back');
}

async function readTwice(
  store: Store,
  toImport: ListToImport,
  pending: ListImport,
  sorter: ChainSorter,
  { each, last }: { last: (done: Imported) => void; each: (records: readonly NewRecord[]) => void },
): Promise<Imported> {
  const { file, skipBad, options } = toImport;
  const bad = createBadLines();
  const highest = await check(toImport, pending, sorter, bad);
  let added = 0;
  for await (const records of wholeChains(file, options, sorter)) {
    const part = pending.add({ records, highest });
    added += part.added;
    const leftOut = new Set(part.duplicates.map(({ line }) => line));
    each(records.filter(({ line }) => !leftOut.has(line)));
    bad.add(part.duplicates);
    if (!skipBad && bad.count() >= enoughBad) break;
    await store.ease();
  }
  if (!skipBad) bad.refuse();
  store.transaction(() => {
    pending.finish();
    last({ added, skipped: bad });
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
