import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';

/** What was heard as a recording and is not known yet. */
export interface Candidate {
  id: number;
  prints: Uint32Array;
}

/**
 * The file of candidates and of the numbers they were heard from, for its owner only.
 *
 * @throws an error of SQLite or the system, if it cannot be opened
 */
export function openCandidates(path: string) {
  const database = new Database(path);
  chmodSync(path, 0o600);
  database.pragma('journal_mode = WAL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS candidates (id INTEGER PRIMARY KEY AUTOINCREMENT, prints BLOB NOT NULL, heard INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS numbers (candidate INTEGER NOT NULL, number BLOB NOT NULL, PRIMARY KEY (candidate, number));
    CREATE TABLE IF NOT EXISTS doubted (id INTEGER PRIMARY KEY AUTOINCREMENT, prints BLOB NOT NULL);
  `);
  const all = database.prepare<[], { id: number; prints: Buffer }>(
    'SELECT id, prints FROM candidates ORDER BY id',
  );
  const insert = database.prepare('INSERT INTO candidates (prints, heard) VALUES (?, ?)');
  const narrow = database.prepare('UPDATE candidates SET prints = ? WHERE id = ?');
  const count = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM candidates');
  const touch = database.prepare('UPDATE candidates SET heard = ? WHERE id = ?');
  const insertNumber = database.prepare('INSERT OR IGNORE INTO numbers VALUES (?, ?)');
  const countNumbers = database.prepare<[number], { n: number }>(
    'SELECT count(*) AS n FROM numbers WHERE candidate = ?',
  );
  const oldest = database.prepare<[number], { id: number }>(
    'SELECT id FROM candidates ORDER BY heard DESC, id DESC LIMIT -1 OFFSET ?',
  );
  const heardBefore = database.prepare<[number], { id: number }>('SELECT id FROM candidates WHERE heard < ?');
  const doubted = database.prepare<[], { id: number; prints: Buffer }>(
    'SELECT id, prints FROM doubted ORDER BY id',
  );
  const insertDoubted = database.prepare('INSERT INTO doubted (prints) VALUES (?)');
  const pruneDoubted = database.prepare(
    'DELETE FROM doubted WHERE id NOT IN (SELECT id FROM doubted ORDER BY id DESC LIMIT ?)',
  );
  const deleteCandidate = database.prepare('DELETE FROM candidates WHERE id = ?');
  const deleteNumbers = database.prepare('DELETE FROM numbers WHERE candidate = ?');
  const remove = (id: number): void => {
    deleteNumbers.run(id);
    deleteCandidate.run(id);
  };
  return {
    all: (): Candidate[] => all.all().map(({ id, prints }) => ({ id, prints: printsOf(prints) })),
    add: (prints: Uint32Array, at: number): number => Number(insert.run(blobOf(prints), at).lastInsertRowid),
    /** Keeps only this much of what it sounds like. */
    narrow(id: number, prints: Uint32Array): void {
      narrow.run(blobOf(prints), id);
    },
    count: (): number => count.get()?.n ?? 0,
    /** From how many numbers it has been heard by now. */
    heardFrom(id: number, number: Buffer, at: number): number {
      touch.run(at, id);
      insertNumber.run(id, number);
      return countNumbers.get(id)?.n ?? 0;
    },
    /** Removes those heard longest ago beyond `most`. */
    prune(most: number): number[] {
      const old = oldest.all(most).map(({ id }) => id);
      for (const id of old) remove(id);
      return old;
    },
    /** Removes those that were not heard since. */
    removeHeardBefore(seconds: number): void {
      for (const { id } of heardBefore.all(seconds)) remove(id);
    },
    /** What was taken for a recording and was none, the oldest first. */
    doubted: (): Uint32Array[] => doubted.all().map(({ prints }) => printsOf(prints)),
    addDoubted(prints: Uint32Array, most: number): void {
      insertDoubted.run(blobOf(prints));
      pruneDoubted.run(most);
    },
    remove,
    close: (): void => {
      database.close();
    },
  };
}

function blobOf(prints: Uint32Array): Buffer {
  return Buffer.from(prints.buffer, prints.byteOffset, prints.byteLength);
}

function printsOf(blob: Buffer): Uint32Array {
  const copy = new Uint32Array(blob.byteLength / 4);
  Buffer.from(copy.buffer).set(blob);
  return copy;
}
