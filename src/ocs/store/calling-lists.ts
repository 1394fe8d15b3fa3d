import type { NewRecord } from '../lists/csv.ts';
import type { BadLine } from '../../api/fields.ts';
import { badCsv } from '../lists/csv-table.ts';
import type { OcsDatabase } from './database.ts';
import { isShown } from './hidden-records.ts';
import { createIdentify, highestNumbers } from './imports/record-identity.ts';
import { createRecordInsert, windowOf } from './imports/record-insert.ts';
import type { RecordCount, RecordRow, WindowRow } from './tables.ts';

/** The calling lists, each as a whole. */
export interface CallingLists {
  all(): { list: string; records: number }[];
  has(list: string): boolean;
  /**
   * Adds records to a list, in one transaction.
   *
   * @param strict refuses all when one would be there twice; else those are left out
   * @returns how many were added, and the lines that would be there twice
   * @throws CodedError BAD_CSV when strict
   */
  add(list: string, records: readonly NewRecord[], strict: boolean): { added: number; duplicates: BadLine[] };
  /** The daily windows that occur in a list. */
  windows(list: string): WindowRow[];
  /** How many records have each status, window and type: kept as they change, not counted now. */
  counts(list: string): RecordCount[];
  /** The whole list, a page at a time, by the number of the record. */
  page(list: string, after: number, limit: number): ListPage;
}

export interface ListPage {
  /** May be empty though more follow. */
  records: RecordRow[];
  /** What the next page comes after; null when there is none. */
  next: number | null;
}

export function createCallingLists(database: OcsDatabase): CallingLists {
  const { sqlite } = database;
  const listsOf = sqlite.prepare<[], { list: string; records: number }>(
    `select list, sum(records) records from record_counts where ${isShown} group by list having sum(records) > 0
     order by list`,
  );
  const hasOne = sqlite.prepare<[string]>(
    `select 1 from record_counts where list = ? and records > 0 and ${isShown} limit 1`,
  );
  const windowsOf = sqlite.prepare<[string], WindowRow>(
    'select * from windows where list = ? and import_id is null',
  );
  const countsOf = sqlite.prepare<[string], RecordCount>(
    `select record_status, window_id, record_type, records from record_counts
     where list = ? and records > 0 and ${isShown}`,
  );
  // Those that are hidden count for the page, so that none takes longer the more there are.
  const pageOf = sqlite.prepare<[string, number, number], RecordRow & { isShown: number }>(
    `select *, ${isShown} isShown from records where list = ? and record_id > ? order by record_id limit ?`,
  );
  const identify = createIdentify(database);
  const insert = createRecordInsert(database);
  const insertWindow = sqlite.prepare<[string, string | null, number | null, number | null, string]>(
    'insert into windows (list, tz, daily_from, daily_till, key) values (?, ?, ?, ?, ?)',
  );

  const windowIds = (list: string) => {
    const known = new Map(windowsOf.all(list).map((window) => [window.key, window.id]));
    return (record: NewRecord): number => {
      const { tz, from, till, key } = windowOf(record);
      const found = known.get(key);
      if (found !== undefined) return found;
      const id = Number(insertWindow.run(list, tz, from, till, key).lastInsertRowid);
      known.set(key, id);
      return id;
    };
  };

  return {
    all: () => listsOf.all(),
    has: (list) => hasOne.get(list) !== undefined,
    windows: (list) => windowsOf.all(list),
    counts: (list) => countsOf.all(list),
    page: (list, after, limit) => {
      const found = pageOf.all(list, after, limit);
      return {
        records: found.filter(({ isShown: shown }) => shown === 1),
        next: found.at(-1)?.record_id ?? null,
      };
    },
    add: (list, records, strict) =>
      database.transaction(() => {
        const { rows, duplicates } = identify(list, {
          records,
          highest: highestNumbers(records),
          importId: null,
        });
        if (strict && duplicates.length > 0) throw badCsv(duplicates);
        insert(list, rows, windowIds(list));
        return { added: rows.length, duplicates };
      }),
  };
}
