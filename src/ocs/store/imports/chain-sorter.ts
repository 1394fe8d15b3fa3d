import type { NewRecord } from '../../lists/csv.ts';
import { openScratch } from './scratch-database.ts';

/**
 * Brings the numbers of a chain together though their lines lie apart in a file, on the disk: a file may have any number
 * of chains. What it holds is gone with it, however the process ends.
 */
export interface ChainSorter {
  /**
   * First reading: some records as they follow each other in the file, and at its end null.
   * @returns the record with which a chain becomes too long, if one does
   */
  note(records: readonly NewRecord[] | null): NewRecord | null;
  /** Second reading: whether lines of the record's chain lie apart. */
  isApart(record: NewRecord): boolean;
  put(record: NewRecord): void;
  /** All that was put, chain by chain, each in the order of its lines. */
  sorted(): Iterable<NewRecord>;
  /** Can be called twice. */
  close(): void;
}

/** Numbers of one customer: more are a column of something else. */
export const longestChain = 1_000;

/** The chain that a line names: a record without one is the first number of the chain of its own number. */
export function chainOf(record: NewRecord): number | undefined {
  return record.chain_id ?? record.record_id;
}

export function createChainSorter(): ChainSorter {
  const sqlite = openScratch(`
    create table chains (chain integer primary key, records integer not null, runs integer not null);
    create table apart (chain integer not null, line integer not null, record text not null,
      primary key (chain, line)) without rowid
  `);
  const count = sqlite.prepare<[number, number], { records: number; runs: number }>(
    `insert into chains values (?, ?, 1)
     on conflict do update set records = records + excluded.records, runs = runs + 1 returning records, runs`,
  );
  const apart = sqlite.prepare<[number]>('select 1 from chains where chain = ? and runs > 1');
  const putOne = sqlite.prepare<[number, number, string]>('insert into apart values (?, ?, ?)');
  const all = sqlite.prepare<[], { record: string }>('select record from apart order by chain, line');
  let anyApart = false;
  let last: NewRecord | null = null;
  let run = 0;

  const endRun = (): NewRecord | null => {
    const ended = last;
    const chain = ended === null ? undefined : chainOf(ended);
    if (chain === undefined) return null;
    const { records = 0, runs = 0 } = count.get(chain, run) ?? {};
    anyApart ||= runs > 1;
    return records > longestChain ? ended : null;
  };

  return {
    note: (records) => {
      for (const record of records ?? [null]) {
        if (
          record !== null &&
          last !== null &&
          chainOf(record) !== undefined &&
          chainOf(record) === chainOf(last)
        ) {
          run += 1;
          last = record;
          if (run > longestChain) return record;
          continue;
        }
        const long = endRun();
        if (long !== null) return long;
        last = record;
        run = 1;
      }
      return null;
    },
    isApart: (record) => {
      const chain = chainOf(record);
      return anyApart && chain !== undefined && apart.get(chain) !== undefined;
    },
    put: (record) => {
      putOne.run(chainOf(record) ?? 0, record.line, JSON.stringify(record));
    },
    sorted: function* () {
      for (const { record } of all.iterate()) yield JSON.parse(record) as NewRecord;
    },
    close: () => {
      if (sqlite.open) sqlite.close();
    },
  };
}
