import { liveKeys, type LiveItems, type LiveTopic } from '../../../api/live.ts';
import { isSeen } from '../../access/caller.ts';
import { momentOf } from '../../clock.ts';
import type { Agent } from '../../live/agents.ts';
import type { ChannelWatch } from '../../live/channel-watch.ts';
import { campaignFigures, resultsByName } from '../status.ts';
import type { PresenceParts } from '../presence-routes.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';

export type TopicParts = Parameters<typeof campaignFigures>[0] &
  PresenceParts & { channelWatch: ChannelWatch };

export type LiveFeeds = Readonly<Record<LiveTopic, LiveFeed>>;

/**
 * The feeds of the live stream, from what is in memory and from counts that are kept: nothing is counted for it.
 *
 * @param groups whose campaigns and agents are in them; null: all
 */
function createLiveFeeds(parts: TopicParts, groups: readonly string[] | null): LiveFeeds {
  const seen = <T extends { group: string | null }>(all: T[]) =>
    all.filter(({ group }) => isSeen(groups, group));
  const agentsNow = createAgentsNow(parts);
  return {
    campaigns: createLiveFeed('campaigns', liveKeys.campaigns, () => seen(campaignsNow(parts))),
    agents: createLiveFeed('agents', liveKeys.agents, () => seen(agentsNow())),
    diallers: createLiveFeed('diallers', liveKeys.diallers, () => dialersNow(parts)),
    channels: createLiveFeed('channels', liveKeys.channels, () => parts.channelWatch.channels()),
  };
}

/** The feeds of those who listen, by the groups that they see. */
export function createLiveScopes(parts: TopicParts) {
  const scopes = new Map<string, LiveFeeds>();
  return {
    all: () => scopes.values(),
    of: (groups: readonly string[] | null): LiveFeeds => {
      const key = JSON.stringify(groups?.toSorted() ?? null);
      const feeds = scopes.get(key) ?? createLiveFeeds(parts, groups);
      scopes.set(key, feeds);
      return feeds;
    },
    /** Forgets those that nobody has any more. */
    keepOnly: (used: ReadonlySet<LiveFeeds>) => {
      for (const [key, feeds] of scopes) if (!used.has(feeds)) scopes.delete(key);
    },
  };
}

function campaignsNow(parts: TopicParts): LiveItems['campaigns'][] {
  return parts.campaigns.all().map((campaign) => {
    const { pacing, records, ...figures } = campaignFigures(parts, campaign);
    const { abandonedWindow, targetAbandonedPct } = campaign.definition.pacing;
    return {
      ...figures,
      targetAbandonedPct,
      abandonedWindow,
      recentMinutes: parts.store.attempts.recentMinutes(figures.name, parts.clock.now()),
      recentResults: resultsByName(parts.store.attempts.recentResults(figures.name, parts.clock.now())),
      total: records.total,
      left: records.left,
      pacing:
        pacing === null ? null : { rule: pacing.rule, calls: pacing.calls, explanation: pacing.explanation },
    };
  });
}

function createAgentsNow({ agents, calls, campaigns, clock }: TopicParts): () => LiveItems['agents'][] {
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
  const wrapUpOf = (group: string): number | null => {
    const limits = campaigns
      .all()
      .filter(({ definition }) => definition.group === group)
      .flatMap(({ definition }) => definition.desk?.wrapUpMs ?? []);
    return limits.length === 0 ? null : Math.min(...limits);
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
      limitMs: agent.state === 'wrap_up' ? wrapUpOf(agent.group) : null,
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
