import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { journalSchema } from './schema.ts';

/**
 * Two handles on one file: `full` syncs each commit to disk, `fast` leaves that to the next full commit (a
 * process crash loses nothing, a power failure the last milestones).
 */
export interface Handles {
  full: Database.Database;
  fast: Database.Database;
}

export function openBoth(path: string): Handles {
  const full = new Database(path);
  try {
    full.pragma('journal_mode = WAL');
    full.pragma('synchronous = FULL');
    full.exec(journalSchema);
    const fast = new Database(path);
    fast.pragma('synchronous = NORMAL');
    return { full, fast };
  } catch (error) {
    full.close();
    throw error;
  }
}

export function identityOf(database: Database.Database): string {
  database
    .prepare('INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)')
    .run(randomUUID());
  return database.prepare('SELECT id FROM identity').pluck().get() as string;
}
