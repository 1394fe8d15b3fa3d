import type { CampaignDefinition } from './campaign.ts';
import type { Diallers } from './diallers.ts';

/**
 * What would go wrong with a campaign in calls though it can be dialled, one sentence for each dialler that is
 * there. A dialler that does not say which announcements it has is not judged.
 */
export function campaignWarnings(diallers: Diallers, { announcement }: CampaignDefinition): string[] {
  if (announcement === undefined) return [];
  return diallers.all().flatMap(({ dialerId, about }) => {
    const known = about.capabilities.announcements;
    return known === undefined || known.includes(announcement) || !diallers.isHeard(dialerId)
      ? []
      : [`dialler ${dialerId} does not know announcement ${announcement}`];
  });
}
