import { nextTurn } from '../../clock.ts';
import { customerIndexName, customerKey } from './customer-key.ts';
import type { OcsDatabase } from '../database.ts';
import { isShown } from '../hidden-records.ts';
import type { RecordRow } from '../tables.ts';

/**
 * Stands for the index of a field until the next start, where an index of all records there are would be one long turn:
 * a table of this process alone, filled in slices, which triggers keep as the records are.
 */
export interface CustomerTable {
  /** All records are in it. Until then the list is searched. */
  readonly isWhole: boolean;
  /** Resolves when it is whole, or was taken away. */
  readonly filled: Promise<void>;
  has(list: string, customerId: string): boolean;
  /** Ready or waiting records. */
  open(list: string, customerId: string): RecordRow[];
  takeAway(): void;
}

/** Records read in one turn. */
const sliceRecords = 2_000;

export function createCustomerTable({ sqlite }: OcsDatabase, field: string): CustomerTable {
  const name = customerIndexName(field);
  const { key, isThere } = customerKey(field);
  const ofRow = (row: 'new' | 'old', sql: string) => sql.replaceAll('user_fields', `${row}.user_fields`);
  const add = `insert or ignore into ${name} select new.list, ${ofRow('new', key)}, new.handle where ${ofRow('new', isThere)};`;
  const remove = `delete from ${name} where list = old.list and customer = ${ofRow('old', key)} and handle = old.handle;`;
  const triggers = { insert: add, 'update of list, user_fields': remove + add, delete: remove };
  sqlite.exec(
    `create temp table ${name} (list text, customer text, handle integer, primary key (list, customer, handle)) without rowid;` +
      Object.entries(triggers)
        .map(
          ([on, run], n) =>
            `create temp trigger ${name}_${String(n)} after ${on} on main.records begin ${run} end;`,
        )
        .join(''),
  );
  const ofCustomer = `from ${name} c join records r on r.handle = c.handle
    where c.list = ? and c.customer = ? and ${isShown}`;
  const one = sqlite.prepare<[string, string]>(`select 1 ${ofCustomer} limit 1`);
  const all = sqlite.prepare<[string, string], RecordRow>(
    `select r.* ${ofCustomer} and r.record_status in (1, 9) order by r.handle`,
  );
  const fill = sqlite.prepare<[number, number]>(
    `insert or ignore into ${name} select list, ${key}, handle from records
     where handle > ? and handle <= ? and ${isThere}`,
  );
  const last = sqlite.prepare<[], number | null>('select max(handle) from records').pluck();
  let isWhole = false;
  let isGone = false;

  /** Later records come by the triggers. */
  const fillAll = async (until: number): Promise<void> => {
    for (let from = 0; from < until; from += sliceRecords) {
      await nextTurn();
      if (isGone || !sqlite.open) return;
      fill.run(from, Math.min(until, from + sliceRecords));
    }
    isWhole = true;
  };
  const takeAway = (): void => {
    if (isGone) return;
    isGone = true;
    isWhole = false;
    // Its triggers are on another table: they do not go with it.
    Object.keys(triggers).forEach((_on, n) => sqlite.exec(`drop trigger ${name}_${String(n)}`));
    sqlite.exec(`drop table ${name}`);
  };

  return {
    get isWhole() {
      return isWhole;
    },
    // Without room for it the list is searched, as before.
    filled: fillAll(last.get() ?? 0).catch(takeAway),
    has: (list, customerId) => one.get(list, customerId) !== undefined,
    open: (list, customerId) => all.all(list, customerId),
    takeAway,
  };
}
