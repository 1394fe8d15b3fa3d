import type { OcsDatabase } from './database.ts';
import { isListed, type NewEntry } from './dnc-entries.ts';

/** One entry of the Do Not Call list: a phone or a customer. */
export interface DncEntry {
  id: number;
  /** As it was written. */
  phone: string | null;
  customerId: string | null;
  message: string | null;
  campaign: string | null;
  list: string | null;
  /** ms since 1970. */
  createdAt: number;
}

/** Whom to look for; with both, the entries of either. */
export interface Who {
  phone?: string | undefined;
  customerId?: string | undefined;
}

/**
 * The Do Not Call list and the numbers that rest for some hours after an abandoned call or a machine. Both
 * are indexed tables, not memory: a list of many millions costs no start-up time. Numbers are compared by their
 * key, so that it does not matter how they are written.
 */
export interface DoNotCall {
  /** @returns how many entries are new: a phone and a customer are one each */
  add(entry: NewEntry): number;
  find(who: Who): DncEntry[];
  /** @returns how many entries there were */
  remove(who: Who): number;
  /** The whole list, a page at a time, oldest first. A page may be empty though more follow; `next` is null at the end. */
  page(afterId: number, limit: number): { entries: DncEntry[]; next: number | null };
  /** What forbids the call; the customer is looked up only if the phone is not listed. */
  forbids(phone: string, customerId: string | null): 'phone' | 'customer_id' | null;
  block(phone: string, untilMs: number): void;
  /** Until when the number rests; null when it may be called. */
  restsUntil(phone: string, nowMs: number): number | null;
}

export function createDoNotCall(database: OcsDatabase): DoNotCall {
  const { sqlite, phoneKey } = database;
  const insert = sqlite.prepare(
    `insert into dnc (phone, phone_key, customer_id, campaign, list, message, created_at)
     values (@phone, @key, @customerId, @campaign, @list, @message, @atMs) on conflict do nothing`,
  );
  const byPhone = sqlite.prepare<[string | null]>(`select 1 from dnc where phone_key = ? and ${isListed}`);
  const byCustomer = sqlite.prepare<[string | null]>(
    `select 1 from dnc where customer_id = ? and ${isListed}`,
  );
  const columns = 'id, phone, customer_id customerId, message, campaign, list, created_at createdAt';
  const entry = `select ${columns} from dnc`;
  // The customer's own wish: it outlives the undoing of a file that listed it before.
  const ask = sqlite.prepare(
    'update dnc set own = 1 where own = 0 and (phone_key = @key or customer_id = @customerId)',
  );
  // A file that is not whole has it: to those who ask now it is new.
  const askFirst = sqlite.prepare(
    `update dnc set own = 1, phone = @phone, campaign = @campaign, list = @list, message = @message,
       created_at = @atMs where phone_key = @key or customer_id = @customerId`,
  );
  // Two searches, each by its index.
  const findBoth = sqlite.prepare<[string | null, string | null], DncEntry>(
    `${entry} where phone_key = ? and ${isListed} union all ${entry} where customer_id = ? and ${isListed}`,
  );
  const disown = sqlite.prepare<[number]>('update dnc set own = 0 where id = ?');
  // A file that is being loaded has it too: it comes back with that.
  const takeFromBatches = sqlite.prepare<[number]>(
    'delete from dnc_batch_entries where entry = ? and batch in (select id from dnc_batches where hidden = 0)',
  );
  const removeUnowned = sqlite.prepare<[number, number]>(
    'delete from dnc where id = ? and not exists (select 1 from dnc_batch_entries where entry = ?)',
  );
  const removeOne = (id: number) => {
    disown.run(id);
    takeFromBatches.run(id);
    removeUnowned.run(id, id);
  };
  // Those that are hidden count for the page, so that none takes longer the more there are.
  const pageOf = sqlite.prepare<[number, number], DncEntry & { isListed: number }>(
    `select ${columns}, ${isListed} isListed from dnc where id > ? order by id limit ?`,
  );
  const find = ({ phone, customerId }: Who) =>
    findBoth.all(phone === undefined ? null : phoneKey(phone), customerId ?? null);
  const rest = sqlite.prepare<[string, string, number]>(
    `insert into phone_blocks (phone_key, phone, until_at) values (?, ?, ?)
     on conflict (phone_key) do update set until_at = max(until_at, excluded.until_at)`,
  );
  const resting = sqlite.prepare<[string, number], { until_at: number }>(
    'select until_at from phone_blocks where phone_key = ? and until_at > ?',
  );
  return {
    add: ({ phone, customerId, campaign, list, message, atMs }) => {
      // One row each: an entry with both would be lost if either were listed already.
      const row = { campaign: campaign ?? null, list: list ?? null, message: message ?? null, atMs };
      const entries = [
        ...(phone === undefined ? [] : [{ phone, key: phoneKey(phone), customerId: null }]),
        ...(customerId === undefined ? [] : [{ phone: null, key: null, customerId }]),
      ];
      return entries.reduce((sum, entry) => {
        if (insert.run({ ...row, ...entry }).changes === 1) return sum + 1;
        const isKnown = (byPhone.get(entry.key) ?? byCustomer.get(entry.customerId)) !== undefined;
        if (isKnown) ask.run(entry);
        else askFirst.run({ ...row, ...entry });
        return isKnown ? sum : sum + 1;
      }, 0);
    },
    find,
    remove: (who) => {
      const found = find(who);
      for (const { id } of found) removeOne(id);
      return found.length;
    },
    page: (afterId, limit) => {
      const found = pageOf.all(afterId, limit);
      const entries = found.flatMap(({ isListed: listed, ...each }) => (listed === 1 ? [each] : []));
      return { entries, next: found.at(-1)?.id ?? null };
    },
    forbids: (phone, customerId) =>
      byPhone.get(phoneKey(phone)) !== undefined
        ? 'phone'
        : customerId !== null && byCustomer.get(customerId) !== undefined
          ? 'customer_id'
          : null,
    block: (phone, untilMs) => {
      rest.run(phoneKey(phone), phone, untilMs);
    },
    restsUntil: (phone, nowMs) => resting.get(phoneKey(phone), nowMs)?.until_at ?? null,
  };
}
