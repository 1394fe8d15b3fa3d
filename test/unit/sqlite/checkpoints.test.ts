import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../../src/sqlite/checkpoints.ts';

let folder: string;
let sqlite: Database.Database;
const path = () => join(folder, 'ocs.db');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  sqlite = new Database(path());
  sqlite.pragma('journal_mode = WAL');
  sqlite.exec('create table t (id integer primary key, text text)');
});
afterEach(() => {
  sqlite.close();
  rmSync(folder, { recursive: true });
});
const megabytes = (name: string) => statSync(name).size / 1_048_576;

/** Writes 30 MB in commits of 25 pages. */
async function writeMuch(between: (pages: number) => Promise<void>): Promise<void> {
  const insert = sqlite.prepare('insert into t (text) values (?)');
  for (let n = 0; n < 300; n += 1) {
    insert.run('x'.repeat(100_000));
    await between(25);
  }
}

describe('checkpoints', () => {
  it('keep the log short while very much is written, and bring all of it into the file', async () => {
    const checkpoints = createCheckpoints(path(), sqlite, { begin: 100, wait: 500 });
    await writeMuch(async (pages) => {
      checkpoints.committed(pages);
      await checkpoints.ease();
    });
    expect(megabytes(`${path()}-wal`)).toBeLessThan(10);
    expect(megabytes(path())).toBeGreaterThan(20);
    checkpoints.close();
    checkpoints.close();
  });

  it('are not done in the commits', async () => {
    const checkpoints = createCheckpoints(path(), sqlite, { begin: Infinity, wait: Infinity });
    await writeMuch(async (pages) => {
      checkpoints.committed(pages);
      await checkpoints.ease();
    });
    expect(megabytes(`${path()}-wal`)).toBeGreaterThan(25);
    checkpoints.close();
  });

  it('are left to SQLite when the thread fails', async () => {
    const checkpoints = createCheckpoints(join(folder, 'no', 'such.db'), sqlite, { begin: 100, wait: 500 });
    await writeMuch(async (pages) => {
      checkpoints.committed(pages);
      await checkpoints.ease();
    });
    expect(megabytes(`${path()}-wal`)).toBeLessThan(10);
    expect(sqlite.pragma('wal_autocheckpoint', { simple: true })).toBe(1_000);
  });
});
