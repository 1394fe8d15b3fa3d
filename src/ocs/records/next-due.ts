import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { nextTimeOfDay } from '../local-time.ts';
import type { RecordRow } from '../store/tables.ts';
import { createCandidates } from './candidates.ts';
import { customerId, effectiveWindow, isWindowOpen } from './record-data.ts';

/** Looked at so far for records that can be dialled, since some are on Do Not Call or rest. */
const lookAtMost = 100;

export interface NextDue {
  record: RecordRow;
  /** When it can be dialled; not later than now when that is now. */
  dueAt: number;
}

/**
 * The records of a campaign that are dialled next, as far as is known now: those that are due, in the order in which
 * they are taken, then those that are due first of the others. By indexes, whatever the length of the list.
 */
export function nextDue(
  parts: Parameters<typeof createCandidates>[0],
  campaign: CampaignDefinition,
  limit: number,
): NextDue[] {
  const { clock, store } = parts;
  const now = clock.now();
  const mayCall = (record: RecordRow) =>
    store.doNotCall.forbids(record.phone, customerId(record, campaign)) === null;
  const dueNow: NextDue[] = [];
  const later: NextDue[] = [];
  for (const record of createCandidates(parts).due(campaign, lookAtMost)) {
    if (!mayCall(record)) continue;
    const rests = store.doNotCall.restsUntil(record.phone, now);
    if (rests === null) dueNow.push({ record, dueAt: record.due });
    else later.push({ record, dueAt: rests });
  }
  if (dueNow.length >= limit) return dueNow.slice(0, limit);
  for (const own of store.lists.windows(campaign.list)) {
    const window = effectiveWindow(own, campaign);
    if (window.from >= window.till) continue;
    const opens = (at: number) => (isWindowOpen(window, at) ? at : nextTimeOfDay(at, window.tz, window.from));
    // What is due while the window is shut waits for its opening.
    const after = isWindowOpen(window, now) ? now : -1;
    for (const type of campaign.recordTypeOrder) {
      const group = { list: campaign.list, windowId: own.id, type };
      for (const record of store.waiting.upcoming(group, after, limit)) {
        if (mayCall(record)) later.push({ record, dueAt: opens(Math.max(record.due, now)) });
      }
    }
  }
  later.sort((a, b) => a.dueAt - b.dueAt || a.record.handle - b.record.handle);
  return [...dueNow, ...later].slice(0, limit);
}
