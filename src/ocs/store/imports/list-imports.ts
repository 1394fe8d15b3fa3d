import type { BadLine, ImportProgress } from '../../../api/fields.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { NewRecord } from '../../lists/csv.ts';
import type { OcsDatabase } from '../database.ts';
import { createIdentify, type Part } from './record-identity.ts';
import { createRecordInsert, windowOf } from './record-insert.ts';
import type { WindowRow } from '../tables.ts';

/**
 * Imports in slices. The records of an import that goes on are in the list, under windows of their own, and hidden:
 * nobody sees or dials one before all are there, and the last step is a small one.
 */
export interface ListImports {
  /**
   * One at a time for a list.
   * @throws CodedError IMPORT_RUNNING
   */
  begin(list: string): ListImport;
  progress(list: string): ImportProgress;
  /**
   * Takes away some of what imports that were broken off left in a list; another import must not meet it.
   * @returns false when nothing is left
   */
  clear(list: string, most: number): boolean;
  /**
   * Some of what is left to do after imports: takes away records of those that were broken off, and gives those of
   * finished ones the windows of the records before them.
   * @returns false when nothing is left
   */
  tidy(most: number): boolean;
}

export interface ListImport {
  /** Some more lines were checked. */
  read(lines: number): void;
  /** Adds a part, whole chains each, in one transaction. @returns how many, and the lines that would be there twice */
  add(part: Omit<Part, 'importId'>): { added: number; duplicates: BadLine[] };
  /** All are there: from now on they are dialled. Part of the caller's transaction. */
  finish(): void;
  /** Its records are taken away by {@link ListImports.clear} and {@link ListImports.tidy}. */
  breakOff(): void;
}

/** What the key of a window of an import has behind that of a window as usual. */
const mark = '#';

export function createListImports(database: OcsDatabase): ListImports {
  const { sqlite } = database;
  const identify = createIdentify(database);
  const insert = createRecordInsert(database);
  const highestId = sqlite.prepare<[], { id: number | null }>('select max(id) id from windows');
  const addWindow = sqlite.prepare<[string, string | null, number | null, number | null, string, number]>(
    'insert into windows (list, tz, daily_from, daily_till, key, import_id) values (?, ?, ?, ?, ?, ?)',
  );
  const windowsOf = sqlite.prepare<[number], WindowRow>('select * from windows where import_id = ?');
  const open = sqlite.prepare<[number]>('update windows set import_id = null where import_id = ?');
  const rename = sqlite.prepare<[string, number]>('update windows set key = ? where id = ?');
  // Not deleted: that would look for its records in the whole table.
  const retire = sqlite.prepare<[number]>(
    `update windows set list = '', import_id = null, key = 'retired ' || id where id = ?`,
  );
  const marked = sqlite.prepare<[], WindowRow>(`select * from windows where key like '%${mark}%'`);
  const twinOf = sqlite.prepare<[string, string], { id: number }>(
    'select id from windows where list = ? and key = ? and import_id is null',
  );
  const some = `handle in (select handle from records where list = @list and record_status = @status
    and window_id = @window limit @most)`;
  const drop = sqlite.prepare(`delete from records where ${some}`);
  const move = sqlite.prepare(`update records set window_id = @twin where ${some}`);
  const usualKey = (key: string) => key.slice(0, key.indexOf(mark));
  /** Imports under way, by their lists. */
  const going = new Map<string, { id: number; read: number; added: number }>();

  /** @returns how many records it found; statuses are numbers from 0 to 9 */
  const eachStatus = (
    window: WindowRow,
    most: number,
    run: (what: object) => { changes: number },
  ): number => {
    let done = 0;
    for (let status = 0; status <= 9 && done < most; status += 1) {
      done += run({ list: window.list, status, window: window.id, most: most - done }).changes;
    }
    return done;
  };

  const isGoing = ({ list, import_id: id }: WindowRow) => id !== null && going.get(list)?.id === id;

  /** One slice of work on a window whose import is over. */
  const settle = (window: WindowRow, most: number) => {
    database.transaction(() => {
      const twin = twinOf.get(window.list, usualKey(window.key))?.id;
      if (window.import_id === null && twin === undefined) {
        rename.run(usualKey(window.key), window.id);
        return;
      }
      const left = eachStatus(window, most, (what) =>
        window.import_id === null ? move.run({ ...what, twin }) : drop.run(what),
      );
      if (left < most) retire.run(window.id);
    });
  };

  return {
    begin: (list) => {
      if (going.has(list)) {
        throw new CodedError('IMPORT_RUNNING', `an import into the list ${list} is under way`, {
          field: 'list',
          found: list,
          expected: 'one import at a time into a list: again when that one is done',
        });
      }
      // Windows are never deleted: no other import has or had this number.
      const id = Math.max(highestId.get()?.id ?? 0, ...[...going.values()].map((other) => other.id)) + 1;
      const own = { id, read: 0, added: 0 };
      going.set(list, own);
      const windowIds = new Map<string, number>();
      const windowId = (record: NewRecord): number => {
        const { tz, from, till, key } = windowOf(record);
        const known = windowIds.get(key);
        if (known !== undefined) return known;
        const { lastInsertRowid } = addWindow.run(list, tz, from, till, `${key}${mark}${String(id)}`, id);
        database.memory.keepEntry(windowIds, key);
        windowIds.set(key, Number(lastInsertRowid));
        return Number(lastInsertRowid);
      };
      return {
        read: (lines) => (own.read += lines),
        add: (part) =>
          database.slice(() => {
            const { rows, duplicates } = identify(list, { ...part, importId: id });
            insert(list, rows, windowId);
            database.memory.afterwards(() => (own.added += rows.length));
            return { added: rows.length, duplicates };
          }),
        finish: () => {
          for (const window of windowsOf.all(id)) {
            const key = usualKey(window.key);
            if (twinOf.get(list, key) === undefined) rename.run(key, window.id);
          }
          open.run(id);
          database.memory.afterwards(() => going.delete(list));
        },
        breakOff: () => {
          going.delete(list);
        },
      };
    },
    progress: (list) => {
      const { read = 0, added = 0 } = going.get(list) ?? {};
      return { running: going.has(list), read, added };
    },
    clear: (list, most) => {
      const left = marked
        .all()
        .find((window) => window.list === list && window.import_id !== null && !isGoing(window));
      if (left !== undefined) settle(left, most);
      return left !== undefined;
    },
    tidy: (most) => {
      const window = marked.all().find((each) => !isGoing(each));
      if (window !== undefined) settle(window, most);
      return window !== undefined;
    },
  };
}
