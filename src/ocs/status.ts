import { recordStatus } from '../domain/record.ts';
import { callResultLabel, isCallResult } from '../domain/result.ts';
import { agentStates, type Agents, type AgentState } from './agents.ts';
import type { Attempts } from './attempts.ts';
import { callPhases, type CallPhase, type Calls } from './calls.ts';
import type { CampaignDefinition, CampaignMode } from './campaign.ts';
import type { Campaign, Campaigns } from './campaigns.ts';
import { cannotDial } from './capability.ts';
import type { Diallers } from './diallers.ts';
import type { PacingDecision, PacingInput } from './pacing.ts';
import { finalStatuses, type Records } from './records.ts';
import { campaignWarnings } from './warnings.ts';
import type { Work } from './work.ts';

/** States of a campaign; `active`: stopped with calls still up. */
export type CampaignState = 'inactive' | 'active' | 'running' | 'waiting_to_unload';

/** What a supervisor sees of a campaign. */
export interface CampaignStatus {
  name: string;
  list: string;
  mode: CampaignMode;
  group: string | null;
  state: CampaignState;
  /** No record left to dial, no call, no open record. */
  finished: boolean;
  records: { total: number; left: number; byStatus: Record<string, number> };
  /** Moment (ms since 1970) at which the next ready record falls due; null when none is ready. */
  nextDueAt: number | null;
  calls: Record<CallPhase, number>;
  /** Records open on agents' screens. */
  openRecords: number;
  /** Ended attempts by result name. */
  results: Record<string, number>;
  attempts: number;
  agents: Record<AgentState, number>;
  live: number;
  abandoned: number;
  abandonedRatePct: number | null;
  /** What will go wrong in calls, e.g. an announcement that a dialler does not know. */
  warnings: string[];
  /** Why nothing is dialled though it runs, one sentence for each dialler; empty when somebody can. */
  obstacles: string[];
  pacing:
    | ({ atMs: number; inputs: PacingInput } & PacingDecision & {
          figures: { liveChance: number; answerMs: number | null; handleMs: number | null };
        })
    | null;
}

function obstaclesOf(diallers: Diallers, definition: CampaignDefinition): string[] {
  const heard = diallers.all().filter(({ dialerId }) => diallers.isHeard(dialerId));
  if (heard.length === 0) return ['no dialler is connected'];
  const reasons = heard.map(({ about }) => cannotDial(about, definition));
  return reasons.includes(null) ? [] : reasons.filter((reason) => reason !== null);
}

const statusNames = Object.fromEntries(Object.entries(recordStatus).map(([name, number]) => [number, name]));

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}

export function campaignStatus(
  parts: {
    agents: Agents;
    attempts: Attempts;
    calls: Calls;
    campaigns: Campaigns;
    diallers: Diallers;
    records: Records;
    work: Work;
  },
  campaign: Campaign,
): CampaignStatus {
  const { name, list, mode, group } = campaign.definition;
  const byStatus: Record<string, number> = {};
  let total = 0;
  let left = 0;
  for (const { status, records } of parts.records.counts(list)) {
    byStatus[statusNames[status] ?? String(status)] = records;
    total += records;
    if (!(finalStatuses as readonly number[]).includes(status)) left += records;
  }
  const calls = zeros(callPhases);
  for (const call of parts.calls.all()) if (call.campaign === name) calls[call.phase] += 1;
  const inCall = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const agents = zeros(agentStates);
  for (const agent of parts.agents.all()) if (agent.group === group) agents[agent.state] += 1;
  const results: Record<string, number> = {};
  let attempts = 0;
  for (const { result, attempts: count } of parts.attempts.results(name)) {
    const label = isCallResult(result) ? callResultLabel[result] : String(result);
    results[label] = (results[label] ?? 0) + count;
    attempts += count;
  }
  const openRecords = parts.work.openOf(name);
  const { live, abandoned, ratePct } = parts.campaigns.abandoned(campaign);
  return {
    name,
    list,
    mode,
    group: group ?? null,
    state: campaign.unloading
      ? 'waiting_to_unload'
      : campaign.running
        ? 'running'
        : inCall > 0
          ? 'active'
          : 'inactive',
    finished: left === 0 && inCall === 0 && openRecords === 0,
    records: { total, left, byStatus },
    nextDueAt: parts.records.nextDue(list),
    calls,
    openRecords,
    results,
    attempts,
    agents,
    live,
    abandoned,
    abandonedRatePct: ratePct,
    warnings: campaignWarnings(parts.diallers, campaign.definition),
    obstacles: campaign.running ? obstaclesOf(parts.diallers, campaign.definition) : [],
    pacing:
      campaign.pacing === null
        ? null
        : {
            atMs: campaign.pacing.atMs,
            inputs: campaign.pacing.input,
            ...campaign.pacing.decision,
            figures: campaign.history.figures(),
          },
  };
}
