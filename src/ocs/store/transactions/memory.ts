/**
 * Memory that follows the store. What a transaction changes in memory can be read at once by all that comes later
 * in it; when the transaction is taken back, so are these changes. What others would see (messages, timers) waits
 * until the transaction is kept.
 */
export interface Memory {
  /** Before fields of an object change: a transaction that is taken back gives it those that it has now. */
  keep(thing: object): void;
  /** Before an entry of a map is set or removed. */
  keepEntry<K, V>(map: Map<K, V>, key: K): void;
  /**
   * Runs when the whole transaction is in the store, in order; at once outside of a transaction. One that throws keeps
   * none of the others from running, and nobody is told that the transaction failed.
   */
  afterwards(run: () => void): void;
}

/** A place in a transaction to which memory can be brought back. */
interface Mark {
  readonly undo: number;
  readonly later: number;
}

/** For the store, which knows how its transactions end. */
export interface MemoryOfTransactions extends Memory {
  begin(): Mark;
  /** Puts memory back to what it was at the mark. */
  takeBack(mark: Mark): void;
  /** The outermost transaction is in the file. @returns runs what was to be done afterwards, once it is kept */
  finish(): () => void;
}

/**
 * @param inTransaction whether one is open now
 * @param failed told what was thrown by what runs afterwards
 */
export function createMemory(
  inTransaction: () => boolean,
  failed: (error: unknown) => void,
): MemoryOfTransactions {
  let undo: (() => void)[] = [];
  let later: (() => void)[] = [];
  return {
    keep: (thing) => {
      if (!inTransaction()) return;
      const before = { ...thing };
      undo.push(() => Object.assign(thing, before));
    },
    keepEntry: (map, key) => {
      if (!inTransaction()) return;
      const had = map.has(key);
      const before = map.get(key);
      undo.push(() => {
        if (had) map.set(key, before as NonNullable<typeof before>);
        else map.delete(key);
      });
    },
    afterwards: (run) => {
      if (inTransaction()) later.push(run);
      else run();
    },
    begin: () => ({ undo: undo.length, later: later.length }),
    takeBack: (mark) => {
      // The oldest comes last: it is what was there before.
      for (const back of undo.splice(mark.undo).reverse()) back();
      later.length = mark.later;
    },
    finish: () => {
      const due = later;
      undo = [];
      later = [];
      return () => {
        for (const run of due) {
          try {
            run();
          } catch (error) {
            failed(error);
          }
        }
      };
    },
  };
}
