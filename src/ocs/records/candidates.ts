import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { recordType } from '../../domain/record.ts';
import type { Agents } from '../live/agents.ts';
import type { Store } from '../store/store.ts';
import type { RecordRow } from '../store/tables.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { effectiveWindow, isWindowOpen } from './record-data.ts';

/** Most records looked at in one go; one transaction must not hold up the calls of others. */
export const lookAtMost = 400;

/** The records that may be next. */
export interface Candidates {
  /** Whether the daily window of a record is open now. */
  isOpen(own: Parameters<typeof effectiveWindow>[0], campaign: CampaignDefinition): boolean;
  /** Ready records of a campaign in the order in which they are dialled: by type, then by how long they are due. */
  due(campaign: CampaignDefinition, limit: number): RecordRow[];
}

export function createCandidates(parts: {
  agents: Agents;
  clock: Clock;
  config: OcsConfig;
  store: Store;
}): Candidates {
  const { agents, clock, config, store } = parts;

  /** A personal callback is dialled when its own agent is free, or by the group once that took too long. */
  const waitsForAgent = (record: RecordRow): boolean => {
    if (record.record_type !== recordType.PersonalCallBack || record.agent_id === null) return false;
    if (clock.now() - record.due >= config.personalCallbackWaitMs) return false;
    return agents.get(record.agent_id)?.state !== 'ready';
  };

  const isOpen: Candidates['isOpen'] = (own, campaign) =>
    isWindowOpen(effectiveWindow(own, campaign), clock.now());

  const due: Candidates['due'] = (campaign, limit) => {
    const now = clock.now();
    const open = store.lists.windows(campaign.list).filter((window) => isOpen(window, campaign));
    const found: RecordRow[] = [];
    for (const type of campaign.recordTypeOrder) {
      const most = type === recordType.PersonalCallBack ? lookAtMost : limit;
      const ofType = open
        .flatMap((window) => store.records.due(campaign.list, window.id, type, now, most))
        .filter((record) => !waitsForAgent(record))
        .sort((a, b) => a.due - b.due || a.handle - b.handle);
      found.push(...ofType);
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  };

  return { isOpen, due };
}
