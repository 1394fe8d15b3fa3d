import { randomUUID } from 'node:crypto';
import type { Command, EngagementReport } from '../link/schemas.ts';
import type { Agent, Agents } from './agents.ts';
import { isSeizing } from './campaign.ts';
import type { Campaigns } from './campaigns.ts';
import type { Dialler, Diallers } from './diallers.ts';

interface Engagement {
  readonly engagementId: string;
  readonly dialerId: string;
  readonly agentId: string;
  readonly extension: string;
  readonly group: string;
  up: boolean;
}

/** The agents' legs that seizing modes keep up on the diallers' boards. */
export interface Engagements {
  /** What this dialler shall bring up and let go. */
  commands(dialler: Dialler): Command[];
  report(report: EngagementReport): void;
  /** The dialler registered anew or fell silent: its legs are not known to be up. */
  lost(dialerId: string): void;
  /** Which dialler holds the leg of an agent that is up; null when none does. */
  legAt(agentId: string): string | null;
}

export function createEngagements(parts: {
  agents: Agents;
  campaigns: Campaigns;
  diallers: Diallers;
  changed: () => void;
}): Engagements {
  const engagements = new Map<string, Engagement>();
  const ofAgent = (agentId: string) =>
    [...engagements.values()].find((engagement) => engagement.agentId === agentId);

  /** The leg is the one of the telephone at which the agent works now. */
  const fits = (engagement: Pick<Engagement, 'extension' | 'group'>, agent: Agent) =>
    engagement.extension === agent.extension && engagement.group === agent.group;

  const groups = () =>
    new Set(
      parts.campaigns
        .all()
        .filter((campaign) => campaign.running && isSeizing(campaign.definition.mode))
        .map((campaign) => campaign.definition.group),
    );
  /** A leg is wanted while the agent works; one with a call keeps it whatever the campaign does. */
  const wants = (agent: Agent, seizing: ReadonlySet<string | undefined>) =>
    agent.attemptId !== null || (agent.online && agent.state !== 'not_ready' && seizing.has(agent.group));

  const drop = (engagement: Engagement) => {
    engagements.delete(engagement.engagementId);
    const agent = parts.agents.get(engagement.agentId);
    if (agent !== undefined) agent.leg = 'none';
    parts.changed();
  };

  return {
    commands: (dialler) => {
      const seizing = groups();
      if (seizing.size > 0 && dialler.about.capabilities.handoff.includes('engaged')) {
        let room = dialler.free;
        for (const agent of parts.agents.all()) {
          if (room === 0) break;
          if (agent.leg !== 'none' || !wants(agent, seizing) || agent.state !== 'ready') continue;
          const held = ofAgent(agent.agentId);
          if (held !== undefined) {
            // The desktop came back; another telephone than before is rung once the old leg is gone.
            if (fits(held, agent)) agent.leg = held.up ? 'up' : 'asked';
            continue;
          }
          const engagement: Engagement = {
            engagementId: randomUUID(),
            dialerId: dialler.dialerId,
            agentId: agent.agentId,
            extension: agent.extension,
            group: agent.group,
            up: false,
          };
          engagements.set(engagement.engagementId, engagement);
          agent.leg = 'asked';
          room -= 1;
        }
      }
      const here = [...engagements.values()].filter(({ dialerId }) => dialerId === dialler.dialerId);
      return here.flatMap(({ engagementId, agentId, extension, group, up }): Command[] => {
        const agent = parts.agents.get(agentId);
        if (agent === undefined || !wants(agent, seizing) || !fits({ extension, group }, agent))
          return [{ kind: 'disengage', engagementId }];
        return up ? [] : [{ kind: 'engage', engagementId, group, agentId, extension }];
      });
    },
    report: (report) => {
      const engagement = engagements.get(report.engagementId);
      if (engagement === undefined) return;
      if (report.state !== 'up') {
        drop(engagement);
        const agent = parts.agents.get(engagement.agentId);
        // A telephone that does not answer would be rung again and again.
        if (report.state === 'failed' && agent?.state === 'ready') parts.agents.move(agent, 'not_ready');
        return;
      }
      engagement.up = true;
      const agent = parts.agents.get(engagement.agentId);
      if (agent !== undefined) agent.leg = 'up';
      parts.changed();
    },
    lost: (dialerId) => {
      for (const engagement of [...engagements.values()]) {
        if (engagement.dialerId === dialerId) drop(engagement);
      }
    },
    legAt: (agentId) => {
      const engagement = ofAgent(agentId);
      const agent = parts.agents.get(agentId);
      if (engagement === undefined || agent === undefined || !fits(engagement, agent)) return null;
      return engagement.up && parts.diallers.isHeard(engagement.dialerId) ? engagement.dialerId : null;
    },
  };
}
