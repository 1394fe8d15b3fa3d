import { recordType } from '../../domain/record.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow } from '../store/tables.ts';
import type { Cancels } from './cancels.ts';
import type { Settlement } from './settlement.ts';

/** Persons who pressed the key for Do Not Call in an announcement. */
export interface OptOuts {
  /** The number called is on Do Not Call from here on; twice is harmless. Part of the caller's transaction. */
  take(attempt: AttemptRow, key: string): void;
}

export function createOptOuts(parts: {
  cancels: Cancels;
  clock: Clock;
  settlement: Settlement;
  store: Store;
}): OptOuts {
  const { cancels, clock, settlement, store } = parts;
  return {
    take: (attempt, key) => {
      const record = store.records.get(attempt.record_handle);
      store.doNotCall.add({
        phone: attempt.phone,
        campaign: attempt.campaign,
        list: record?.list,
        message: `key ${key}`,
        atMs: clock.now(),
      });
      // One that is in a call, this or another, ends with it.
      const waits = record?.current_attempt === null && record.record_type !== recordType.NoCall;
      if (waits) settlement.noCall(record, 'phone');
      cancels.forbidden();
    },
  };
}
