import Database from 'better-sqlite3';
import { CodedError } from '../../domain/errors.ts';
import type { Numbering } from '../../domain/numbering.ts';
import { ownerOf } from './file-owner.ts';
import { watchPlace } from './file-place.ts';
import { createStoreHealth, type StoreHealth } from './transactions/health.ts';
import { createMemory, type Memory } from './transactions/memory.ts';
import { keptByTheFile, type Durability, type Keeper } from './transactions/durability.ts';
import { createPhoneKey, refreshPhoneKeys, type StartProgress } from './phone-keys.ts';
import { nextTurn } from '../clock.ts';
import { createCheckpoints } from '../../sqlite/checkpoints.ts';
import { createWriteLock } from './transactions/write-lock.ts';
import { migrations } from './migrations/all.ts';

/**
 * One SQLite file, for this folder alone. Every change of state is one synchronous transaction: nothing can come
 * between its steps.
 */
export interface OcsDatabase {
  readonly sqlite: Database.Database;
  /** The form under which numbers are compared: one key for all ways to write a number. */
  readonly phoneKey: (phone: string) => string;
  /** What changes in memory with a transaction. */
  readonly memory: Memory;
  readonly health: StoreHealth;
  /** See {@link Durability.kept}. */
  readonly kept: Durability['kept'];
  /**
   * Runs `run` in one transaction; inside another one, as part of it that can fail by itself. When it fails, the
   * store and {@link memory} are as before.
   */
  readonly transaction: <T>(run: () => T) => T;
  /**
   * A transaction of its own for a part of what counts only when a later one is kept: it is not waited for until the
   * disk has it, for the later one takes it there.
   */
  readonly slice: <T>(run: () => T) => T;
  /**
   * Between two slices: others have their turn, and the disk catches up when very much was written.
   */
  readonly ease: () => Promise<void>;
  /** Writes and takes away what is of no use, to learn whether the disk takes it. */
  readonly probe: () => void;
  /** Can be called twice. */
  readonly close: () => void;
}

/**
 * @param path a file, made if absent, or `:memory:`
 * @param numbering how numbers are written in the lists; another one than last time makes all keys anew
 * @param progress told while that takes long
 * @param failed told what was thrown by those who were to hear of a change that is in the store; else it ends the program
 * @param keeper where transactions are kept, if not in the file: that is then a copy, made for this process alone
 * @throws CodedError DATABASE_ERROR
 */
export function openDatabase(
  path: string,
  numbering?: Numbering,
  progress: StartProgress = () => undefined,
  failed: (error: unknown) => void = unhandled,
  keeper: Keeper | null = null,
): OcsDatabase {
  const phoneKey = createPhoneKey(numbering);
  const sqlite = openFile(path, (opened) => {
    // FULL: an acknowledged report or a retrieved record must outlive a power failure.
    opened.pragma(`synchronous = ${keeper === null ? 'FULL' : 'OFF'}`);
    migrate(opened, path, progress);
    refreshPhoneKeys(opened, numbering, phoneKey, progress);
  });
  const lock = createWriteLock(sqlite);
  const durability = keeper?.(sqlite) ?? keptByTheFile;
  const place = watchPlace(path);
  const lost = () => place() ?? durability.trouble();
  const health = createStoreHealth(lost);
  const memory = createMemory(() => sqlite.inTransaction, failed);
  const checkpoints = createCheckpoints(path, sqlite);
  const rowsWritten = sqlite.prepare('select total_changes()').pluck();
  const inPart = sqlite.transaction((run: () => unknown) => run());
  /** The transaction before wrote something. */
  let wrote = false;
  /** What only reads, as the search for an agent does, goes on where writing is of no use. */
  const inOne = sqlite.transaction((run: () => unknown) => {
    const before = rowsWritten.get();
    const result = run();
    wrote = rowsWritten.get() !== before;
    const why = wrote ? lost() : null;
    if (why !== null) throw new CodedError('DATABASE_ERROR', why, { field: 'database', found: path });
    return result;
  });
  const inTransaction = <T>(run: () => T, changed: number): T => {
    const outermost = !sqlite.inTransaction;
    const mark = memory.begin();
    let result: T;
    try {
      result = (outermost ? inOne.immediate(run) : inPart(run)) as T;
    } catch (error) {
      memory.takeBack(mark);
      if (outermost) {
        lock.refused(error);
        health.failed(error);
      }
      throw error;
    }
    if (outermost) {
      lock.had();
      checkpoints.committed(changed);
      durability.committed(wrote, memory.finish());
    }
    return result;
  };
  const transaction = <T>(run: () => T): T => inTransaction(run, pagesOfChange);
  return {
    sqlite,
    memory,
    health,
    phoneKey,
    kept: durability.kept,
    transaction,
    slice: (run) => {
      if (sqlite.inTransaction || keeper !== null) return transaction(run);
      sqlite.pragma('synchronous = NORMAL');
      try {
        return inTransaction(run, pagesOfSlice);
      } finally {
        sqlite.pragma('synchronous = FULL');
      }
    },
    ease: async () => {
      await nextTurn();
      await checkpoints.ease();
      await durability.kept();
    },
    probe: () => {
      // Two: pages that come and go in one transaction are never written.
      transaction(() => sqlite.exec(probeWrite));
      transaction(() => sqlite.exec(endProbe));
      health.written();
    },
    close: () => {
      checkpoints.close();
      if (sqlite.open) sqlite.close();
    },
  };
}

/** @throws CodedError DATABASE_ERROR, also for what `prepare` throws */
function openFile(path: string, prepare: (sqlite: Database.Database) => void): Database.Database {
  let sqlite: Database.Database;
  try {
    sqlite = new Database(path);
  } catch (error) {
    throw new CodedError(
      'DATABASE_ERROR',
      `cannot open the database ${path}: ${messageOf(error)}${ownerOf(path)}`,
      {
        field: 'database',
        found: path,
        expected: 'a file in a folder this user can write to',
        cause: error,
      },
    );
  }
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('foreign_keys = ON');
    // 32 MiB: the indexes of a list of a million are filled at random places. What does not fit, the system keeps.
    sqlite.pragma('cache_size = -32768');
    sqlite.pragma(`busy_timeout = ${String(patienceAtStartMs)}`);
    prepare(sqlite);
    // Without the right to write, SQLite opens a file for reading and says nothing.
    sqlite.transaction(() => sqlite.exec(`${probeWrite}; ${endProbe}`)).immediate();
  } catch (error) {
    sqlite.close();
    if (error instanceof CodedError) throw error;
    const { code = '' } = error as { code?: string };
    const unwritten = /^SQLITE_(READONLY|FULL|IOERR|CANTOPEN|PERM)/.test(code);
    const what = unwritten
      ? `the database ${path} cannot be written: ${messageOf(error)}${ownerOf(path)}`
      : `${path} is not a usable database: ${messageOf(error)}`;
    throw new CodedError('DATABASE_ERROR', what, {
      field: 'database',
      found: path,
      ...(unwritten && { expected: 'a file and a folder this user can write to, and room on the disk' }),
      cause: error,
    });
  }
  return sqlite;
}

/** At start another program may be about to end. */
const patienceAtStartMs = 5_000;

/** What a transaction changes, about: an index is changed at random places. */
const pagesOfChange = 5;
const pagesOfSlice = 400;

/** Pages of its own: a change of one that is there already may need no room on the disk. */
const probeWrite = `insert or replace into settings (name, value) values ('probe', hex(zeroblob(32768)))`;
const endProbe = `delete from settings where name = 'probe'`;

/** A step of the schema may read and write each row of a table: 10,000 a second on a slow disk. ms. */
const stepMsPerRow = 0.1;

/** Rows of the larger of the two tables that grow, about: as many as were ever added. */
function largestTable(sqlite: Database.Database): number {
  const last = sqlite.prepare(
    'select max(ifnull((select max(rowid) from attempts), 0), ifnull((select max(rowid) from records), 0))',
  );
  return (last.pluck().get() as number | null) ?? 0;
}

function migrate(sqlite: Database.Database, path: string, progress: StartProgress): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version > migrations.length) {
    throw new CodedError('DATABASE_ERROR', `${path} was written by a newer version of this program`, {
      field: 'database',
      found: version,
      expected: `schema version ${String(migrations.length)} or lower`,
    });
  }
  migrations.slice(version).forEach((sql, index) => {
    if (version > 0) {
      const mostMs = Math.ceil(largestTable(sqlite) * stepMsPerRow);
      progress(
        'the schema of the database is brought up to date',
        version + index,
        migrations.length,
        mostMs,
      );
    }
    sqlite
      .transaction(() => {
        sqlite.exec(sql);
        sqlite.pragma(`user_version = ${String(version + index + 1)}`);
      })
      .immediate();
  });
}

function unhandled(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
