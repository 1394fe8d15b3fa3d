import { existsSync, rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import { CodedError } from '../../../domain/errors.ts';
import { ownerOf } from '../file-owner.ts';
import { migrations } from '../migrations/all.ts';
import { isRuleOfThisProgram, phoneKeyIndexes } from '../phone-keys.ts';
import { withoutIndexes } from '../postgres/copy.ts';
import { copiedTables, localName, numbersGiven, quoted, type CopiedTable } from '../postgres/tables.ts';
import {
  checkVersion,
  pageRows,
  refuseEmpty,
  refuseFull,
  refuseRuleOf,
  settings,
  type Source,
  type Target,
} from './place.ts';
import type { Row } from './row-text.ts';

/** Keeps other processes away from a database file. @returns gives it free again. @throws CodedError DATABASE_ERROR */
export type LockFile = (path: string) => () => void;

/** @throws CodedError DATABASE_ERROR, NO_SUCH_FILE */
export function openFileSource(path: string, tables: readonly CopiedTable[], lock: LockFile): Source {
  if (!existsSync(path)) {
    throw new CodedError('NO_SUCH_FILE', `${path} is not there`, {
      found: path,
      expected: 'an SQLite file of ocsd, or postgres://USER@HOST/DATABASE',
    });
  }
  const unlock = lock(path);
  let sqlite: Database.Database | null = null;
  try {
    const opened = (sqlite = open(path));
    const rule = asked(path, () => {
      opened.pragma('query_only = 1');
      opened.exec('begin');
      return checkSite(opened, path, tables);
    });
    return { rule, ...reading(opened, path), close: closing(opened, unlock) };
  } catch (error) {
    sqlite?.close();
    unlock();
    throw error;
  }
}

/** @throws CodedError DATABASE_ERROR, also where there is something in it */
export function openFileTarget(path: string, tables: readonly CopiedTable[], lock: LockFile): Target {
  const isNew = !existsSync(path);
  const unlock = lock(path);
  let sqlite: Database.Database | null = null;
  const remove = () => {
    if (!isNew) return;
    for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true });
  };
  try {
    const opened = (sqlite = open(path));
    const makeIndexes = asked(path, () => makeReady(opened, path, tables));
    return {
      ...reading(opened, path),
      write: (table, rows) => {
        asked(path, () => {
          // The rows of the other tables have put theirs there already.
          if (table.name === numbersGiven.name) opened.exec(`delete from ${localName(table)}`);
          const places = table.columns.map(() => '?').join(', ');
          const insert = opened.prepare(
            `insert into ${quoted(localName(table))} (${namesOf(table)}) values (${places})`,
          );
          for (const row of rows) insert.run(row);
        });
        return Promise.resolve();
      },
      finish: () => {
        asked(path, () => {
          makeIndexes();
          opened.exec(phoneKeyIndexes);
        });
        return Promise.resolve();
      },
      commit: () => {
        asked(path, () => opened.exec('commit'));
        return Promise.resolve();
      },
      close: async () => {
        const isTakenBack = opened.open && opened.inTransaction;
        await closing(opened, unlock)();
        if (isTakenBack) remove();
      },
    };
  } catch (error) {
    sqlite?.close();
    remove();
    unlock();
    throw error;
  }
}

function open(path: string): Database.Database {
  try {
    const sqlite = new Database(path);
    sqlite.pragma('cache_size = -32768');
    return sqlite;
  } catch (error) {
    throw wordsOf(path, error);
  }
}

function closing(sqlite: Database.Database, unlock: () => void): () => Promise<void> {
  let closed = false;
  return () => {
    if (closed) return Promise.resolve();
    closed = true;
    sqlite.close();
    unlock();
    return Promise.resolve();
  };
}

/** Begins the transaction, with all tables empty and without indexes. @returns makes the indexes */
function makeReady(sqlite: Database.Database, path: string, tables: readonly CopiedTable[]): () => void {
  // New pages of one file need no other one beside it; whoever opens it next decides anew.
  sqlite.pragma('journal_mode = DELETE');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = OFF');
  sqlite.exec('begin exclusive');
  if (namesIn(sqlite).length > 0) {
    checkSite(sqlite, path, tables);
    const full = tables.find((table) => table.name !== settings && countIn(sqlite, table) > 0);
    if (full !== undefined)
      refuseFull(path, `table ${full.name} has rows (${String(countIn(sqlite, full))})`);
  } else {
    for (const sql of migrations) sqlite.exec(sql);
    sqlite.pragma(`user_version = ${String(migrations.length)}`);
  }
  sqlite.exec(`delete from ${settings}`);
  return withoutIndexes(sqlite);
}

/** @returns the rule of its telephone numbers. @throws CodedError DATABASE_ERROR */
function checkSite(sqlite: Database.Database, path: string, tables: readonly CopiedTable[]): string {
  const names = namesIn(sqlite);
  if (!['records', 'attempts', 'windows'].every((name) => names.includes(name))) {
    refuseEmpty(path, 'an SQLite file that an ocsd has made');
  }
  checkVersion(path, sqlite.pragma('user_version', { simple: true }) as number);
  if (!isDeepStrictEqual(copiedTables(sqlite), tables)) {
    refuseEmpty(path, 'the tables that an ocsd of this version makes');
  }
  const rule = sqlite
    .prepare<[], string>(`select value from ${settings} where name = 'phone_keys'`)
    .pluck()
    .get();
  return rule !== undefined && isRuleOfThisProgram(rule) ? rule : refuseRuleOf(path);
}

function namesIn(sqlite: Database.Database): string[] {
  return sqlite.prepare<[], string>(`select name from sqlite_master where type = 'table'`).pluck().all();
}

function countIn(sqlite: Database.Database, table: CopiedTable): number {
  const count = sqlite.prepare<[], number>(`select count(*) from ${quoted(localName(table))}`).pluck();
  return count.get() ?? 0;
}

function reading(sqlite: Database.Database, path: string): Pick<Source, 'name' | 'count' | 'pages'> {
  return {
    name: path,
    count: (table) => Promise.resolve(asked(path, () => countIn(sqlite, table))),
    // eslint-disable-next-line @typescript-eslint/require-await -- as the other kind of store gives its pages
    pages: async function* (table) {
      const all = `select ${namesOf(table)} from ${quoted(localName(table))}`;
      const rows = asked(path, () => sqlite.prepare<[], Row>(all).raw().safeIntegers().iterate());
      try {
        for (;;) {
          const page = asked(path, () => nextOf(rows));
          if (page.length > 0) yield page;
          if (page.length < pageRows) return;
        }
      } finally {
        // Whoever takes no more pages can close the file.
        rows.return?.();
      }
    },
  };
}

function nextOf(rows: IterableIterator<Row>): Row[] {
  const page: Row[] = [];
  while (page.length < pageRows) {
    const next = rows.next();
    if (next.done === true) break;
    page.push(next.value);
  }
  return page;
}

function namesOf({ columns }: CopiedTable): string {
  return columns.map(({ name }) => quoted(name)).join(', ');
}

function asked<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw wordsOf(path, error);
  }
}

/** What SQLite says of a file, as an error with a code. */
function wordsOf(path: string, error: unknown): unknown {
  const isOfFile = error instanceof Database.SqliteError || /directory does not exist/.test(String(error));
  if (!isOfFile) return error;
  return new CodedError('DATABASE_ERROR', `${path}: ${(error as Error).message}${ownerOf(path)}`, {
    found: path,
    expected: 'an SQLite file of ocsd that this user can write, and room on the disk',
    cause: error,
  });
}
