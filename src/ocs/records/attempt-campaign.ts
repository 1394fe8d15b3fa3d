import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Store } from '../store/store.ts';

/** The definition of the campaign that an attempt belongs to; null when that is not loaded any more. */
export function campaignOfAttempt(
  { calls, campaigns, store }: { calls: Calls; campaigns: Campaigns; store: Store },
  attemptId: string,
): CampaignDefinition | null {
  const name = calls.get(attemptId)?.campaign ?? store.attempts.get(attemptId)?.campaign;
  return name === undefined ? null : (campaigns.get(name)?.definition ?? null);
}
