/**
 * A condition on a row of `dnc`: the entry counts. Somebody asked for it by itself, or a file has it of which all is
 * there. Those of a file that is being loaded or taken back are in the table and hidden.
 */
export const isListed = `(own = 1 or exists (select 1 from dnc_batch_entries e join dnc_batches b on b.id = e.batch
  where e.entry = dnc.id and b.hidden = 0))`;

/** What somebody puts on the list: a phone, a customer or both. */
export interface NewEntry {
  phone?: string | undefined;
  customerId?: string | undefined;
  campaign?: string | undefined;
  list?: string | undefined;
  message?: string | undefined;
  /** When it was made, ms since 1970. */
  atMs: number;
}
