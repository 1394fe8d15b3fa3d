import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { recordType } from '../../domain/record.ts';
import type { Dialers } from './dialers.ts';

/**
 * What would go wrong with a campaign though it can be dialled: callbacks that are never dialled, and for each dialler
 * that is there, what it lacks and what it says of its configuration. A dialler that does not say which announcements
 * it has is not judged.
 */
export function campaignWarnings(dialers: Dialers, definition: CampaignDefinition): string[] {
  return [
    ...orderWarnings(definition),
    ...announcementWarnings(dialers, definition),
    ...configurationWarnings(dialers),
  ];
}

/** What the diallers themselves say of their configuration. */
function configurationWarnings(dialers: Dialers): string[] {
  return dialers
    .all()
    .filter(({ dialerId }) => dialers.isHeard(dialerId))
    .flatMap(({ dialerId, about }) => (about.warnings ?? []).map((text) => `dialler ${dialerId}: ${text}`));
}

function orderWarnings({ recordTypeOrder }: CampaignDefinition): string[] {
  const missing = [recordType.PersonalCallBack, recordType.CampaignCallBack].filter(
    (type) => !recordTypeOrder.includes(type),
  );
  if (missing.length === 0) return [];
  const none = missing.map((type) => `no ${String(type)}`).join(' and ');
  return [`recordTypeOrder has ${none}: callbacks that agents promise are never dialled`];
}

/** The announcement, the message for machines, and what confirms an opt-out. */
function announcementWarnings(
  dialers: Dialers,
  { announcement, onMachine, optOut }: CampaignDefinition,
): string[] {
  const message = onMachine.action === 'message' ? onMachine.file : undefined;
  const named = new Set([announcement, message, optOut?.file].filter((name) => name !== undefined));
  return dialers.all().flatMap(({ dialerId, about }) => {
    const known = about.capabilities.announcements;
    if (known === undefined || !dialers.isHeard(dialerId)) return [];
    const missing = [...named].filter((name) => !known.includes(name));
    return missing.map((name) => `dialler ${dialerId} does not have announcement ${name}`);
  });
}
