import Database from 'better-sqlite3';

/**
 * A database for what a file has too much of for the memory: on the disk, written in one transaction that never ends,
 * and gone when it is closed, however the process ends.
 *
 * @param tables made in it
 */
export function openScratch(tables: string): Database.Database {
  // Without a name SQLite makes a file that nobody can find and that is deleted when it is closed.
  const sqlite = new Database('');
  sqlite.pragma('cache_size = -4096');
  sqlite.pragma('journal_mode = OFF');
  sqlite.exec(`${tables}; begin`);
  return sqlite;
}
