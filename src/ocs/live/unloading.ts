import type { Log } from '../../domain/log.ts';
import type { Store } from '../store/store.ts';
import type { Calls } from './calls.ts';
import type { Campaigns } from './campaigns.ts';

/** Removes campaigns that are unloading once their last call and their last open record ended. */
export function createUnloading(parts: {
  calls: Calls;
  campaigns: Campaigns;
  log: Log;
  store: Store;
}): () => void {
  const { calls, campaigns, log, store } = parts;
  return () => {
    for (const { definition, unloading } of campaigns.all()) {
      if (!unloading) continue;
      const { name } = definition;
      const inCall = calls.all().some((call) => call.campaign === name);
      if (inCall || store.openRecords.count(name) > 0) continue;
      campaigns.remove(name);
      store.memory.afterwards(() => {
        log.info({ campaign: name }, 'campaign unloaded');
      });
    }
  };
}
