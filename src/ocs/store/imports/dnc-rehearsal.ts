import type { OcsDatabase } from '../database.ts';
import type { BatchCounts } from './dnc-batch-insert.ts';
import { isListed, type NewEntry } from '../dnc-entries.ts';
import { isShown } from '../hidden-records.ts';
import { openScratch } from './scratch-database.ts';

/** What a load of Do Not Call would do, counted in slices; nothing of it is written to the store. */
export interface DncRehearsal {
  /** Also counts how many of the new numbers wait in calling lists to be called. */
  add(entries: readonly NewEntry[]): BatchCounts & { waiting: number };
  /** Can be called twice. */
  close(): void;
}

export function createDncRehearsal({ sqlite, phoneKey, transaction }: OcsDatabase): DncRehearsal {
  const listedPhone = sqlite.prepare<[string]>(`select 1 from dnc where phone_key = ? and ${isListed}`);
  const listedCustomer = sqlite.prepare<[string]>(`select 1 from dnc where customer_id = ? and ${isListed}`);
  // Each list is searched by its index.
  const isWaiting = sqlite.prepare<[string]>(
    `select 1 from records where list in (select list from windows) and phone_key = ?
       and record_status in (1, 9) and ${isShown} limit 1`,
  );
  // What the file had so far.
  const seen = openScratch('create table seen (key text primary key) without rowid');
  const note = seen.prepare<[string]>('insert or ignore into seen values (?)');
  const isFirst = (key: string) => note.run(key).changes === 1;

  return {
    add: (entries) =>
      transaction(() => {
        const counts = { numbers: 0, customers: 0, waiting: 0 };
        for (const { phone, customerId } of entries) {
          const key = phone === undefined ? null : phoneKey(phone);
          if (key !== null && isFirst(`p${key}`) && listedPhone.get(key) === undefined) {
            counts.numbers += 1;
            if (isWaiting.get(key) !== undefined) counts.waiting += 1;
          }
          if (customerId === undefined || !isFirst(`c${customerId}`)) continue;
          if (listedCustomer.get(customerId) === undefined) counts.customers += 1;
        }
        return counts;
      }),
    close: () => {
      if (seen.open) seen.close();
    },
  };
}
