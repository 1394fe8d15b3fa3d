import type { Database } from 'better-sqlite3';

/**
 * When a transaction counts as kept. What it means for others (replies, messages, timers) waits until then, in the order
 * of the transactions.
 */
export interface Durability {
  /**
   * A transaction is in the file.
   *
   * @param wrote false where it changed nothing there
   * @param effects what others are to see of it
   */
  readonly committed: (wrote: boolean, effects: () => void) => void;
  /** Resolves when all transactions until now are kept; null when they are. Rejects with CodedError DATABASE_ERROR. */
  readonly kept: () => Promise<void> | null;
  /** Why what would be written now could not be kept, in plain words; null when it can. */
  readonly trouble: () => string | null;
}

/** Makes what keeps the transactions of a database. */
export type Keeper = (sqlite: Database) => Durability;

/** The file is all there is. */
export const keptByTheFile: Durability = {
  committed: (_wrote, effects) => {
    effects();
  },
  kept: () => null,
  trouble: () => null,
};
