import type { OcsDatabase } from '../database.ts';
import { isListed, type NewEntry } from '../dnc-entries.ts';

/** How many entries are new. */
export interface BatchCounts {
  numbers: number;
  customers: number;
}

/** Enters lines of a file into a batch; entries that are listed already stay as they are. @returns how many are new */
export type BatchInsert = (batch: number, entries: readonly NewEntry[]) => BatchCounts;

export function createBatchInsert({ sqlite, phoneKey }: OcsDatabase): BatchInsert {
  const insert = sqlite.prepare(
    `insert into dnc (phone, phone_key, customer_id, campaign, list, message, created_at, own)
     values (@phone, @key, @customerId, @campaign, @list, @message, @atMs, 0) on conflict do nothing`,
  );
  const entryOfPhone = sqlite.prepare<[string], { id: number; listed: number }>(
    `select id, ${isListed} listed from dnc where phone_key = ?`,
  );
  const entryOfCustomer = sqlite.prepare<[string], { id: number; listed: number }>(
    `select id, ${isListed} listed from dnc where customer_id = ?`,
  );
  const enter = sqlite.prepare<[number, number]>(
    'insert or ignore into dnc_batch_entries (batch, entry) values (?, ?)',
  );

  /** @returns whether the entry is new with this batch */
  const addOne = (
    batch: number,
    inserted: boolean,
    entry: { id: number; listed: number } | undefined,
  ): boolean => {
    if (entry === undefined) return false;
    const isFirst = enter.run(batch, entry.id).changes === 1;
    return inserted || (isFirst && entry.listed === 0);
  };

  return (batch, entries) => {
    const counts: BatchCounts = { numbers: 0, customers: 0 };
    for (const { phone, customerId, campaign = null, list = null, message = null, atMs } of entries) {
      const row = { campaign, list, message, atMs };
      if (phone !== undefined) {
        const key = phoneKey(phone);
        const isNew = insert.run({ ...row, phone, key, customerId: null }).changes === 1;
        if (addOne(batch, isNew, entryOfPhone.get(key))) counts.numbers += 1;
      }
      if (customerId !== undefined) {
        const isNew = insert.run({ ...row, phone: null, key: null, customerId }).changes === 1;
        if (addOne(batch, isNew, entryOfCustomer.get(customerId))) counts.customers += 1;
      }
    }
    return counts;
  };
}
