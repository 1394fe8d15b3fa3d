import { customerIndex, customerIndexName, customerKey } from './customer-key.ts';
import { createCustomerTable, type CustomerTable } from './customer-table.ts';
import type { OcsDatabase } from '../database.ts';
import { isShown } from '../hidden-records.ts';
import type { RecordRow } from '../tables.ts';

/** The records of the customers that a user field of their list names. */
export interface Customers {
  /**
   * Records are found by the customer that this user field names. Where there are indexes of as many fields as there may
   * be, those of fields that nobody uses go first.
   *
   * @param used fields that have to stay
   * @param when `now`: the index is there at once, and nobody else has a turn before; `soon`: with many records it comes
   *   in slices, and until it is whole the list is searched
   * @returns false when there is no room for another index: the records are searched one by one
   */
  index(field: string, used: readonly string[], when: 'now' | 'soon'): boolean;
  /** Resolves when no index is on its way any more. */
  indexed(): Promise<void>;
  has(list: string, field: string, customerId: string): boolean;
  /** Ready or waiting records. */
  open(list: string, field: string, customerId: string): RecordRow[];
}

/** Each costs time with every record that is added; by other fields than so many the list is searched. */
const mostIndexes = 8;

/** Its index is there from the first start. */
const usualCustomerField = 'customer_id';

/** An index of so many records is made in one turn. */
const fewRecords = 10_000;

export function createCustomers(database: OcsDatabase): Customers {
  const { sqlite } = database;
  const indexes = sqlite
    .prepare<[], string>(
      `select name from sqlite_schema where type = 'index' and name like 'records_customer_%'`,
    )
    .pluck();
  const lastHandle = sqlite.prepare<[], number | null>('select max(handle) from records').pluck();
  /** By the name that the index would have. */
  const tables = new Map<string, CustomerTable>();
  const searches = new Map<string, ReturnType<typeof prepareSearch>>();
  const searchOf = (field: string) => {
    const table = tables.get(customerIndexName(field));
    if (table?.isWhole === true) return table;
    const known = searches.get(field) ?? prepareSearch(database, field);
    searches.set(field, known);
    return known;
  };
  const takeAway = (name: string): void => {
    const table = tables.get(name);
    if (table === undefined) sqlite.exec(`drop index ${name}`);
    else {
      database.memory.afterwards(() => {
        table.takeAway();
        tables.delete(name);
      });
    }
  };
  const begin = (name: string, field: string): void => {
    try {
      tables.set(name, createCustomerTable(database, field));
    } catch {
      // No room on the disk for tables of this process: the list is searched.
    }
  };
  /** @returns false when there is no room for this one */
  const makeRoom = (used: readonly string[]): boolean => {
    const known = [...indexes.all(), ...tables.keys()];
    const kept = new Set([usualCustomerField, ...used].map(customerIndexName));
    const idle = known.filter((name) => !kept.has(name));
    const away = idle.slice(0, Math.max(0, known.length + 1 - mostIndexes));
    for (const name of away) takeAway(name);
    return known.length - away.length < mostIndexes;
  };

  return {
    index: (field, used, when) =>
      database.transaction(() => {
        const name = customerIndexName(field);
        if (indexes.all().includes(name) || tables.has(name)) return true;
        if (!makeRoom(used)) return false;
        const isLong = (lastHandle.get() ?? 0) > fewRecords;
        if (when === 'now' || !isLong) sqlite.exec(customerIndex(field));
        else {
          database.memory.afterwards(() => {
            if (!tables.has(name)) begin(name, field);
          });
        }
        return true;
      }),
    indexed: async () => {
      await Promise.all([...tables.values()].map(({ filled }) => filled));
    },
    has: (list, field, customerId) => searchOf(field).has(list, customerId),
    open: (list, field, customerId) => searchOf(field).open(list, customerId),
  };
}

/** The status has no say in which index is used. */
function prepareSearch({ sqlite }: OcsDatabase, field: string): Pick<CustomerTable, 'has' | 'open'> {
  const { key, isThere } = customerKey(field);
  const ofCustomer = `from records where list = ? and ${isThere} and ${key} = ? and ${isShown}`;
  const all = sqlite.prepare<[string, string], RecordRow>(
    `select * ${ofCustomer} and +record_status in (1, 9)`,
  );
  const one = sqlite.prepare<[string, string]>(`select 1 ${ofCustomer} limit 1`);
  return {
    has: (list, customerId) => one.get(list, customerId) !== undefined,
    open: (list, customerId) => all.all(list, customerId),
  };
}
