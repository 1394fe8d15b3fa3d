import type { Memory } from '../store/transactions/memory.ts';
import type { Agent, Agents } from './agents.ts';
import type { Dialers } from './dialers.ts';

/** An agent's leg at a dialler, asked for or up. */
export interface Engagement {
  readonly engagementId: string;
  readonly dialerId: string;
  readonly agentId: string;
  readonly extension: string;
  readonly group: string;
  up: boolean;
  /** Its dialler fell silent: nobody knows whether it is up, and the agent may have another one. */
  lost: boolean;
}

/** All legs that diallers have or may have, and the one that each agent counts on. */
export interface LegTable {
  get(engagementId: string): Engagement | undefined;
  at(dialerId: string): Engagement[];
  /** The agent's, unless it is lost. */
  ofAgent(agentId: string): Engagement | undefined;
  /** Asked for from now on; the agent's own. */
  add(engagement: Engagement): void;
  drop(engagement: Engagement): void;
  setLeg(agent: Agent, leg: Agent['leg']): void;
  /**
   * Legs of diallers that fell silent are lost, so that their agents get others; those of a dialler that is heard again
   * are their agents' once more, unless these have others.
   */
  check(): void;
}

/** The leg is the one of the telephone at which the agent works now. */
export function fits(engagement: Pick<Engagement, 'extension' | 'group'>, agent: Agent): boolean {
  return engagement.extension === agent.extension && engagement.group === agent.group;
}

export function createLegTable(parts: {
  agents: Agents;
  dialers: Dialers;
  memory: Memory;
  changed: () => void;
}): LegTable {
  const { agents, changed, dialers, memory } = parts;
  const engagements = new Map<string, Engagement>();
  const present = new Map<string, Engagement>();
  const setPresent = (agentId: string, engagement: Engagement | null) => {
    memory.keepEntry(present, agentId);
    if (engagement === null) present.delete(agentId);
    else present.set(agentId, engagement);
  };
  const setLeg = (agent: Agent, leg: Agent['leg']) => {
    memory.keep(agent);
    agent.leg = leg;
  };
  /** The agent has it no more. */
  const part = (engagement: Engagement) => {
    if (present.get(engagement.agentId) !== engagement) return;
    setPresent(engagement.agentId, null);
    const agent = agents.get(engagement.agentId);
    if (agent !== undefined) setLeg(agent, 'none');
    changed();
  };
  const drop = (engagement: Engagement) => {
    memory.keepEntry(engagements, engagement.engagementId);
    engagements.delete(engagement.engagementId);
    part(engagement);
  };
  const setLost = (engagement: Engagement, lost: boolean) => {
    memory.keep(engagement);
    engagement.lost = lost;
    if (lost) {
      part(engagement);
      return;
    }
    const agent = agents.get(engagement.agentId);
    setPresent(engagement.agentId, engagement);
    if (agent !== undefined && fits(engagement, agent)) setLeg(agent, engagement.up ? 'up' : 'asked');
    changed();
  };
  return {
    get: (engagementId) => engagements.get(engagementId),
    at: (dialerId) => [...engagements.values()].filter((each) => each.dialerId === dialerId),
    ofAgent: (agentId) => present.get(agentId),
    add: (engagement) => {
      memory.keepEntry(engagements, engagement.engagementId);
      engagements.set(engagement.engagementId, engagement);
      setPresent(engagement.agentId, engagement);
    },
    drop,
    setLeg,
    check: () => {
      for (const engagement of [...engagements.values()]) {
        const { agentId, dialerId, lost } = engagement;
        if (dialers.get(dialerId) === undefined) drop(engagement);
        else if (!dialers.isHeard(dialerId)) {
          if (!lost) setLost(engagement, true);
        } else if (lost && !present.has(agentId)) setLost(engagement, false);
      }
    },
  };
}
