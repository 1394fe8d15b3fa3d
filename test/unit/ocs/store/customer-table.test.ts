import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCallingLists } from '../../../../src/ocs/store/calling-lists.ts';
import { openDatabase, type OcsDatabase } from '../../../../src/ocs/store/database.ts';
import { createRecords, type Records } from '../../../../src/ocs/store/records.ts';

const field = 'Kunden-Nr';
const many = 25_000;
let folder: string;
let phones = 5_000_000;
let database: OcsDatabase;
let records: Records;

function start(): void {
  database = openDatabase(join(folder, 'ocs.db'));
  records = createRecords(database);
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'customers-'));
  start();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const add = (users: Record<string, string>[]) =>
  createCallingLists(database).add(
    'l',
    users.map((user, n) => ({ line: n + 2, phone: `+1212${String(phones++)}`, user })),
    true,
  );
/** Of one customer in ten there are two records. */
const customerOf = (n: number) => `K${String(n % 10 === 9 ? n - 1 : n)}`;
const addMany = () => add(Array.from({ length: many }, (_each, n) => ({ [field]: customerOf(n) })));
const open = (customerId: string) =>
  records
    .open('l', { customerId, field })
    .map(({ handle }) => handle)
    .sort((a, b) => a - b);
const namesOf = (schema: string) =>
  database.sqlite
    .prepare<[], string>(`select name from ${schema} where name like 'records_customer_%' order by name`)
    .pluck()
    .all();
const soon = (name = field, used: string[] = [name]) => records.customers.index(name, used, 'soon');

it('of a short list are indexed at once', () => {
  add([{ [field]: 'K1' }]);
  expect(soon()).toBe(true);
  expect(namesOf('sqlite_schema')).toHaveLength(2);
  expect(open('K1')).toEqual([1]);
});

it('of a long list are read in slices, others have their turn between, and all are found meanwhile', async () => {
  addMany();
  expect(soon()).toBe(true);
  expect(namesOf('sqlite_schema')).toHaveLength(1);
  let whole = false;
  void records.customers.indexed().then(() => (whole = true));
  let turns = 0;
  while (!whole) {
    expect(open('K8')).toEqual([9, 10]);
    expect(open(`K${String(many - 2)}`)).toEqual([many - 1, many]);
    await nextTurn();
    turns += 1;
  }
  expect(turns).toBeGreaterThan(many / 2_000);
  expect(soon()).toBe(true);
  expect(open('K8')).toEqual([9, 10]);
  expect(records.has('l', { customerId: 'K8', field })).toBe(true);
  expect(records.has('m', { customerId: 'K8', field })).toBe(false);
  expect(records.has('l', { customerId: 'K9', field })).toBe(false);
  records.set(9, { record_status: 3 });
  expect(open('K8')).toEqual([10]);
  database.sqlite.exec(`delete from ${namesOf('sqlite_temp_schema')[0] ?? ''}`);
  expect(open('K8')).toEqual([]);
});

it('are found by what became of them while the slices were on their way, and after', async () => {
  addMany();
  const change = fc.record({
    kind: fc.constantFrom('name', 'forget', 'add', 'remove'),
    handle: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: many - 5, max: many })),
    customer: fc.constantFrom('A', 'B', 'C'),
    pause: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 40 }), async (changes) => {
      soon();
      for (const { kind, handle, customer, pause } of changes) {
        if (kind === 'name') records.set(handle, { user_fields: JSON.stringify({ [field]: customer }) });
        else if (kind === 'forget') records.set(handle, { user_fields: '{}' });
        else if (kind === 'remove')
          database.sqlite.prepare('delete from records where handle = ?').run(handle);
        else add([{ [field]: customer }]);
        if (pause) await nextTurn();
      }
      await records.customers.indexed();
      const numbers = [0, 1, 2, 3, 4, many - 6, many - 5, many - 4, many - 3, many - 2];
      const customers = ['A', 'B', 'C', ...numbers.map(customerOf)];
      const found = customers.map(open);
      // Goes as a field that nobody uses: the list is searched then.
      for (let n = 0; n < 8; n += 1) soon(`other ${String(n)}`, []);
      expect(found).toEqual(customers.map(open));
    }),
    { numRuns: 5 },
  );
}, 120_000);

it('that nobody asks for any more make room, with all that belonged to them', async () => {
  addMany();
  soon('idle', []);
  await records.customers.indexed();
  for (let n = 0; n < 7; n += 1) expect(soon(`f${String(n)}`, ['f0', 'f1', 'f2'])).toBe(true);
  const tables = () => namesOf('sqlite_temp_schema').filter((name) => !/_\d$/.test(name));
  expect(tables()).toHaveLength(7);
  await records.customers.indexed();
  expect(open('K8')).toEqual([9, 10]);
  expect(add([{ idle: 'X' }])).toBeDefined();
  const used = Array.from({ length: 7 }, (_each, n) => `f${String(n)}`);
  expect([soon('f6', used), soon('idle', used)]).toEqual([true, false]);
  const before = tables();
  expect(soon('idle', used.slice(1))).toBe(true);
  expect(tables()).toHaveLength(7);
  expect(tables()).not.toEqual(before);
});

it('need no more than a start when the process ended in the middle: it makes the index whole', async () => {
  addMany();
  soon();
  await nextTurn();
  await nextTurn();
  database.close();
  await nextTurn();
  start();
  expect(namesOf('sqlite_temp_schema')).toEqual([]);
  expect(open('K8')).toEqual([9, 10]);
  expect(records.customers.index(field, [], 'now')).toBe(true);
  expect(namesOf('sqlite_schema')).toHaveLength(2);
  expect(open('K8')).toEqual([9, 10]);
});
