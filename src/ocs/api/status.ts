import { finalStatuses, recordStatus } from '../../domain/record.ts';
import { callResultLabel, isCallResult } from '../../domain/result.ts';
import { callPhases, type CampaignStatus } from '../../api/campaigns.ts';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { agentStates } from '../../api/presence.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import type { Agents } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { ClockWatch } from '../live/clock-watch.ts';
import type { Campaign, Campaigns } from '../live/campaigns.ts';
import { cannotDial } from '../live/capability.ts';
import type { Dialers } from '../live/dialers.ts';
import { campaignWarnings } from '../live/warnings.ts';
import { waitsOf } from '../records/waits.ts';
import type { Store } from '../store/store.ts';

/** What holds up all records of a campaign that runs. */
function obstaclesOf(
  parts: { agents: Agents; calls: Calls; clock: Clock; dialers: Dialers; store: Store },
  campaign: Campaign,
): string[] {
  const { agents, dialers, store } = parts;
  const trouble = store.health.trouble();
  const ofStore = trouble === null ? [] : [`the database cannot be written: ${trouble}`];
  return [
    ...ofStore,
    ...dialersLack(dialers, campaign.definition),
    ...agentsLack(campaign, agents),
    ...noRoom(parts, campaign),
  ];
}

/** A pacing decision says nothing of now when it is older. A dialler that is there asks more often. OCS-clock ms. */
const freshMs = 30_000;

/** Why none of its records is being dialled, though there are diallers and agents. */
function noRoom(
  { calls, clock, dialers }: { calls: Calls; clock: Clock; dialers: Dialers },
  { definition, pacing }: Campaign,
): string[] {
  const dials = calls
    .all()
    .some(
      ({ campaign, phase }) => campaign === definition.name && (phase === 'leased' || phase === 'dialling'),
    );
  if (dials) return [];
  const able = dialers
    .all()
    .filter(({ about, dialerId }) => dialers.isHeard(dialerId) && cannotDial(about, definition) === null);
  const channels = able.map(
    ({ channels: { busy, inService }, dialerId }) =>
      `${dialerId} (${String(inService)} in service, ${String(busy)} busy)`,
  );
  // One that has not asked for calls yet has not said what is free.
  const noChannel = able.length > 0 && able.every(({ free, polls }) => polls > 0 && free === 0);
  const isFull = pacing?.decision.rule === 'full' && clock.now() - pacing.atMs <= freshMs;
  return [
    ...(noChannel ? [`no channel is free for it at ${channels.join(', ')}`] : []),
    ...(isFull ? [pacing.decision.explanation] : []),
  ];
}

/** Why no dialler can dial. */
function dialersLack(dialers: Dialers, definition: CampaignDefinition): string[] {
  const heard = dialers.all().filter(({ dialerId }) => dialers.isHeard(dialerId));
  if (heard.length === 0) return ['no dialler is connected'];
  const reasons = heard.map(({ about }) => cannotDial(about, definition));
  return reasons.includes(null) ? [] : reasons.filter((reason) => reason !== null);
}

/** Why no agent can take a call, so that pacing starts none. */
function agentsLack({ definition, pacing }: Campaign, all: Agents): string[] {
  const { group } = definition;
  const agents = zeros(agentStates);
  for (const { group: own, online, state } of all.all()) if (own === group && online) agents[state] += 1;
  if (group === undefined || agents.ready > 0) return [];
  const there = Object.values(agents).reduce((sum, count) => sum + count, 0);
  if (there === 0) return [`no agent of group ${group} is logged in`];
  // Predictive pacing dials for agents who are about to be free.
  const dials = pacing !== null && pacing.decision.calls > 0;
  if (dials && there > agents.not_ready) return [];
  const states = agentStates.filter((state) => agents[state] > 0);
  const text = states.map((state) => `${String(agents[state])} ${state.replaceAll('_', ' ')}`).join(', ');
  return [`no agent of group ${group} is ready: ${text}`];
}

const statusNames = Object.fromEntries(Object.entries(recordStatus).map(([name, number]) => [number, name]));

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}

interface StatusParts {
  agents: Agents;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  clockWatch: ClockWatch;
  config: Pick<OcsConfig, 'personalCallbackWaitMs'>;
  dialers: Dialers;
  store: Store;
}

/** What is known of a campaign without a look at its records: from memory, and from counts that are kept. */
export type CampaignFigures = Omit<CampaignStatus, 'finished' | 'nextDueAt' | 'waits'>;

export function campaignFigures(
  parts: Omit<StatusParts, 'config'>,
  campaign: Campaign,
  recordCounts = parts.store.lists.counts(campaign.definition.list),
): CampaignFigures {
  const { name, list, mode, group } = campaign.definition;
  const byStatus: Record<string, number> = {};
  let total = 0;
  let left = 0;
  for (const { record_status: status, records } of recordCounts) {
    const statusName = statusNames[status] ?? String(status);
    byStatus[statusName] = (byStatus[statusName] ?? 0) + records;
    total += records;
    if (!(finalStatuses as readonly number[]).includes(status)) left += records;
  }
  const calls = zeros(callPhases);
  for (const call of parts.calls.all()) if (call.campaign === name) calls[call.phase] += 1;
  const agents = zeros(agentStates);
  for (const agent of parts.agents.all()) if (agent.group === group) agents[agent.state] += 1;
  const counts = parts.store.attempts.results(name);
  const { live, abandoned, ratePct } = parts.campaigns.abandoned(campaign);
  return {
    name,
    list,
    mode,
    group: group ?? null,
    state: stateOf(campaign, inCallOf(calls)),
    records: { total, left, byStatus },
    calls,
    openRecords: parts.store.openRecords.count(name),
    results: resultsByName(counts),
    attempts: counts.reduce((sum, { attempts }) => sum + attempts, 0),
    agents,
    live,
    abandoned,
    abandonedRatePct: ratePct,
    warnings: [
      ...campaignWarnings(parts.dialers, campaign.definition),
      ...[parts.clockWatch.warning()].filter((warning) => warning !== null),
    ],
    obstacles: campaign.running ? obstaclesOf(parts, campaign) : [],
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

/** Counts by the name of the call result, in their order. */
export function resultsByName(counts: readonly { result: number; attempts: number }[]) {
  const results: Record<string, number> = {};
  for (const { attempts, result } of counts) {
    const label = isCallResult(result) ? callResultLabel[result] : String(result);
    results[label] = (results[label] ?? 0) + attempts;
  }
  return results;
}

function inCallOf(calls: CampaignFigures['calls']): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function stateOf({ running, unloading }: Campaign, inCall: number): CampaignStatus['state'] {
  if (unloading) return 'waiting_to_unload';
  if (running) return 'running';
  return inCall > 0 ? 'active' : 'inactive';
}

export function campaignStatus(parts: StatusParts, campaign: Campaign): CampaignStatus {
  const recordCounts = parts.store.lists.counts(campaign.definition.list);
  const figures = campaignFigures(parts, campaign, recordCounts);
  const { personalCallbackWaitMs } = parts.config;
  const { waits, nextDueAt, toDial } = waitsOf(
    { ...parts, personalCallbackWaitMs },
    campaign.definition,
    recordCounts,
    parts.clock.now(),
  );
  const finished = toDial === 0 && inCallOf(figures.calls) === 0 && figures.openRecords === 0;
  return { ...figures, finished, nextDueAt, waits };
}
