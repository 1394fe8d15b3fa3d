import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextTurn } from '../../../../src/ocs/clock.ts';
import { openDatabase, type OcsDatabase } from '../../../../src/ocs/store/database.ts';
import { migrations } from '../../../../src/ocs/store/migrations/all.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';

const writes = createFailingWrites();
let folder: string;
let path: string;
let database: OcsDatabase | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'));
  path = join(folder, 'ocs.db');
  database = null;
});
afterEach(() => {
  writes.end();
  database?.close();
  rmSync(folder, { recursive: true, force: true });
});
const open = () => (database = openDatabase(path));
const setting = (name: string) => `insert into settings (name, value) values ('${name}', 'x')`;
const settings = ({ sqlite }: OcsDatabase) =>
  sqlite
    .prepare<[], { name: string }>(`select name from settings where value = 'x' order by name`)
    .all()
    .map(({ name }) => name);

const full = 2;
const normal = 1;
const synchronous = ({ sqlite }: OcsDatabase) => sqlite.pragma('synchronous', { simple: true });

describe('an open database', () => {
  it('has the disk have each change before anybody is told', () => {
    const { sqlite } = open();
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(sqlite.pragma('synchronous', { simple: true })).toBe(full);
    expect(sqlite.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it('does not wait for the disk with a slice, and does again after it, also one that failed', () => {
    const opened = open();
    expect(opened.slice(() => synchronous(opened))).toBe(normal);
    expect(synchronous(opened)).toBe(full);
    expect(() =>
      opened.slice(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(synchronous(opened)).toBe(full);
  });

  it('waits for the disk with a slice that is part of a transaction', () => {
    const opened = open();
    expect(opened.transaction(() => opened.slice(() => synchronous(opened)))).toBe(full);
  });

  it('takes a slice back as a whole', () => {
    const opened = open();
    const thing = { n: 1 };
    expect(() =>
      opened.slice(() => {
        opened.memory.keep(thing);
        thing.n = 2;
        opened.sqlite.exec(setting('a'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(thing).toEqual({ n: 1 });
    expect(settings(opened)).toEqual([]);
  });

  it('is healthy until a write fails for the disk, and again when one goes to the disk', () => {
    const opened = open();
    expect(opened.health.trouble()).toBeNull();
    writes.failAt(1);
    expect(() => opened.transaction(() => undefined)).toThrow('disk is full');
    expect(opened.health.trouble()).toBe('database or disk is full');
    expect(opened.health.errors()).toBe(1);
    writes.end();
    opened.probe();
    expect(opened.health.trouble()).toBeNull();
    expect(opened.health.errors()).toBe(1);
    expect(settings(opened)).toEqual([]);
  });

  it('is ill while the probe fails', () => {
    const opened = open();
    writes.failAt(1);
    expect(() => {
      opened.probe();
    }).toThrow('disk is full');
    expect(opened.health.trouble()).toBe('database or disk is full');
  });

  it('is not called ill for a mistake of ours', () => {
    const opened = open();
    expect(() => opened.transaction(() => opened.sqlite.exec('select * from nothing'))).toThrow();
    expect(opened.health.trouble()).toBeNull();
    expect(() =>
      opened.transaction(() => {
        throw new Error('ours');
      }),
    ).toThrow('ours');
    expect(opened.health.errors()).toBe(1);
  });

  it('waits a moment for the lock that another program holds, then not at all until it had it again', () => {
    const opened = open();
    const patienceMs = () => opened.sqlite.pragma('busy_timeout', { simple: true });
    expect(patienceMs()).toBe(100);
    const other = new Database(path);
    other.exec('begin immediate');
    for (let times = 1; times <= 2; times += 1) {
      expect(() => opened.transaction(() => opened.sqlite.exec(setting('lost')))).toThrow(
        'database is locked',
      );
      expect(patienceMs()).toBe(0);
      expect(opened.health.trouble()).toBe('another program holds its lock for writing');
      expect(opened.health.errors()).toBe(times);
    }
    other.exec('rollback');
    other.close();
    opened.transaction(() => opened.sqlite.exec(setting('kept')));
    expect(patienceMs()).toBe(100);
    expect(settings(opened)).toEqual(['kept']);
    opened.probe();
    expect(opened.health.trouble()).toBeNull();
  });

  it('waits as long as before for the lock after a failure of another kind', () => {
    const opened = open();
    writes.failAt(1);
    expect(() => opened.transaction(() => undefined)).toThrow('disk is full');
    expect(opened.sqlite.pragma('busy_timeout', { simple: true })).toBe(100);
  });

  it('is ill while it may only be read, and writes again when it may', () => {
    const opened = open();
    opened.sqlite.pragma('query_only = 1');
    expect(() => opened.transaction(() => opened.sqlite.exec(setting('lost')))).toThrow(
      expect.objectContaining({ code: 'SQLITE_READONLY' }) as Error,
    );
    expect(opened.health.trouble()).toBe('attempt to write a readonly database');
    expect(() => {
      opened.probe();
    }).toThrow('readonly');
    opened.sqlite.pragma('query_only = 0');
    opened.probe();
    expect(opened.health.trouble()).toBeNull();
    opened.transaction(() => opened.sqlite.exec(setting('kept')));
    expect(settings(opened)).toEqual(['kept']);
  });

  it('can be copied by another program while it is written', async () => {
    const opened = open();
    const copy = new Database(path, { readonly: true });
    const backup = copy.backup(join(folder, 'copy.db'), { progress: () => 1 });
    for (let n = 0; n < 20; n += 1) {
      opened.transaction(() => opened.sqlite.exec(setting(`n${String(n)}`)));
      await nextTurn();
    }
    await backup;
    copy.close();
    expect(opened.health.errors()).toBe(0);
    expect(settings(opened)).toHaveLength(20);
  });

  it('can be closed twice', () => {
    const opened = open();
    opened.close();
    opened.close();
    expect(opened.sqlite.open).toBe(false);
  });
});

describe('opening a database', () => {
  const refusal = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      return error;
    }
    throw new Error('it opened');
  };

  it('refuses one that a newer program wrote, and leaves it as it is', () => {
    const newer = migrations.length + 1;
    const sqlite = new Database(path);
    sqlite.pragma(`user_version = ${String(newer)}`);
    sqlite.close();
    expect(refusal(open)).toMatchObject({
      code: 'DATABASE_ERROR',
      message: `${path} was written by a newer version of this program`,
      field: 'database',
      found: newer,
      expected: `schema version ${String(migrations.length)} or lower`,
    });
    const after = new Database(path);
    expect(after.pragma('user_version', { simple: true })).toBe(newer);
    after.close();
  });

  it('takes the one of its own version, with what is in it', () => {
    open().sqlite.exec(setting('kept'));
    database?.close();
    expect(settings(open())).toEqual(['kept']);
  });

  it('refuses a file that is no database', () => {
    writeFileSync(path, 'phone,tz\n5550101,UTC\n'.repeat(100));
    expect(refusal(open)).toMatchObject({
      code: 'DATABASE_ERROR',
      message: `${path} is not a usable database: file is not a database`,
      expected: undefined,
    });
  });

  it('refuses a path in a folder that is not there', () => {
    path = join(folder, 'none', 'ocs.db');
    expect(refusal(open)).toMatchObject({
      code: 'DATABASE_ERROR',
      field: 'database',
      found: path,
      expected: 'a file in a folder this user can write to',
    });
  });

  it('refuses a disk that is full', () => {
    open();
    database?.close();
    writes.failAt(1);
    const error = refusal(open);
    writes.end();
    expect(error).toMatchObject({ code: 'DATABASE_ERROR', field: 'database', found: path });
  });

  it('tells how far it is with bringing an old one up to date, and nothing for a new one', () => {
    const told: [string, number, number][] = [];
    const progress = (what: string, done: number, of: number) => told.push([what, done, of]);
    openDatabase(path, undefined, progress).close();
    expect(told).toEqual([]);
    const sqlite = new Database(join(folder, 'old.db'));
    sqlite.exec(migrations[0] ?? '');
    sqlite.pragma('user_version = 1');
    sqlite.close();
    openDatabase(join(folder, 'old.db'), undefined, progress).close();
    expect(told.filter(([what]) => what.startsWith('the schema'))).toEqual(
      migrations
        .slice(1)
        .map((_sql, n) => ['the schema of the database is brought up to date', n + 1, migrations.length]),
    );
  });

  it('has more time for each step the larger an old one is, and makes one index a step', () => {
    const sqlite = new Database(path);
    migrations.slice(0, 14).forEach((sql) => sqlite.exec(sql));
    sqlite.pragma('user_version = 14');
    sqlite.pragma('foreign_keys = off');
    const needed = sqlite
      .prepare<[], { name: string }>(
        `select name from pragma_table_info('attempts') where "notnull" = 1 and dflt_value is null`,
      )
      .all()
      .map(({ name }) => name);
    const values = needed.map((name) => (name === 'attempt_id' ? `'a'` : '1'));
    sqlite.exec(`insert into attempts (rowid, ${needed.join(', ')}) values (20000000, ${values.join(', ')})`);
    sqlite.close();
    const most: (number | undefined)[] = [];
    openDatabase(path, undefined, (what, _done, _of, mostMs) => {
      if (what.startsWith('the schema')) most.push(mostMs);
    }).close();
    expect(most).toEqual(migrations.slice(14).map(() => 2_000_000));
  });
});
