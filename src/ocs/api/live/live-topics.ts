import { liveKeys, type LiveItems, type LiveTopic } from '../../../api/live.ts';
import { momentOf } from '../../clock.ts';
import type { Agent } from '../../live/agents.ts';
import type { ChannelWatch } from '../../live/channel-watch.ts';
import { campaignFigures } from '../status.ts';
import type { PresenceParts } from '../presence-routes.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';

export type TopicParts = Parameters<typeof campaignFigures>[0] &
  PresenceParts & { channelWatch: ChannelWatch };

/** The feeds of the live stream, from what is in memory and from counts that are kept: nothing is counted for it. */
export function createLiveFeeds(parts: TopicParts): Readonly<Record<LiveTopic, LiveFeed>> {
  return {
    campaigns: createLiveFeed('campaigns', liveKeys.campaigns, () => campaignsNow(parts)),
    agents: createLiveFeed('agents', liveKeys.agents, createAgentsNow(parts)),
    diallers: createLiveFeed('diallers', liveKeys.diallers, () => dialersNow(parts)),
    channels: createLiveFeed('channels', liveKeys.channels, () => parts.channelWatch.channels()),
  };
}

function campaignsNow(parts: TopicParts): LiveItems['campaigns'][] {
  return parts.campaigns.all().map((campaign) => {
    const { pacing, records, ...figures } = campaignFigures(parts, campaign);
    return {
      ...figures,
      targetAbandonedPct: campaign.definition.pacing.targetAbandonedPct,
      total: records.total,
      left: records.left,
      pacing:
        pacing === null ? null : { rule: pacing.rule, calls: pacing.calls, explanation: pacing.explanation },
    };
  });
}

function createAgentsNow({ agents, calls, clock }: TopicParts): () => LiveItems['agents'][] {
  /** The moment is told once for each state: by two clocks it would be another one each time. */
  const told = new WeakMap<Agent, { stateSince: number; since: number }>();
  const sinceOf = (agent: Agent): number => {
    const { stateSince } = agent;
    const known = told.get(agent);
    if (known?.stateSince === stateSince) return known.since;
    const since = momentOf(clock, stateSince);
    told.set(agent, { stateSince, since });
    return since;
  };
  return () =>
    agents.all().map((agent) => ({
      agentId: agent.agentId,
      group: agent.group,
      state: agent.state,
      since: sinceOf(agent),
      next: agent.next,
      reason: agent.reason,
      online: agent.online,
      campaign: agent.attemptId === null ? null : (calls.get(agent.attemptId)?.campaign ?? null),
    }));
}

function dialersNow({ calls, channelWatch, dialers }: TopicParts): LiveItems['diallers'][] {
  const counts = new Map<string, number>();
  for (const { dialerId } of calls.all()) counts.set(dialerId, (counts.get(dialerId) ?? 0) + 1);
  return dialers.all().map(({ about, channels, dialerId, free }) => ({
    dialerId,
    lost: !dialers.isHeard(dialerId),
    free,
    channels: { inService: channels.inService, busy: channels.busy },
    calls: counts.get(dialerId) ?? 0,
    canWatch: about.capabilities.watch === true,
    board: channelWatch.boardOf(dialerId),
  }));
}
