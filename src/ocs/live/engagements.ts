import { randomUUID } from 'node:crypto';
import { isSeizing } from '../../api/campaign-definition.ts';
import type { Command, EngagementReport } from '../../link/schemas.ts';
import type { Clock } from '../clock.ts';
import type { Memory } from '../store/transactions/memory.ts';
import type { Agent, Agents } from './agents.ts';
import type { Campaigns } from './campaigns.ts';
import type { Dialer, Dialers } from './dialers.ts';
import { createLegLimits } from './leg-limits.ts';
import { createLegTable, fits } from './leg-table.ts';
import type { Telephones } from './telephones.ts';

/** Why a dialler did not bring up a leg that say nothing of the telephone: it is asked for again after a pause. */
const dialerReasons: ReadonlySet<string> = new Set([
  'RATE_LIMIT',
  'no_channel',
  'drain',
  'disengaged',
  'shutdown',
  'seize_refused',
]);

/** The agents' legs that seizing modes keep up on the diallers' boards. */
export interface Engagements {
  /** The legs this dialler is to bring up and to release. */
  commands(dialer: Dialer): Command[];
  report(report: EngagementReport): void;
  /** The dialler registered anew: its legs are not known to be up. */
  lost(dialerId: string): void;
  /** To be called again and again: legs of diallers that fell silent, or are heard again (`LegTable.check`). */
  check(): void;
  /** Which dialler holds the leg of an agent that is up; null when none does. */
  legAt(agentId: string): string | null;
}

export function createEngagements(parts: {
  agents: Agents;
  campaigns: Campaigns;
  dialers: Dialers;
  memory: Memory;
  telephones: Telephones;
  wireClock: Clock;
  changed: () => void;
}): Engagements {
  const { agents, changed, dialers, memory, telephones } = parts;
  const table = createLegTable(parts);
  const limits = createLegLimits(parts.wireClock, memory);

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

  /** Asks this dialler for the legs of agents who have none, as far as its channels go. */
  const seek = (dialer: Dialer, seizing: ReadonlySet<string | undefined>) => {
    let room = dialer.free;
    for (const agent of agents.all()) {
      if (room === 0) break;
      if (agent.leg !== 'none' || !wants(agent, seizing) || agent.state !== 'ready') continue;
      const { agentId, extension, group } = agent;
      if (limits.isPaused(agentId, dialer.dialerId)) continue;
      const held = table.ofAgent(agentId);
      if (held !== undefined) {
        // The desktop came back; another telephone than before is rung once the old leg is gone.
        if (fits(held, agent)) table.setLeg(agent, held.up ? 'up' : 'asked');
        continue;
      }
      const engagementId = randomUUID();
      const { dialerId } = dialer;
      table.add({ engagementId, dialerId, agentId, extension, group, up: false, lost: false });
      table.setLeg(agent, 'asked');
      room -= 1;
    }
  };

  return {
    commands: (dialer) => {
      // A dialler that comes back keeps the legs that nobody else has.
      table.check();
      const seizing = groups();
      if (seizing.size > 0 && dialer.about.capabilities.handoff.includes('engaged')) seek(dialer, seizing);
      return table.at(dialer.dialerId).flatMap((engagement): Command[] => {
        const { engagementId, agentId, extension, group, lost, up } = engagement;
        const agent = agents.get(agentId);
        if (lost || agent === undefined || !wants(agent, seizing) || !fits(engagement, agent)) {
          return [{ kind: 'disengage', engagementId }];
        }
        return up ? [] : [{ kind: 'engage', engagementId, group, agentId, extension }];
      });
    },
    report: (report) => {
      const engagement = table.get(report.engagementId);
      if (engagement === undefined) return;
      const { agentId } = engagement;
      const agent = agents.get(agentId);
      const isOwn = table.ofAgent(agentId) === engagement && agent !== undefined && fits(engagement, agent);
      if (report.state === 'up') {
        memory.keep(engagement);
        engagement.up = true;
        if (isOwn) table.setLeg(agent, 'up');
        limits.over(agentId);
        changed();
        return;
      }
      table.drop(engagement);
      // One that is not the agent's any more says nothing of the telephone that the agent has now.
      const { reason, state } = report;
      if (state !== 'failed' || !isOwn || agent.state === 'not_ready') return;
      if (dialerReasons.has(reason ?? '')) {
        limits.pause(agentId, engagement.dialerId);
        return;
      }
      // A telephone that does not answer would be rung again and again.
      if (reason !== 'EXTENSION_LIMIT' || limits.refused(agentId)) telephones.failed(agent, 'leg_failed');
    },
    lost: (dialerId) => {
      for (const engagement of table.at(dialerId)) table.drop(engagement);
    },
    check: () => {
      table.check();
      limits.tidy();
    },
    legAt: (agentId) => {
      const engagement = table.ofAgent(agentId);
      const agent = agents.get(agentId);
      if (engagement === undefined || agent === undefined || !fits(engagement, agent)) return null;
      return engagement.up && dialers.isHeard(engagement.dialerId) ? engagement.dialerId : null;
    },
  };
}
