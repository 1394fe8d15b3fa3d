import Database from 'better-sqlite3';
import fc from 'fast-check';
import { lockFile } from '../../../src/daemon/file-lock.ts';
import { openDatabase } from '../../../src/ocs/store/database.ts';
import type { MoveOptions, Place } from '../../../src/ocs/store/moving/move.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import {
  copiedTables,
  localName,
  numbersGiven,
  type CopiedTable,
} from '../../../src/ocs/store/postgres/tables.ts';
import { runSql } from './postgres.ts';

export const quietMove: MoveOptions = {
  lock: (path) => lockFile(path, 'DATABASE_ERROR'),
  progress: () => undefined,
};

export function placeOf(text: string): Place {
  return text.startsWith('postgres:') ? { text, address: parsePostgresAddress(text) } : text;
}

export type Cell = bigint | string | null;
/** Rows by table, their cells in the order of the columns. */
export type Site = Record<string, Cell[][]>;

/** A file as an ocsd leaves it, with these rows besides; what a constraint forbids is left out. */
export function makeFile(path: string, site: Site = {}): void {
  openDatabase(path).close();
  const sqlite = new Database(path);
  sqlite.pragma('foreign_keys = OFF');
  const triggers = sqlite
    .prepare<[], { name: string; sql: string }>(`select name, sql from sqlite_master where type = 'trigger'`)
    .all();
  for (const { name } of triggers) sqlite.exec(`drop trigger ${name}`);
  for (const table of copiedTables(sqlite)) {
    const places = table.columns.map(() => '?').join(', ');
    const insert = sqlite.prepare(`insert or ignore into "${localName(table)}" values (${places})`);
    for (const row of site[table.name] ?? []) insert.run(row);
  }
  for (const { sql } of triggers) sqlite.exec(sql);
  sqlite.close();
}

/** All rows of a site, asked without the code that moves it: a text for each, in their order. */
export async function rowsIn(place: string): Promise<Record<string, string[]>> {
  const tables = tablesOfSchema();
  const found: Record<string, string[]> = {};
  if (place.startsWith('postgres:')) {
    for (const { name, columns } of tables) {
      const cells = columns.map((column) => `"${column.name}"::text "${column.name}"`);
      const rows = await runSql(place, `select ${cells.join(', ')} from "${name}"`);
      found[name] = rows.map((row) => JSON.stringify(columns.map((column) => row[column.name]))).sort();
    }
    return found;
  }
  const sqlite = new Database(place, { fileMustExist: true });
  for (const table of tables) {
    const rows = sqlite
      .prepare<[], Cell[]>(`select * from "${localName(table)}"`)
      .raw()
      .safeIntegers()
      .all();
    found[table.name] = rows
      .map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : String(cell)))))
      .sort();
  }
  sqlite.close();
  return found;
}

export function tablesOfSchema(): CopiedTable[] {
  const { sqlite, close } = openDatabase(':memory:');
  const tables = copiedTables(sqlite);
  close();
  return tables;
}

/** Sites with a few rows in any table, and with whatever a cell can hold. */
export function sites(): fc.Arbitrary<Site> {
  const whole = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 9n }),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\0', '\\', '\\u0000', '"', 'ä', '😀', '\ud7ff', '\uffff', ' ', '1') }),
  );
  const json = fc.dictionary(text, text).map((fields) => JSON.stringify(fields));
  const tables = tablesOfSchema()
    .filter(({ name }) => name !== numbersGiven.name)
    .map(({ name, columns, key }): [string, fc.Arbitrary<Cell[][]>] => {
      const cells = columns.map((column) => {
        // An index reads it.
        const some = column.type === 'bigint' ? whole : column.name === 'user_fields' ? json : text;
        return key.includes(column.name)
          ? some
          : fc.oneof({ weight: 9, arbitrary: some }, { weight: 1, arbitrary: fc.constant(null) });
      });
      return [name, fc.array(fc.tuple(...cells), { maxLength: 4 })];
    });
  return fc.record(Object.fromEntries(tables));
}
