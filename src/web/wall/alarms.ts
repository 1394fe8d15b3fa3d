import { heard, isLost, live } from '../live.ts';
import * as say from '../words.ts';

/** The worst first: lost diallers and rates over their limit, then what holds campaigns up, then warnings. */
export function alarmsNow(): string[] {
  const campaigns = [...live.value.campaigns.values()];
  return [
    ...(isLost.value && heard.value !== null ? [say.words.wall.lost] : []),
    ...[...live.value.diallers.values()]
      .filter(({ lost }) => lost)
      .map(({ calls, dialerId }) => `Dialler ${dialerId} is silent; ${say.count(calls)} calls were with it.`),
    ...campaigns
      .filter(say.isOverTarget)
      .map((campaign) => `${campaign.name}: abandoned ${say.abandonedText(campaign)}.`),
    ...campaigns.flatMap(({ name, obstacles }) => obstacles.map((text) => `${name}: ${text}.`)),
    ...campaigns.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}.`)),
  ];
}
