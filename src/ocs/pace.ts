import type { Agents } from './agents.ts';
import { isPredictive, isSeizing } from './campaign.ts';
import type { Campaign, Campaigns } from './campaigns.ts';
import { isUndecided, type Calls } from './calls.ts';
import type { Clock } from './clock.ts';
import { decidePacing, type PacingDecision, type PacingInput } from './pacing.ts';

/**
 * Collects what pacing needs to know of a campaign, decides, and keeps the decision for the supervisor.
 * Campaigns that share a group of agents see each other's calls. An engaged leg is on one board, so seizing
 * modes are paced for each dialler by itself.
 */
export function createPacer(parts: {
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  /** The dialler that holds an agent's leg. */
  legAt(agentId: string): string | null;
  /** False for a dialler that was silent too long: its calls say nothing any more. */
  isHeard(dialerId: string): boolean;
}): (campaign: Campaign, dialerId: string) => PacingDecision {
  const { agents, calls, campaigns, clock } = parts;
  return (campaign, dialerId) => {
    const now = clock.now();
    const { definition, history } = campaign;
    const { pacing, group } = definition;
    const { live, abandoned, ratePct } = campaigns.abandoned(campaign);
    const seizing = isSeizing(definition.mode);
    const open = calls.all().filter((call) => {
      const other = call.campaign === definition.name ? campaign : campaigns.get(call.campaign);
      const shared = group === undefined ? other === campaign : other?.definition.group === group;
      return shared && parts.isHeard(call.dialerId) && (!seizing || call.dialerId === dialerId);
    });
    const team = agents
      .all()
      .filter(
        (agent) =>
          agent.group === group && agent.online && (!seizing || parts.legAt(agent.agentId) === dialerId),
      );
    const undecided = open.filter(isUndecided).map((call) => {
      const known = campaigns.get(call.campaign)?.history ?? history;
      return known.liveChanceAfter(now - call.leasedAt, call.answered);
    });
    // Without a group the switch finds the agents: as many calls as the bound allows, one agent each.
    const lines = group === undefined ? (pacing.maxInFlight ?? 0) : 0;
    const atWork = team.filter((agent) => agent.state === 'busy' || agent.state === 'wrap_up');
    const input: PacingInput = {
      mode: isPredictive(definition.mode) && group !== undefined ? 'predictive' : 'progressive',
      multiplier: group === undefined ? 1 : pacing.multiplier,
      readyAgents: lines > 0 ? lines : team.filter((agent) => agent.state === 'ready').length,
      workingAgents: lines > 0 ? lines : team.filter((agent) => agent.state !== 'not_ready').length,
      queuedCalls: open.filter(
        (call) => call.phase === 'waiting' && agents.byAttempt(call.attemptId) === undefined,
      ).length,
      undecided,
      soonFree: atWork
        .filter((agent) => agent.next === 'ready')
        .map((agent) => history.soonFreeChance(now - (agent.workSince ?? agent.stateSince))),
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
    campaign.pacing = { atMs: now, input, decision };
    return decision;
  };
}
