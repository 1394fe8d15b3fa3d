import type { Agents } from './agents.ts';
import { isPredictive, isSeizing } from '../../api/campaign-definition.ts';
import type { Campaign, Campaigns } from './campaigns.ts';
import { isUndecided, type Calls } from './calls.ts';
import type { Dialers } from './dialers.ts';
import type { Engagements } from './engagements.ts';
import type { Memory } from '../store/transactions/memory.ts';
import type { Clock } from '../clock.ts';
import { decidePacing } from '../pacing/pacing.ts';
import type { PacingDecision, PacingInput } from '../pacing/decision.ts';

/** Decides how many calls each campaign starts now. */
export interface Pacer {
  /** The calls that a dialler may start for a campaign; the decision is kept for the supervisor. */
  decide(campaign: Campaign, dialerId: string): PacingDecision;
}

/**
 * Collects what pacing needs to know of a campaign, and decides.
 * Campaigns that share a group of agents see each other's calls. An engaged leg is on one board, so seizing
 * modes are paced for each dialler by itself.
 */
export function createPacer(parts: {
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  dialers: Dialers;
  engagements: Engagements;
  memory: Memory;
}): Pacer {
  const { agents, calls, campaigns, clock, dialers, engagements } = parts;
  const decide: Pacer['decide'] = (campaign, dialerId) => {
    const elapsed = clock.elapsed();
    const { definition, history } = campaign;
    const { pacing, group } = definition;
    const { live, abandoned, ratePct } = campaigns.abandoned(campaign);
    const seizing = isSeizing(definition.mode);
    // A dialler that was silent too long: its calls say nothing any more.
    const open = calls.all().filter((call) => {
      const other = call.campaign === definition.name ? campaign : campaigns.get(call.campaign);
      const shared = group === undefined ? other === campaign : other?.definition.group === group;
      return shared && dialers.isHeard(call.dialerId) && (!seizing || call.dialerId === dialerId);
    });
    const team = agents
      .all()
      .filter(
        (agent) =>
          agent.group === group &&
          agent.online &&
          (dialers.get(dialerId)?.reaches(agent.extension) ?? true) &&
          (!seizing || engagements.legAt(agent.agentId) === dialerId),
      );
    const undecided = open.filter(isUndecided).map((call) => {
      const known = campaigns.get(call.campaign)?.history ?? history;
      return known.liveChanceAfter(elapsed - call.leasedAt, call.answered);
    });
    // Without a group the switch finds the agents: as many calls as the bound allows, one agent each.
    const lines = group === undefined ? (pacing.maxInFlight ?? 0) : 0;
    const coming = new Set(agents.all().map(({ attemptId }) => attemptId));
    const atWork = team.filter((agent) => agent.state === 'busy' || agent.state === 'wrap_up');
    const input: PacingInput = {
      mode: isPredictive(definition.mode) && group !== undefined ? 'predictive' : 'progressive',
      multiplier: group === undefined ? 1 : pacing.multiplier,
      readyAgents: lines > 0 ? lines : team.filter((agent) => agent.state === 'ready').length,
      workingAgents: lines > 0 ? lines : team.filter((agent) => agent.state !== 'not_ready').length,
      queuedCalls: open.filter((call) => call.phase === 'waiting' && !coming.has(call.attemptId)).length,
      undecided,
      soonFree: atWork
        .filter((agent) => agent.next === 'ready')
        .map((agent) => history.soonFreeChance(elapsed - (agent.workSince ?? agent.stateSince))),
      liveChance: history.liveChance(),
      history: history.count(),
      historyLength: pacing.historyLength,
      targetAbandonedPct: pacing.targetAbandonedPct,
      abandonedPct: ratePct,
      liveAnswers: live + abandoned,
      maxLinesPerAgent: pacing.maxLinesPerAgent,
      maxInFlight: pacing.maxInFlight ?? null,
    };
    const decision = decidePacing(input);
    parts.memory.keep(campaign);
    campaign.pacing = { atMs: clock.now(), input, decision };
    return decision;
  };
  return { decide };
}
