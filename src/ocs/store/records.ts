import { recordStatus } from '../../domain/record.ts';
import { createCustomers, type Customers } from './customers/customers.ts';
import type { OcsDatabase } from './database.ts';
import { isShown } from './hidden-records.ts';
import { isInCall } from './open-records.ts';
import type { RecordRow } from './tables.ts';
import { createUpdate } from './update-statement.ts';

/** The records of all calling lists. */
export interface Records {
  get(handle: number): RecordRow | undefined;
  /** Ready records of one window and type that have been due longest, whose number is not in a call. */
  due(list: string, windowId: number, type: number, nowMs: number, limit: number): RecordRow[];
  /** Changes fields of one record. */
  set(handle: number, changes: Partial<Omit<RecordRow, 'handle'>>): void;
  /** The numbers of a chain in their order. */
  chain(record: RecordRow): RecordRow[];
  /** Makes the next waiting number of the chain ready. @returns its handle, or null when the chain is at its end */
  nextInChain(record: RecordRow, nowMs: number): number | null;
  /** Closes what is left of the chain, since one of its numbers did it or the chain was given up. */
  closeChain(record: RecordRow): void;
  /** The records of customers, by fields that may have an index. */
  readonly customers: Pick<Customers, 'index' | 'indexed'>;
  /** Whether a list has a record with this phone or customer, whatever became of it. */
  has(list: string, where: { phone: string } | { customerId: string; field: string }): boolean;
  /** Ready or waiting records of a list with this phone. */
  open(list: string, where: { phone: string } | { customerId: string; field: string }): RecordRow[];
}

export function createRecords(database: OcsDatabase): Records {
  const { sqlite } = database;
  const getOne = sqlite.prepare<[number], RecordRow>(`select * from records where handle = ? and ${isShown}`);
  const dueOnes = sqlite.prepare<[string, number, number, number, number, number], RecordRow>(
    `select * from records r
     where list = ? and record_status = ? and window_id = ? and record_type = ? and due <= ?
       and not ${isInCall('r.phone_key')}
     order by due, handle limit ?`,
  );
  const chainOf = sqlite.prepare<[string, number], RecordRow>(
    `select * from records where list = ? and chain_id = ? and ${isShown} order by chain_n`,
  );
  const waitingOf = sqlite.prepare<[string, number, number], { handle: number; due: number }>(
    `select handle, due from records where list = ? and chain_id = ? and chain_n > ?
       and record_status = ${String(recordStatus.ChainReady)} order by (${isShown}) desc, chain_n limit 1`,
  );
  const closeWaiting = sqlite.prepare<[string, number, number]>(
    `update records set record_status = ${String(recordStatus.ChainUpdated)}
     where list = ? and chain_id = ? and handle <> ?
       and record_status in (${String(recordStatus.ChainReady)}, ${String(recordStatus.Ready)})`,
  );
  const byPhone = sqlite.prepare<[string, string], RecordRow>(
    `select * from records where list = ? and phone_key = ? and record_status in (1, 9) and ${isShown}`,
  );
  const hasPhone = sqlite.prepare<[string, string]>(
    `select 1 from records where list = ? and phone_key = ? and ${isShown} limit 1`,
  );
  const customers = createCustomers(database);
  const set = createUpdate<number>(sqlite, 'records', 'handle');
  const chain: Records['chain'] = (record) => chainOf.all(record.list, record.chain_id);

  return {
    get: (handle) => getOne.get(handle),
    due: (list, windowId, type, nowMs, limit) =>
      dueOnes.all(list, recordStatus.Ready, windowId, type, nowMs, limit),
    set,
    chain,
    nextInChain: (record, nowMs) => {
      const next = waitingOf.get(record.list, record.chain_id, record.chain_n);
      if (next === undefined) return null;
      set(next.handle, { record_status: recordStatus.Ready, due: Math.max(next.due, nowMs) });
      return next.handle;
    },
    closeChain: (record) => {
      closeWaiting.run(record.list, record.chain_id, record.handle);
    },
    customers,
    has: (list, where) =>
      'phone' in where
        ? hasPhone.get(list, database.phoneKey(where.phone)) !== undefined
        : customers.has(list, where.field, where.customerId),
    open: (list, where) =>
      'phone' in where
        ? byPhone.all(list, database.phoneKey(where.phone))
        : customers.open(list, where.field, where.customerId),
  };
}
