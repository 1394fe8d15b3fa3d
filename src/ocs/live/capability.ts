import { keysOfRequests, type RegisterRequest } from '../../link/schemas.ts';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';

/**
 * Why a dialler cannot dial for a campaign, in one sentence; null when it can. Its requests wait for a dialler
 * that can: sent to one that cannot, each record would be closed with a Dial Error.
 */
export function cannotDial(
  { capabilities, dialerId }: RegisterRequest,
  campaign: CampaignDefinition,
): string | null {
  const { handoff, detectionMode, plan, cpa, onMachine } = campaign;
  const lacks = (what: string) => `dialler ${dialerId} does not support ${what}`;
  if (!capabilities.handoff.includes(handoff.kind)) return lacks(`hand-off ${handoff.kind}`);
  if (!capabilities.modes.includes(detectionMode)) return lacks(`detection mode ${detectionMode}`);
  if (plan !== undefined && !capabilities.plans.includes(plan)) return lacks(`tone plan ${plan}`);
  if (cpa !== undefined && !capabilities.cpa?.includes(cpa)) {
    return `dialler ${dialerId} has no line with call analysis ${cpa}`;
  }
  // One of before cannot, and does not say so.
  const actions = capabilities.onMachine ?? ['drop', 'transfer'];
  if (!actions.includes(onMachine.action)) return lacks(`onMachine ${onMachine.action}`);
  // Neither can they listen for keys: a person would press one, and nothing would come of it.
  const deaf = keysOfRequests.find((key) => campaign[key] !== undefined && !capabilities.keys?.includes(key));
  return deaf === undefined ? null : lacks(deaf);
}
