import type { LiveAgent, LiveCampaign } from '../../api/live.ts';
import { createItems, createLiveClock, type LiveClock, type LiveItems } from '../live-items.ts';

/** What the wall shows, so that each cell is drawn anew by itself. */
export interface WallParts {
  readonly campaigns: LiveItems<LiveCampaign>;
  readonly agents: LiveItems<LiveAgent>;
  readonly clock: LiveClock;
  stop(): void;
}

export function createWallParts(): WallParts {
  const campaigns = createItems('campaigns');
  const agents = createItems('agents');
  const clock = createLiveClock();
  return {
    ...{ campaigns, agents, clock },
    stop: () => {
      for (const part of [campaigns, agents, clock]) part.stop();
    },
  };
}
