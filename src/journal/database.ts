import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { journalSchema } from './schema.ts';

export type JournalDatabase = Database.Database;

/**
 * Opens or creates the file.
 *
 * @param commitsWait each commit waits for the disk, except where `withoutWait` says otherwise
 */
export function openDatabase(path: string, commitsWait: boolean): JournalDatabase {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${commitsWait ? 'FULL' : 'NORMAL'}`);
    database.exec(journalSchema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Commits in `run` leave the wait for the disk to the next commit that waits: a crash of the process loses nothing of
 * them, a power failure may.
 */
export function withoutWait<T>(database: JournalDatabase, run: () => T): T {
  database.pragma('synchronous = NORMAL');
  try {
    return run();
  } finally {
    database.pragma('synchronous = FULL');
  }
}

/** Brings the whole write-ahead log into the file and waits for the disk. @throws while somebody still reads the log */
export function checkpoint(database: JournalDatabase): void {
  const [found] = database.pragma('wal_checkpoint(FULL)') as {
    busy: number;
    log: number;
    checkpointed: number;
  }[];
  if (found?.busy !== 0 || found.log !== found.checkpointed)
    throw new Error('the log could not be brought in');
}

export function identityOf(database: JournalDatabase): string {
  database
    .prepare('INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)')
    .run(randomUUID());
  return database.prepare('SELECT id FROM identity').pluck().get() as string;
}
