import { isLocked } from './write-lock.ts';

/** Whether the store can be written. A failure is noticed by whoever writes, the recovery by a write of its own. */
export interface StoreHealth {
  /** Why it cannot be written, in plain words; null when it can. */
  trouble(): string | null;
  /** Failures of the database since the start. */
  errors(): number;
}

/** For the store, which sees how its transactions end. */
export interface StoreHealthOfTransactions extends StoreHealth {
  failed(error: unknown): void;
  /** A write went to the disk. */
  written(): void;
}

/** Faults of the file, the disk or the rights; a fault of a statement says nothing of them. */
const faults = ['FULL', 'READONLY', 'IOERR', 'CANTOPEN', 'CORRUPT', 'NOTADB', 'PERM', 'AUTH'];

/** @param lost why what is written would not be kept, though it can be written */
export function createStoreHealth(lost: () => string | null): StoreHealthOfTransactions {
  let trouble: string | null = null;
  let errors = 0;
  return {
    trouble: () => trouble ?? lost(),
    errors: () => errors,
    failed: (error) => {
      const { code, message } = error as { code?: unknown; message?: unknown };
      if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return;
      errors += 1;
      if (isLocked(error)) trouble = 'another program holds its lock for writing';
      else if (faults.some((fault) => code.startsWith(`SQLITE_${fault}`))) {
        trouble = typeof message === 'string' ? message : code;
      }
    },
    written: () => {
      trouble = null;
    },
  };
}
