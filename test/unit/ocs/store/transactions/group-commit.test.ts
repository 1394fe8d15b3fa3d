import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextTurn } from '../../../../../src/ocs/clock.ts';
import { openDatabase, type OcsDatabase } from '../../../../../src/ocs/store/database.ts';
import { createGroupCommit, importances } from '../../../../../src/ocs/store/transactions/group-commit.ts';
import { createFailingWrites } from '../../../../support/ocs/failing-writes.ts';

const writes = createFailingWrites();
let folder: string;
let database: OcsDatabase;
let at: number;
let transactions: number;
let untold: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'group-commit-'));
  untold = [];
  database = openDatabase(join(folder, 'ocs.db'), undefined, undefined, (error) => untold.push(error));
  at = 0;
  transactions = 0;
});
afterEach(() => {
  writes.end();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts the transactions that wait for the disk. */
const open = () =>
  createGroupCommit(
    {
      sqlite: database.sqlite,
      memory: database.memory,
      transaction: (run) => {
        if (!database.sqlite.inTransaction) transactions += 1;
        return database.transaction(run);
      },
    },
    () => at,
  );
const note = (name: string) => () => {
  database.sqlite.prepare('insert into settings (name, value) values (?, ?)').run(name, 'x');
  return name;
};
const names = () =>
  database.sqlite
    .prepare<[], { name: string }>(`select name from settings where value = 'x'`)
    .all()
    .map(({ name }) => name);

describe('changes that are asked for in one turn', () => {
  it('are one transaction, and each is told its own result', async () => {
    const { soon } = open();
    const all = await Promise.all(['a', 'b', 'c'].map((name) => soon('report', note(name))));
    expect(all).toEqual(['a', 'b', 'c']);
    expect(transactions).toBe(1);
  });

  it('run by importance, and of one importance in their order', async () => {
    const { soon } = open();
    const order: string[] = [];
    const say = (name: string) => () => order.push(name);
    await Promise.all([
      soon('poll', say('poll')),
      soon('report', say('report 1')),
      soon('report', say('report 2')),
      soon('live', say('live')),
      soon('agent', say('agent')),
    ]);
    expect(order).toEqual(['live', 'agent', 'report 1', 'report 2', 'poll']);
  });

  it('of live people are told before others are begun: nobody waits for the work or the disk of others', async () => {
    const { soon } = open();
    const order: string[] = [];
    const report = soon('report', () => order.push('report begun'));
    const live = soon('live', () => order.push('live begun')).then(() => order.push('live told'));
    await Promise.all([report, live]);
    expect(order).toEqual(['live begun', 'live told', 'report begun']);
    expect(transactions).toBe(2);
  });

  it('of live people do not put others off, however many follow each other', async () => {
    const { soon } = open();
    const order: string[] = [];
    const live = async (left: number): Promise<void> => {
      await soon('live', () => order.push('live'));
      if (left > 1) await live(left - 1);
    };
    await Promise.all([live(3), soon('poll', () => order.push('poll'))]);
    expect(order).toEqual(['live', 'poll', 'live', 'live']);
  });

  it('are not begun any more when the turn is long; the rest has a turn of its own', async () => {
    const { soon } = open();
    const slow = (name: string) => () => {
      at += 5;
      return note(name)();
    };
    await Promise.all(['a', 'b', 'c'].map((name) => soon('report', slow(name))));
    expect(transactions).toBe(2);
    expect(names()).toEqual(['a', 'b', 'c']);
  });
});

describe('one change that fails', () => {
  it('by itself is taken back alone', async () => {
    const { soon } = open();
    const fails = soon('report', () => {
      note('gone')();
      throw new Error('no');
    });
    const kept = soon('report', note('kept'));
    await expect(fails).rejects.toThrow('no');
    await kept;
    expect(names()).toEqual(['kept']);
    expect(transactions).toBe(1);
  });

  it.each([false, true])(
    'because the disk is full takes none along: each is tried by itself (the whole transaction lost: %s)',
    async (whole) => {
      const { soon } = open();
      // The begin and the first change succeed, the second does not.
      writes.failAt(3, whole);
      const all = await Promise.all(['a', 'b', 'c'].map((name) => soon('agent', note(name))));
      expect(all).toEqual(['a', 'b', 'c']);
      expect(names()).toEqual(['a', 'b', 'c']);
    },
  );

  it('and has lost the whole transaction takes none along, whatever it says of it', async () => {
    const { soon } = open();
    const before = soon('agent', note('before'));
    const fails = soon('agent', () => {
      try {
        note('lost')();
      } catch {
        throw new Error('no room');
      }
    });
    const after = soon('agent', note('after'));
    // The beginning, the first change, then this one.
    writes.failAt(3, true);
    await before;
    await fails;
    await after;
    expect(names().sort()).toEqual(['after', 'before', 'lost']);
  });

  it('only when it is told fails for nobody: all is in the store, and nothing is done again', async () => {
    const { soon } = open();
    let times = 0;
    const told = soon('agent', () => {
      times += 1;
      database.memory.afterwards(() => {
        throw new Error('nobody hears it');
      });
      return note('told')();
    });
    const heard: string[] = [];
    const other = soon('agent', () => {
      database.memory.afterwards(() => heard.push('other'));
      return note('other')();
    });
    expect(await Promise.all([told, other])).toEqual(['told', 'other']);
    expect(times).toBe(1);
    expect(names()).toEqual(['other', 'told']);
    expect(heard).toEqual(['other']);
    expect(untold).toEqual([new Error('nobody hears it')]);
  });

  it('is not said to have been kept when the commit fails, and memory is as before', async () => {
    const { soon } = open();
    const memory = { value: 1 };
    // The begin and the write itself, then the commit.
    writes.failAt(3);
    const fails = soon('agent', () => {
      database.memory.keep(memory);
      memory.value = 2;
      note('lost')();
    });
    await expect(fails).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(memory.value).toBe(1);
    expect(names()).toEqual([]);
    expect(database.health.trouble()).not.toBeNull();
  });
});

describe('a transaction that cannot be begun', () => {
  it('because another process writes refuses all that waits, once, and is not tried again unasked', async () => {
    const other = new Database(join(folder, 'ocs.db'));
    other.exec('begin immediate');
    const { soon } = open();
    const all = await Promise.allSettled(importances.map((importance) => soon(importance, note(importance))));
    other.exec('rollback');
    other.close();
    expect(
      all.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one)),
    ).toEqual(importances.map(() => 'SQLITE_BUSY'));
    const failed = transactions;
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(transactions).toBe(failed);
    await soon('agent', note('later'));
    expect(names()).toEqual(['later']);
  });

  it('because the store is closed is refused', async () => {
    const { soon } = open();
    database.close();
    await expect(soon('poll', () => undefined)).rejects.toThrow('not open');
  });
});
