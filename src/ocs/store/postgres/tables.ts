import Database from 'better-sqlite3';
import { migrations } from '../migrations/all.ts';

/** A table of the working copy, as it is kept in PostgreSQL under the same name, with the same columns. */
export interface CopiedTable {
  name: string;
  columns: readonly { name: string; type: 'bigint' | 'text' | 'double precision' }[];
  /** Names of the columns of its primary key, in order. */
  key: readonly string[];
}

/** How far numbers that are given once were given, by table: a number is not given again after its row is gone. */
export const numbersGiven: CopiedTable = {
  name: 'numbers_given',
  columns: [
    { name: 'name', type: 'text' },
    { name: 'seq', type: 'bigint' },
  ],
  key: ['name'],
};

/** Its name in the working copy. */
export function localName({ name }: CopiedTable): string {
  return name === numbersGiven.name ? 'sqlite_sequence' : name;
}

/** All tables that the schema has, and {@link numbersGiven}. */
export function copiedTables(sqlite: Database.Database): CopiedTable[] {
  const names = sqlite
    .prepare<[], string>(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
    )
    .pluck()
    .all();
  return [...names.map((name) => tableOf(sqlite, name)), numbersGiven];
}

/** All that a database of this version has. */
export function tablesOfThisProgram(): CopiedTable[] {
  const sqlite = new Database(':memory:');
  for (const sql of migrations) sqlite.exec(sql);
  const tables = copiedTables(sqlite);
  sqlite.close();
  return tables;
}

function tableOf(sqlite: Database.Database, name: string): CopiedTable {
  const columns = sqlite
    .prepare<[string], { name: string; type: string; pk: number }>(
      'select name, type, pk from pragma_table_info(?)',
    )
    .all(name);
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  if (key.length === 0) throw new Error(`table ${name} has no primary key`);
  return {
    name,
    columns: columns.map((each) => ({ name: each.name, type: typeOf(each.type) })),
    key: key.map((each) => each.name),
  };
}

function typeOf(type: string): 'bigint' | 'text' | 'double precision' {
  if (/int/i.test(type)) return 'bigint';
  return /real|double|float/i.test(type) ? 'double precision' : 'text';
}

/** A name in SQL, of both databases. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** JSON whose texts PostgreSQL takes: it has no text with NUL in it, U+FFFD is in its place. */
export function withoutNul(json: string): string {
  return json.includes('\\u0000') ? json.replace(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1\\ufffd') : json;
}
