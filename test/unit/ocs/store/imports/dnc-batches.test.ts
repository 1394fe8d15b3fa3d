import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseCallingList } from '../../../../../src/ocs/lists/csv.ts';
import { createCallingLists } from '../../../../../src/ocs/store/calling-lists.ts';
import { openDatabase } from '../../../../../src/ocs/store/database.ts';
import type { NewEntry } from '../../../../../src/ocs/store/dnc-entries.ts';
import { createDncBatches } from '../../../../../src/ocs/store/imports/dnc-batches.ts';
import { migrations } from '../../../../../src/ocs/store/migrations/all.ts';
import { createDoNotCall } from '../../../../../src/ocs/store/do-not-call.ts';

const database = openDatabase(':memory:');
const doNotCall = createDoNotCall(database);
const batches = createDncBatches(database);
afterEach(() => {
  // Whatever was done: what is kept is what there is.
  const counted = database.sqlite.prepare(
    'select id, entries, (select count(*) from dnc_batch_entries where batch = b.id) n from dnc_batches b',
  );
  for (const { entries, n } of counted.all() as { entries: number; n: number }[]) expect(entries).toBe(n);
  database.sqlite.exec('delete from dnc; delete from dnc_batches; delete from records; delete from windows');
});
/** Loads a file in parts of two entries. */
function load(name: string, atMs: number, entries: readonly NewEntry[]) {
  const pending = batches.begin(name, atMs);
  const sum = { numbers: 0, customers: 0 };
  for (let at = 0; at < entries.length; at += 2) {
    const { numbers, customers } = pending.add(entries.slice(at, at + 2));
    sum.numbers += numbers;
    sum.customers += customers;
  }
  database.transaction(() => pending.finish());
  return sum;
}
/** Takes a batch back, with all that is left to do. */
function undo(name: string) {
  const counted = batches.own(name, 0, 100)?.entries ?? null;
  const before = listedNow();
  expect(batches.undo(name)).toBe(counted !== null);
  expect(before - listedNow()).toBe(counted ?? 0);
  while (batches.tidy(2));
  return counted;
}
const listedNow = () => doNotCall.page(0, 1_000).entries.length;
const lines = (...phones: string[]) => phones.map((phone) => ({ phone, atMs: 5 }));
const listed = (...phones: string[]) => phones.filter((phone) => doNotCall.forbids(phone, null) !== null);

describe('a batch of Do Not Call', () => {
  it('counts numbers and customers that are new, and is known by its name', () => {
    doNotCall.add({ phone: '5550101', atMs: 1 });
    const both = { phone: '+5550102', customerId: 'K1', atMs: 5 };
    expect(load('a', 7, [...lines('+5550101', '5550103', '5550103'), both])).toEqual({
      numbers: 2,
      customers: 1,
    });
    expect(load('b', 8, [])).toEqual({ numbers: 0, customers: 0 });
    expect(batches.has('a')).toBe(true);
    expect(batches.has('c')).toBe(false);
    expect(batches.all()).toEqual([
      { name: 'b', createdAt: 8, entries: 0 },
      { name: 'a', createdAt: 7, entries: 4 },
    ]);
  });

  it('is taken back, all but what somebody asked for by itself, before or after', () => {
    doNotCall.add({ phone: '5550101', atMs: 1 });
    load('a', 7, [...lines('5550101', '5550102', '5550103'), { customerId: 'K1', atMs: 5 }]);
    load('other', 7, lines('5550109'));
    // An agent sends DoNotCall for one who is listed already.
    expect(doNotCall.add({ phone: '+5550102', atMs: 9 })).toBe(0);
    expect(undo('a')).toBe(2);
    expect(listed('5550101', '5550102', '5550103', '5550109')).toEqual(['5550101', '5550102', '5550109']);
    expect(doNotCall.forbids('5550103', 'K1')).toBeNull();
    expect(undo('a')).toBeNull();
    expect(batches.all().map(({ name }) => name)).toEqual(['other']);
  });

  it('leaves what another batch has too', () => {
    load('a', 7, lines('5550101', '5550102'));
    load('b', 8, lines('5550102', '5550103'));
    expect(undo('a')).toBe(1);
    expect(listed('5550101', '5550102', '5550103')).toEqual(['5550102', '5550103']);
    expect(undo('b')).toBe(2);
  });

  it('forgets what was removed, though its place in the table is used again', () => {
    load('a', 7, lines('5550101'));
    doNotCall.remove({ phone: '5550101' });
    load('b', 8, lines('5550102'));
    expect(undo('a')).toBe(0);
    expect(listed('5550102')).toEqual(['5550102']);
    expect(undo('b')).toBe(1);
  });

  it('is rehearsed without a trace, with how many of its numbers wait to be called', () => {
    createCallingLists(database).add(
      'l',
      parseCallingList('phone,record_status\n5550101,\n5550102,3\n5550103,\n').records,
      true,
    );
    doNotCall.add({ phone: '5550103', atMs: 1 });
    const rehearsal = batches.rehearse('a');
    expect(rehearsal.add(lines('5550101', '5550102'))).toEqual({ numbers: 2, customers: 0, waiting: 1 });
    expect(rehearsal.add([...lines('5550103', '5550104', '555-0101'), { customerId: 'K', atMs: 1 }])).toEqual(
      {
        numbers: 1,
        customers: 1,
        waiting: 0,
      },
    );
    rehearsal.close();
    expect(batches.all()).toEqual([]);
    expect(listed('5550101', '5550102', '5550104')).toEqual([]);
  });

  it('counts only when all of it is there, whoever asks; what is asked for meanwhile counts at once', () => {
    doNotCall.add({ phone: '5550100', atMs: 1 });
    const pending = batches.begin('a', 7);
    expect(pending.add(lines('5550100', '5550101', '5550102', '5550103'))).toMatchObject({ numbers: 3 });
    expect(pending.add(lines('5550101'))).toMatchObject({ numbers: 0 });
    expect(listed('5550101', '5550102', '5550103')).toEqual([]);
    expect(doNotCall.find({ phone: '5550101' })).toEqual([]);
    expect(doNotCall.page(0, 10)).toMatchObject({ entries: [{ phone: '5550100' }] });
    expect(batches.all()).toEqual([]);
    expect(batches.has('a')).toBe(false);
    expect(doNotCall.add({ phone: '555 0102', atMs: 9, message: 'asked' })).toBe(1);
    expect(doNotCall.find({ phone: '5550102' })).toMatchObject([{ message: 'asked', createdAt: 9 }]);
    // The file lists it again: it is removed now and comes back when the file is whole.
    expect(doNotCall.remove({ phone: '5550102' })).toBe(1);
    expect(listed('5550102')).toEqual([]);
    database.transaction(() => pending.finish());
    expect(listed('5550101', '5550102', '5550103')).toEqual(['5550101', '5550102', '5550103']);
    expect(batches.all()).toMatchObject([{ name: 'a', entries: 4 }]);
  });

  it('leaves nothing when it is broken off, at once for those who ask', () => {
    load('other', 7, lines('5550109'));
    const pending = batches.begin('a', 7);
    pending.add(lines('5550101', '5550109'));
    expect(batches.tidy(10)).toBe(false);
    pending.breakOff();
    expect(listed('5550101', '5550109')).toEqual(['5550109']);
    expect(load('a', 8, lines('5550101'))).toEqual({ numbers: 1, customers: 0 });
    while (batches.tidy(1));
    expect(listed('5550101', '5550109')).toEqual(['5550101', '5550109']);
    expect(undo('a')).toBe(1);
    const rows = database.sqlite.prepare('select count(*) n from dnc_batch_entries').get();
    expect(rows).toEqual({ n: 1 });
  });

  it('is loaded one at a time, under a name that no other has; a rehearsal is refused alike', () => {
    load('a', 7, []);
    const taken = expect.objectContaining({ code: 'BAD_ARGUMENT', field: 'batch', found: 'a' }) as Error;
    expect(() => batches.begin('a', 7)).toThrow(taken);
    expect(() => batches.rehearse('a')).toThrow(taken);
    const pending = batches.begin('b', 7);
    const running = expect.objectContaining({ code: 'IMPORT_RUNNING', field: 'batch' }) as Error;
    expect(() => batches.begin('c', 7)).toThrow(running);
    expect(() => batches.rehearse(undefined)).toThrow(running);
    pending.breakOff();
    batches.rehearse(undefined).close();
    batches.begin('b', 7).breakOff();
  });

  it('has its number of entries at hand, however many there are', () => {
    const prepare = vi.spyOn(database.sqlite, 'prepare');
    createDncBatches(database).all();
    const [sql] = prepare.mock.calls
      .map(([each]) => each)
      .filter((each) => each.includes('createdAt, entries'));
    prepare.mockRestore();
    const plan = database.sqlite.prepare(`explain query plan ${String(sql)}`).all() as { detail: string }[];
    expect(plan.map(({ detail }) => detail)).toEqual(['SCAN dnc_batches']);
  });

  it('of an older database has its number of entries too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dnc-batches-'));
    const path = join(folder, 'ocs.db');
    const old = new Database(path);
    const before = migrations.findIndex((sql) => sql.includes('dnc_batch_entered'));
    for (const sql of migrations.slice(0, before)) old.exec(sql);
    old.exec(`pragma user_version = ${String(before)};
      insert into dnc_batches (id, name, created_at) values (1, 'a', 7), (2, 'b', 8);
      insert into dnc_batch_entries (batch, entry) values (1, 1), (1, 2), (1, 3), (2, 1)`);
    old.close();
    const newer = openDatabase(path);
    expect(createDncBatches(newer).all()).toEqual([
      { name: 'b', createdAt: 8, entries: 1 },
      { name: 'a', createdAt: 7, entries: 3 },
    ]);
    newer.close();
    rmSync(folder, { recursive: true });
  });

  it('finds numbers by an index, however long the list', () => {
    const plan = (sql: string) =>
      (database.sqlite.prepare(`explain query plan ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('select 1 from dnc where phone_key = 7')).toMatch(/^SEARCH dnc USING .*INDEX dnc_phone/);
    expect(plan('update dnc set own = 1 where own = 0 and (phone_key = 7 or customer_id = 7)')).not.toContain(
      'SCAN',
    );
  });
});
