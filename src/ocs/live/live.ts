import type { Log } from '../../domain/log.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { createAgentStates, type AgentStates } from './agent-states.ts';
import { createAgentTimes, type AgentTimes } from './agent-times.ts';
import { createAgents, type Agents } from './agents.ts';
import { createCalledParties, type CalledParties } from './called-parties.ts';
import { createCalls, type Calls } from './calls.ts';
import { createClockWatch, type ClockWatch } from './clock-watch.ts';
import { createChannelWatch, type ChannelWatch } from './channel-watch.ts';
import { createCampaigns, type Campaign, type Campaigns } from './campaigns.ts';
import { createDesks, type Desks } from './desks.ts';
import { createDialers, type Dialers } from './dialers.ts';
import { createEngagements, type Engagements } from './engagements.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { createRecordingRequests, type RecordingRequests } from './recording-requests.ts';
import { createTelephones, type Telephones } from './telephones.ts';
import { createTurns, type Turns } from './turns.ts';
import { createUnloading } from './unloading.ts';

/** Everything as it is now: rebuilt from the store, and by the diallers and desktops that connect again. */
export interface Live {
  readonly agents: Agents;
  readonly agentStates: AgentStates;
  readonly agentTimes: AgentTimes;
  readonly calledParties: CalledParties;
  readonly calls: Calls;
  readonly clockWatch: ClockWatch;
  readonly campaigns: Campaigns;
  readonly channelWatch: ChannelWatch;
  readonly desks: Desks;
  readonly dialers: Dialers;
  readonly engagements: Engagements;
  readonly pacer: Pacer;
  readonly recordingRequests: RecordingRequests;
  readonly telephones: Telephones;
  /** Whose turn it is among the campaigns. */
  readonly turns: Turns<Campaign>;
  /** There may be something new for the diallers: their polls are answered at the end of this turn. */
  readonly changed: () => void;
  /** Removes campaigns whose unloading is done. */
  readonly unloadFinished: () => void;
}

export function createLive(parts: {
  clock: Clock;
  config: OcsConfig;
  log: Log;
  store: Store;
  wireClock: Clock;
}): Live {
  const { clock, config, log, store, wireClock } = parts;
  const { memory } = store;
  const dialers = createDialers(wireClock, memory, config.leaseMs);
  const changed = () => {
    memory.afterwards(() => {
      dialers.wakeSoon();
    });
  };
  const campaigns = createCampaigns({ store, clock, resume: config.resumeCampaigns });
  const calls = createCalls(store, clock, wireClock.now());
  const agentTimes = createAgentTimes({ clock, store });
  const agents = createAgents(
    clock,
    memory,
    () => {
      changed();
      agentStates.changed();
    },
    ({ agentId, reason }, state) => {
      agentTimes.enter(agentId, state, state === 'not_ready' ? reason : null);
    },
  );
  const desks = createDesks(agents, memory);
  const agentStates = createAgentStates({ agents, clock, desks, log, memory, wireClock });
  const telephones = createTelephones({ agents, agentStates, desks, dialers, log, memory });
  const engagements = createEngagements({
    agents,
    campaigns,
    dialers,
    memory,
    telephones,
    wireClock,
    changed,
  });
  return {
    agents,
    agentStates,
    agentTimes,
    calledParties: createCalledParties({ dialers, store, changed }),
    calls,
    clockWatch: createClockWatch({ clock, log, store, changed }),
    campaigns,
    channelWatch: createChannelWatch(clock, dialers),
    desks,
    dialers,
    engagements,
    telephones,
    turns: createTurns<Campaign>(({ definition }) => definition.name),
    recordingRequests: createRecordingRequests(dialers, wireClock),
    pacer: createPacer({ agents, calls, campaigns, clock, dialers, engagements, memory }),
    changed,
    unloadFinished: createUnloading({ calls, campaigns, log, store }),
  };
}
