import type { Database } from 'better-sqlite3';
import type { StartProgress } from '../phone-keys.ts';
import type { Connection } from './connection.ts';
import { copySchema } from './schema.ts';
import { localName, quoted, withoutNul, type CopiedTable } from './tables.ts';

/** Rows that are read or written at once. */
const pageRows = 10_000;

type Row = Record<string, unknown>;

/**
 * Fills the empty tables of the working copy with the rows of the database, all of one moment. Not inside a transaction.
 */
export async function loadCopy(
  connection: Connection,
  sqlite: Database,
  tables: readonly CopiedTable[],
  progress: StartProgress,
): Promise<void> {
  const makeIndexes = withoutIndexes(sqlite);
  sqlite.pragma('foreign_keys = OFF');
  await connection.query('begin isolation level repeatable read read only');
  let done = 0;
  const all = await rowsOfAll(connection, tables);
  for (const table of tables) {
    const into = localName(table);
    const names = table.columns.map(({ name }) => name);
    sqlite.prepare(`delete from ${quoted(into)}`).run();
    const insert = sqlite.prepare(
      `insert into ${quoted(into)} (${names.map(quoted).join(', ')}) values (${names.map(() => '?').join(', ')})`,
    );
    const insertAll = sqlite.transaction((rows: readonly Row[]) => {
      for (const row of rows) insert.run(names.map((name) => row[name]));
    });
    for await (const rows of pagesOf(connection, table)) {
      progress('the working copy is made', done, all);
      insertAll(rows);
      done += rows.length;
    }
  }
  await connection.query('commit');
  sqlite.pragma('foreign_keys = ON');
  makeIndexes();
}

/**
 * Takes indexes and triggers away, to fill the tables: triggers would count the rows once more, and indexes are made faster
 * when all rows are there.
 *
 * @returns makes them again
 */
export function withoutIndexes(sqlite: Database): () => void {
  const extras = sqlite
    .prepare<[], { name: string; type: string; sql: string }>(
      `select name, type, sql from sqlite_master where type in ('index', 'trigger') and sql is not null`,
    )
    .all();
  for (const { name, type } of extras) sqlite.exec(`drop ${type} ${quoted(name)}`);
  return () => {
    for (const { sql } of extras) sqlite.exec(sql);
  };
}

async function rowsOfAll(connection: Connection, tables: readonly CopiedTable[]): Promise<number> {
  let all = 0;
  for (const { name } of tables) {
    const { rows } = await connection.query<{ n: number }>(`select count(*) n from ${quoted(name)}`);
    all += rows[0]?.n ?? 0;
  }
  return all;
}

async function* pagesOf(connection: Connection, { name, key }: CopiedTable): AsyncGenerator<Row[]> {
  const keys = key.map(quoted).join(', ');
  const places = key.map((_, n) => `$${String(n + 1)}`).join(', ');
  let last: unknown[] | null = null;
  for (;;) {
    const { rows }: { rows: Row[] } = await connection.query<Row>(
      `select * from ${quoted(name)} ${last === null ? '' : `where (${keys}) > (${places})`} order by ${keys} limit ${String(pageRows)}`,
      last ?? [],
    );
    yield rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < pageRows) return;
    last = key.map((column) => end[column]);
  }
}

/**
 * Makes the tables of the database anew, with all rows of the working copy. Part of the caller's transaction.
 */
export async function writeAll(
  connection: Connection,
  sqlite: Database,
  tables: readonly CopiedTable[],
  progress: StartProgress,
): Promise<void> {
  await connection.query(copySchema(tables));
  const count = (name: string) =>
    sqlite
      .prepare<[], number>(`select count(*) from ${quoted(name)}`)
      .pluck()
      .get() ?? 0;
  const all = tables.reduce((sum, table) => sum + count(localName(table)), 0);
  let done = 0;
  for (const table of tables) {
    // SQLite writes the JSON: numbers of 64 bits stay what they are. A column without a type may have 1 as 1.0.
    const object = table.columns
      .map(({ name, type }) => {
        const value = type === 'bigint' ? `cast(${quoted(name)} as integer)` : quoted(name);
        return `'${name}', ${value}`;
      })
      .join(', ');
    const write = `insert into ${quoted(table.name)} select * from json_populate_recordset(null::${quoted(table.name)}, $1)`;
    let rows: string[] = [];
    const flush = async () => {
      if (rows.length === 0) return;
      progress('the database is written', done, all);
      await connection.query(write, [withoutNul(`[${rows.join(',')}]`)]);
      done += rows.length;
      rows = [];
    };
    const read = sqlite
      .prepare<[], string>(`select json_object(${object}) from ${quoted(localName(table))}`)
      .pluck();
    for (const row of read.iterate()) {
      rows.push(row);
      if (rows.length === pageRows) await flush();
    }
    await flush();
  }
}
