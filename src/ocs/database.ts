import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { CodedError } from '../domain/errors.ts';
import { canonicalNumber, type Numbering } from '../domain/numbering.ts';
import { refreshPhoneKeys } from './phone-keys.ts';
import { migrations, type Tables } from './tables.ts';

/**
 * One SQLite file. Every change of state is one synchronous transaction on `sqlite`: nothing can come
 * between its steps. `query` builds the typed reading queries of the supervisor's API; it never writes, so
 * that no asynchronous transaction can hold the connection open around a synchronous one.
 */
export interface OcsDatabase {
  readonly sqlite: Database.Database;
  readonly query: Kysely<Tables>;
  /** The form under which numbers are compared: one key for all ways to write a number. */
  readonly phoneKey: (phone: string) => string;
  /** Runs `work` in one transaction; inside another one, as part of it. */
  transaction<T>(work: () => T): T;
  /** Can be called twice. */
  close(): void;
}

/**
 * @param path a file, made if absent, or `:memory:`
 * @param numbering how numbers are written in the lists; another one than last time makes all keys anew
 * @throws CodedError DATABASE_ERROR
 */
export function openDatabase(path: string, numbering?: Numbering): OcsDatabase {
  let sqlite: Database.Database;
  try {
    sqlite = new Database(path);
  } catch (error) {
    throw new CodedError('DATABASE_ERROR', `cannot open the database ${path}: ${messageOf(error)}`, {
      field: 'database',
      found: path,
      expected: 'a file in a folder this user can write to',
      cause: error,
    });
  }
  try {
    sqlite.pragma('journal_mode = WAL');
    // FULL: an acknowledged report or a handed-out record must outlive a power failure.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    // 64 MiB: the indexes of a list of a million are filled at random places.
    sqlite.pragma('cache_size = -65536');
    sqlite.pragma('busy_timeout = 5000');
    migrate(sqlite, path);
    refreshPhoneKeys(sqlite, numbering);
  } catch (error) {
    sqlite.close();
    if (error instanceof CodedError) throw error;
    throw new CodedError('DATABASE_ERROR', `${path} is not a usable database: ${messageOf(error)}`, {
      field: 'database',
      found: path,
      cause: error,
    });
  }
  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  return {
    sqlite,
    query,
    phoneKey: (phone) => canonicalNumber(phone, numbering),
    transaction: (work) => (sqlite.inTransaction ? work() : sqlite.transaction(work).immediate()),
    close: () => {
      if (sqlite.open) sqlite.close();
    },
  };
}

function migrate(sqlite: Database.Database, path: string): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version > migrations.length) {
    throw new CodedError('DATABASE_ERROR', `${path} was written by a newer version of this program`, {
      field: 'database',
      found: version,
      expected: `schema version ${String(migrations.length)} or lower`,
    });
  }
  migrations.slice(version).forEach((sql, index) => {
    sqlite
      .transaction(() => {
        sqlite.exec(sql);
        sqlite.pragma(`user_version = ${String(version + index + 1)}`);
      })
      .immediate();
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
