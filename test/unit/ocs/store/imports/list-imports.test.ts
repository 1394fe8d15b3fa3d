import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCallingList } from '../../../../../src/ocs/lists/csv.ts';
import { openDatabase, type OcsDatabase } from '../../../../../src/ocs/store/database.ts';
import { createListImports, type ListImports } from '../../../../../src/ocs/store/imports/list-imports.ts';

let folder: string;
let database: OcsDatabase;
let imports: ListImports;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-imports-'));
  database = openDatabase(join(folder, 'ocs.db'));
  imports = createListImports(database);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Records with numbers from `first` on; odd ones in one time zone, even ones in another. */
function part(first: number, count: number) {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = String(5_550_000 + first + index);
    return `${number},${index % 2 === 0 ? 'UTC' : 'Europe/Berlin'}\n`;
  });
  const { records } = parseCallingList(`phone,tz\n${lines.join('')}`);
  return { records, highest: { record: 0, chain: 0 } };
}
function add(list: string, first: number, count: number) {
  const pending = imports.begin(list);
  pending.add(part(first, count));
  return pending;
}
const finish = (pending: { finish: () => void }) => {
  database.transaction(() => {
    pending.finish();
  });
};
/** How many calls of `tidy` found something to do. */
function tidyAll(most: number): number {
  let slices = 0;
  while (imports.tidy(most)) slices += 1;
  return slices;
}
const windows = (list: string) =>
  database.sqlite
    .prepare<[string], { key: string; records: number; hidden: number }>(
      `select key, import_id is not null hidden,
         (select count(*) from records where window_id = windows.id and list = windows.list) records
       from windows where list = ? order by id`,
    )
    .all(list);
const utc = '["UTC",null,null]';
const berlin = '["Europe/Berlin",null,null]';

describe('the windows of an import', () => {
  it('are those of the list when it is the first, and nothing is left to do', () => {
    const pending = add('l', 1, 5);
    expect(windows('l')).toEqual([
      { key: `${utc}#1`, records: 3, hidden: 1 },
      { key: `${berlin}#1`, records: 2, hidden: 1 },
    ]);
    expect(tidyAll(10)).toBe(0);
    finish(pending);
    expect(windows('l')).toEqual([
      { key: utc, records: 3, hidden: 0 },
      { key: berlin, records: 2, hidden: 0 },
    ]);
    expect(tidyAll(10)).toBe(0);
  });

  it('are given up for those that the list had, with the records in all statuses, a slice at a time', () => {
    finish(add('l', 1, 1));
    finish(add('l', 100, 9));
    // Each status from 0 to 9 once: those of calls that were made meanwhile too.
    database.sqlite.exec('update records set record_status = handle % 10');
    expect(windows('l')).toEqual([
      { key: utc, records: 1, hidden: 0 },
      { key: `${utc}#2`, records: 5, hidden: 0 },
      { key: berlin, records: 4, hidden: 0 },
    ]);
    // Two at a time: the third finds one, and so that none is left.
    expect(tidyAll(2)).toBe(3);
    expect(windows('l')).toEqual([
      { key: utc, records: 6, hidden: 0 },
      { key: berlin, records: 4, hidden: 0 },
    ]);
    expect(windows('')).toEqual([{ key: 'retired 2', records: 0, hidden: 0 }]);
  });

  it('are those of their own list, whatever another has', () => {
    finish(add('k', 1, 1));
    finish(add('l', 1, 1));
    expect(tidyAll(10)).toBe(0);
    expect(windows('l')).toEqual([{ key: utc, records: 1, hidden: 0 }]);
  });

  it('become those of the list also where a program that ended too soon has left them marked', () => {
    finish(add('l', 1, 3));
    database.sqlite.exec(`update windows set key = key || '#1' where key = '${utc}'`);
    expect(tidyAll(10)).toBe(1);
    expect(windows('l')).toEqual([
      { key: utc, records: 2, hidden: 0 },
      { key: berlin, records: 1, hidden: 0 },
    ]);
  });
});

describe('an import that is broken off', () => {
  it('is taken away a slice at a time, and nothing else of the list', () => {
    finish(add('l', 1, 2));
    const pending = add('l', 100, 6);
    pending.breakOff();
    // 3 of 6 are in each window: two and one, twice.
    expect(tidyAll(2)).toBe(4);
    expect(windows('l')).toEqual([
      { key: utc, records: 1, hidden: 0 },
      { key: berlin, records: 1, hidden: 0 },
    ]);
    expect(windows('')).toHaveLength(2);
  });

  it('is taken away before the next one into its list begins; those of other lists are left for later', () => {
    add('l', 1, 1).breakOff();
    add('k', 1, 1).breakOff();
    expect(imports.clear('l', 10)).toBe(true);
    expect(imports.clear('l', 10)).toBe(false);
    expect(windows('l')).toEqual([]);
    expect(windows('k')).toHaveLength(1);
  });

  it('is not one that goes on, also in another list', () => {
    const l = add('l', 1, 4);
    const k = add('k', 1, 4);
    expect(imports.clear('l', 10)).toBe(false);
    expect(imports.tidy(10)).toBe(false);
    k.breakOff();
    expect(tidyAll(10)).toBe(2);
    expect(windows('k')).toEqual([]);
    finish(l);
    expect(windows('l')).toEqual([
      { key: utc, records: 2, hidden: 0 },
      { key: berlin, records: 2, hidden: 0 },
    ]);
  });

  it('leaves a finished one as it is: only what is broken off is cleared', () => {
    finish(add('l', 1, 1));
    finish(add('l', 100, 1));
    expect(imports.clear('l', 10)).toBe(false);
    expect(tidyAll(10)).toBe(1);
  });
});

it('two imports at once have numbers of their own', () => {
  const l = imports.begin('l');
  const k = imports.begin('k');
  k.add(part(1, 1));
  l.add(part(1, 1));
  expect(windows('l').map(({ key }) => key)).toEqual([`${utc}#1`]);
  expect(windows('k').map(({ key }) => key)).toEqual([`${utc}#2`]);
});

it('a part that fails leaves no window that others would count on', () => {
  const pending = imports.begin('l');
  expect(() =>
    database.transaction(() => {
      pending.add(part(1, 1));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(windows('l')).toEqual([]);
  expect(imports.progress('l')).toEqual({ running: true, read: 0, added: 0 });
  pending.add(part(1, 2));
  expect(imports.progress('l')).toEqual({ running: true, read: 0, added: 2 });
  finish(pending);
  expect(windows('l')).toHaveLength(2);
});
