import type { RegisterRequest } from '../link/schemas.ts';
import type { CampaignDefinition } from './campaign.ts';

/**
 * Why a dialler cannot dial for a campaign, in one sentence; null when it can. Its requests wait for a dialler
 * that can: sent to one that cannot, each record would be closed with a Dial Error.
 */
export function cannotDial(
  { capabilities, dialerId }: RegisterRequest,
  { handoff, detectionMode, plan, cpa }: CampaignDefinition,
): string | null {
  const lacks = (what: string) => `dialler ${dialerId} does not know ${what}`;
  if (!capabilities.handoff.includes(handoff.kind)) return lacks(`hand-off ${handoff.kind}`);
  if (!capabilities.modes.includes(detectionMode)) return lacks(`detection mode ${detectionMode}`);
  if (plan !== undefined && !capabilities.plans.includes(plan)) return lacks(`tone plan ${plan}`);
  if (cpa !== undefined && !capabilities.cpa?.includes(cpa)) {
    return `dialler ${dialerId} has no line with call analysis ${cpa}`;
  }
  return null;
}
