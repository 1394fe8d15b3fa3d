import type { Log } from '../../domain/log.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Store } from '../store/store.ts';

/** Makes the indexes by which the records of these customers are found; says where there is no room for one. */
export function indexCustomers(
  { campaigns, log, store }: { campaigns: Campaigns; log: Log; store: Store },
  fields: readonly string[],
): void {
  const used = [...campaigns.customerFields(), ...fields];
  for (const field of fields) {
    if (store.records.customers.index(field, used, 'soon')) continue;
    store.memory.afterwards(() => {
      log.warn(
        { customerIdField: field },
        'customers are searched for without an index: loaded campaigns name them by too many fields',
      );
    });
  }
}
