import { CodedError } from '../../../domain/errors.ts';
import { isPostgres, shownAddress, type PostgresAddress } from '../postgres/address.ts';
import { tablesOfThisProgram, type CopiedTable } from '../postgres/tables.ts';
import { openFileSource, openFileTarget, type LockFile } from './file-place.ts';
import type { Source, Target } from './place.ts';
import { openPostgresSource, openPostgresTarget } from './postgres-place.ts';
import { createSumming, rowTextOf, type TableSum } from './row-text.ts';

/** An SQLite file, or a database of PostgreSQL with the text that names it. */
export type Place = string | { address: PostgresAddress; text: string };

export interface MovedTable {
  table: string;
  from: TableSum;
  to: TableSum;
  same: boolean;
}

export interface MoveReport {
  tables: MovedTable[];
  rows: number;
  /** Every table has as many rows and the same checksum on both sides. */
  same: boolean;
}

export interface MoveOptions {
  lock: LockFile;
  /** Told as rows go by. */
  progress: (what: string, done: number, of: number) => void;
}

/**
 * Copies a whole site to an empty store, in one transaction, and compares both before it counts: whatever is refused or
 * fails leaves the target as it was.
 *
 * @throws CodedError DATABASE_ERROR, NO_SUCH_FILE
 */
export async function moveSite(from: Place, to: Place, options: MoveOptions): Promise<MoveReport> {
  const tables = tablesOfThisProgram();
  return withSource(from, tables, options, async (source) => {
    const all = await countAll(source, tables);
    const target = await openTarget(to, tables, options.lock);
    try {
      const sums = await copyAll(source, target, tables, (done) => {
        options.progress('rows copied', done, all);
      });
      await target.finish(source.rule);
      const report = await compared(sums, target, tables, (done) => {
        options.progress('rows compared', done, all);
      });
      const other = report.tables.find(({ same }) => !same);
      if (other !== undefined) throw differs(other);
      await target.commit();
      return report;
    } finally {
      await target.close();
    }
  });
}

/**
 * Compares two sites row for row by their checksums; changes nothing.
 *
 * @throws CodedError DATABASE_ERROR, NO_SUCH_FILE
 */
export async function compareSites(from: Place, to: Place, options: MoveOptions): Promise<MoveReport> {
  const tables = tablesOfThisProgram();
  return withSource(from, tables, options, (source) =>
    withSource(to, tables, options, async (other) => {
      const all = (await countAll(source, tables)) + (await countAll(other, tables));
      let before = 0;
      const told = (done: number) => {
        options.progress('rows compared', before + done, all);
      };
      const sums = await sumAll(source, tables, told);
      before = [...sums.values()].reduce((sum, { rows }) => sum + rows, 0);
      return compared(sums, other, tables, told);
    }),
  );
}

/** Whether two names are of one store, as far as the names tell. */
export function isSamePlace(from: string, to: string): boolean {
  return from === to || (isPostgres(from) && isPostgres(to) && shownAddress(from) === shownAddress(to));
}

async function withSource<T>(
  place: Place,
  tables: readonly CopiedTable[],
  { lock }: MoveOptions,
  run: (source: Source) => Promise<T>,
): Promise<T> {
  const source =
    typeof place === 'string'
      ? openFileSource(place, tables, lock)
      : await openPostgresSource(place.address, shownAddress(place.text));
  try {
    return await run(source);
  } finally {
    await source.close();
  }
}

async function openTarget(place: Place, tables: readonly CopiedTable[], lock: LockFile): Promise<Target> {
  return typeof place === 'string'
    ? openFileTarget(place, tables, lock)
    : openPostgresTarget(place.address, shownAddress(place.text), tables);
}

async function countAll(source: Source, tables: readonly CopiedTable[]): Promise<number> {
  let all = 0;
  for (const table of tables) all += await source.count(table);
  return all;
}

type Sums = Map<string, TableSum>;

async function copyAll(
  source: Source,
  target: Target,
  tables: readonly CopiedTable[],
  told: (done: number) => void,
): Promise<Sums> {
  return sumAll(source, tables, told, (table, rows, texts) => target.write(table, rows, texts));
}

async function sumAll(
  source: Pick<Source, 'pages'>,
  tables: readonly CopiedTable[],
  told: (done: number) => void,
  write: Target['write'] = () => Promise.resolve(),
): Promise<Sums> {
  const sums: Sums = new Map();
  let done = 0;
  for (const table of tables) {
    const textOf = rowTextOf(table);
    const summing = createSumming();
    for await (const rows of source.pages(table)) {
      const texts = rows.map(textOf);
      for (const text of texts) summing.add(text);
      await write(table, rows, texts);
      done += rows.length;
      told(done);
    }
    sums.set(table.name, summing.sum());
  }
  return sums;
}

async function compared(
  sums: Sums,
  other: Pick<Source, 'pages'>,
  tables: readonly CopiedTable[],
  told: (done: number) => void,
): Promise<MoveReport> {
  const others = await sumAll(other, tables, told);
  const none: TableSum = { rows: 0, checksum: '' };
  const compares = [...sums].map(([table, from]): MovedTable => {
    const to = others.get(table) ?? none;
    return { table, from, to, same: from.rows === to.rows && from.checksum === to.checksum };
  });
  return {
    tables: compares,
    rows: compares.reduce((sum, { from }) => sum + from.rows, 0),
    same: compares.every(({ same }) => same),
  };
}

function differs({ table, from, to }: MovedTable): CodedError {
  return new CodedError(
    'DATABASE_ERROR',
    `the copy of table ${table} is not what was read; nothing was kept`,
    {
      field: table,
      found: `${String(to.rows)} rows, checksum ${to.checksum}`,
      expected: `${String(from.rows)} rows, checksum ${from.checksum}`,
    },
  );
}
