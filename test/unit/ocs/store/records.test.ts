import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallingLists } from '../../../../src/ocs/store/calling-lists.ts';
import { openDatabase, type OcsDatabase } from '../../../../src/ocs/store/database.ts';
import { createRecords, type Records } from '../../../../src/ocs/store/records.ts';

let database: OcsDatabase;
let records: Records;
beforeEach(() => {
  database = openDatabase(':memory:');
  records = createRecords(database);
});
afterEach(() => {
  vi.restoreAllMocks();
  database.close();
});

/** Adds a record for each of these user fields. */
function add(list: string, ...users: Record<string, string>[]): void {
  const made = users.map((user, index) => ({
    line: index + 2,
    phone: `555010${String(index)}`,
    user,
  }));
  createCallingLists(database).add(list, made, true);
}
const open = (list: string, field: string, customerId: string) =>
  records.open(list, { customerId, field }).map(({ handle }) => handle);
const index = (field: string, used: string[] = []) => records.customers.index(field, used, 'now');
const indexes = () =>
  database.sqlite
    .prepare<[], { n: number }>(`select count(*) n from sqlite_schema where name like 'records_customer_%'`)
    .get()?.n;

/** How the searches by a customer are carried out. */
function plans(field: string): string[] {
  const prepare = vi.spyOn(database.sqlite, 'prepare');
  records = createRecords(database);
  records.open('l', { customerId: 'K1', field });
  records.has('l', { customerId: 'K1', field });
  const sources = prepare.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes('json_extract'));
  prepare.mockRestore();
  expect(sources).toHaveLength(2);
  return sources.map((sql) => {
    const steps = database.sqlite.prepare(`explain query plan ${sql}`).all('l', 'K1') as { detail: string }[];
    return steps[0]?.detail ?? '';
  });
}
const byIndex = expect.stringMatching(
  /^SEARCH records USING INDEX records_customer_\w+ \(list=\? AND <expr>=\?\)$/,
) as string;

describe('the records of a customer', () => {
  it.each(['customer_id', 'Kunden-Nr ü', 'a.b', 'a"b', "o'clock", 'a\\b', '$'])(
    'are those of the list whose field %s says so, as text and without blanks',
    (field) => {
      index(field);
      add(
        'l',
        { [field]: ' K1 ' },
        { [field]: 'K2' },
        { [field]: '5' },
        { other: 'K1' },
        { [field]: 'K1' },
        {},
      );
      add('m', { [field]: 'K1' });
      // An agent may give it a number.
      records.set(3, { user_fields: JSON.stringify({ [field]: 7 }) });
      expect(open('l', field, 'K1')).toEqual([1, 5]);
      expect(open('l', field, '7')).toEqual([3]);
      expect(open('l', field, 'k1')).toEqual([]);
      expect(open('m', field, 'K1')).toEqual([7]);
      expect(records.has('l', { customerId: 'K2', field })).toBe(true);
      expect(records.has('m', { customerId: 'K2', field })).toBe(false);
    },
  );

  it('are open while they are ready or wait in a chain, and there in any status', () => {
    add('l', { customer_id: 'K1' });
    const statuses = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((status) => {
      records.set(1, { record_status: status });
      expect(records.has('l', { customerId: 'K1', field: 'customer_id' })).toBe(true);
      return open('l', 'customer_id', 'K1').length === 1;
    });
    expect(statuses).toEqual([1, 9]);
  });

  it('are found by what an agent made of the field', () => {
    add('l', { customer_id: 'K1' });
    records.set(1, { user_fields: '{"customer_id":"K2"}' });
    expect(open('l', 'customer_id', 'K1')).toEqual([]);
    expect(open('l', 'customer_id', 'K2')).toEqual([1]);
  });

  it('are found by an index, however long the list: by customer_id always, by other fields once that is asked for', () => {
    expect(plans('customer_id')).toEqual([byIndex, byIndex]);
    expect(plans('Kunden-Nr')[0]).not.toContain('records_customer');
    add('l', { 'Kunden-Nr': 'K1' });
    index('Kunden-Nr');
    expect(plans('Kunden-Nr')).toEqual([byIndex, byIndex]);
    expect(open('l', 'Kunden-Nr', 'K1')).toEqual([1]);
  });

  it('have no second index for the same field, and no more than 8', () => {
    for (let times = 0; times < 2; times += 1) {
      for (const field of ['customer_id', 'a', 'b']) index(field);
      expect(indexes()).toBe(3);
    }
    for (let n = 0; n < 20; n += 1) index(`field ${String(n)}`);
    expect(indexes()).toBe(8);
    expect(index('field 19')).toBe(true);
    add('l', { 'field 19': 'K1' });
    expect(open('l', 'field 19', 'K1')).toEqual([1]);
  });

  it('keep the indexes of fields that are used, and have those of others make room', () => {
    const used = Array.from({ length: 7 }, (_each, n) => `field ${String(n)}`);
    for (const field of used) expect(index(field, used)).toBe(true);
    expect(index('another', used)).toBe(false);
    expect([index('field 6', used), indexes()]).toEqual([true, 8]);
    expect(index('another', used.slice(1))).toBe(true);
    expect(indexes()).toBe(8);
    expect(plans('another')).toEqual([byIndex, byIndex]);
    expect(plans('customer_id')).toEqual([byIndex, byIndex]);
    expect(plans('field 0')[0]).not.toContain('records_customer');
  });
});
