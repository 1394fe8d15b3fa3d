import { CodedError } from '../../domain/errors.ts';
import { callResult } from '../../domain/result.ts';
import { createCallHistory, type CallHistory } from '../pacing/call-history.ts';
import { campaignSchema, type CampaignDefinition } from '../../api/campaign-definition.ts';
import { formatTimeOfDay } from '../../domain/time-of-day.ts';
import type { Clock } from '../clock.ts';
import { startOfDay } from '../local-time.ts';
import { createAbandonedCounts } from './abandoned-counts.ts';
import type { PacingDecision, PacingInput } from '../pacing/decision.ts';
import type { Store } from '../store/store.ts';

/** A campaign that is loaded. */
export interface Campaign {
  definition: CampaignDefinition;
  running: boolean;
  /** Ends when the last call and the last open record ended. */
  unloading: boolean;
  readonly loadedAt: number;
  readonly history: CallHistory;
  /** The last pacing decision with what it was made of. */
  pacing: { atMs: number; input: PacingInput; decision: PacingDecision } | null;
}

/** The loaded campaigns; what must survive is in the database. */
export interface Campaigns {
  get(name: string): Campaign | undefined;
  /** @throws CodedError UNKNOWN_CAMPAIGN */
  need(name: string): Campaign;
  all(): Campaign[];
  /** Loads it, or gives a loaded one that is not running a new definition. @throws CodedError ILLEGAL_STATE */
  load(definition: CampaignDefinition): Campaign;
  /** Fields that name the customers of the loaded campaigns. */
  customerFields(): string[];
  setRunning(name: string, running: boolean): void;
  setUnloading(name: string): void;
  remove(name: string): void;
  /** Counts one live person: passed to an agent in time, or not. Part of the caller's transaction. */
  count(name: string, what: 'live' | 'abandoned'): void;
  /**
   * Live and abandoned over the window of the campaign's rule, and the rate in percent. They belong to the campaign's
   * name: a restart, or to unload and load it, begins no new count.
   */
  abandoned(campaign: Campaign): { live: number; abandoned: number; ratePct: number | null };
}

export function createCampaigns(parts: { store: Store; clock: Clock; resume: boolean }): Campaigns {
  const { clock, store } = parts;
  const { memory } = store;
  const campaigns = new Map<string, Campaign>();
  const counts = createAbandonedCounts(store, clock);
  const save = ({ definition, running, unloading, loadedAt }: Campaign) => {
    store.campaigns.save({
      name: definition.name,
      definition: JSON.stringify(definition),
      running,
      unloading,
      loadedAt,
    });
  };
  const take = (
    definition: CampaignDefinition,
    state: { running: boolean; unloading: boolean; loadedAt: number },
  ) => {
    const history = storedHistory(store, definition.name);
    const campaign: Campaign = { definition, ...state, history, pacing: null };
    memory.keepEntry(campaigns, definition.name);
    campaigns.set(definition.name, campaign);
    return campaign;
  };
  /** The store first: what it refuses is not so. */
  const change = (campaign: Campaign, to: Partial<Campaign>) => {
    store.transaction(() => {
      save({ ...campaign, ...to });
      memory.keep(campaign);
      Object.assign(campaign, to);
    });
  };
  for (const { definition, running, unloading, loadedAt } of store.campaigns.all()) {
    const state = { running: running && parts.resume, unloading, loadedAt };
    take(storedDefinition(definition), state);
  }
  const customerFields = () => [
    ...new Set([...campaigns.values()].map(({ definition }) => definition.customerIdField)),
  ];
  for (const field of customerFields()) store.records.customers.index(field, customerFields(), 'now');
  const need: Campaigns['need'] = (name) => {
    const campaign = campaigns.get(name);
    if (campaign !== undefined) return campaign;
    throw new CodedError('UNKNOWN_CAMPAIGN', `no campaign ${JSON.stringify(name)} is loaded`, {
      field: 'campaign',
      found: name,
      expected: campaigns.size === 0 ? 'a loaded campaign' : [...campaigns.keys()].join(', '),
    });
  };
  return {
    get: (name) => campaigns.get(name),
    need,
    all: () => [...campaigns.values()],
    customerFields,
    load: (definition) => {
      const known = campaigns.get(definition.name);
      if (known === undefined) {
        return store.transaction(() => {
          const campaign = take(definition, { running: false, unloading: false, loadedAt: clock.now() });
          save(campaign);
          return campaign;
        });
      }
      if (known.running || known.unloading) {
        throw new CodedError(
          'ILLEGAL_STATE',
          `campaign ${definition.name} is ${known.running ? 'running' : 'unloading'}`,
          {
            field: 'name',
            found: definition.name,
            expected: 'a campaign that is stopped or not loaded',
          },
        );
      }
      change(known, { definition });
      return known;
    },
    setRunning: (name, running) => {
      const campaign = need(name);
      if (running && campaign.unloading) {
        throw new CodedError('ILLEGAL_STATE', `campaign ${name} is unloading`, {
          field: 'campaign',
          found: name,
        });
      }
      change(campaign, { running });
    },
    setUnloading: (name) => {
      change(need(name), { running: false, unloading: true });
    },
    remove: (name) => {
      store.transaction(() => {
        store.campaigns.remove(name);
        memory.keepEntry(campaigns, name);
        campaigns.delete(name);
        counts.forget(name);
      });
    },
    count: (name, what) => {
      counts.count(name, what);
    },
    abandoned: (campaign) => {
      const { name, dailyWindow, pacing } = campaign.definition;
      const window = pacing.abandonedWindow;
      const since =
        window === 'campaign'
          ? 0
          : window === 'calendar_day'
            ? startOfDay(clock.now(), dailyWindow.tz)
            : clock.now() - window.hours * 3_600_000;
      const { live, abandoned } = counts.since(name, since);
      return { live, abandoned, ratePct: abandonedRatePct(live, abandoned, pacing.liveJudgedMachinePct) };
    },
  };
}

/**
 * Abandoned rate as the US and UK rules define it: (A + FP) / (L + A + FP), with FP the live people judged
 * machines, estimated from the measured share of such errors among live people.
 *
 * @returns percent, or null while nobody live answered
 */
export function abandonedRatePct(live: number, abandoned: number, liveJudgedMachinePct = 0): number | null {
  const heard = live + abandoned;
  if (heard === 0) return null;
  const share = liveJudgedMachinePct / 100;
  const judgedMachine = (heard * share) / (1 - share);
  return (100 * (abandoned + judgedMachine)) / (heard + judgedMachine);
}

/** The last calls of the campaign, as its attempts tell them. */
function storedHistory(store: Store, name: string): CallHistory {
  const history = createCallHistory();
  for (const row of store.attempts.recent(name, 300)) {
    if (row.decided_at !== null) {
      const answered = (JSON.parse(row.milestones) as { answered?: number }).answered !== undefined;
      const live = row.result === callResult.Answer || (row.result === callResult.Unknown && answered);
      history.decided({ durationMs: row.decided_at - row.leased_at, answered, live });
    }
    if (row.processed_at !== null && row.connected_at !== null) {
      history.handled(row.processed_at - row.connected_at);
    }
  }
  return history;
}

/** A definition as it was saved, with its times as seconds since midnight, whatever they are. */
function storedDefinition(json: string): CampaignDefinition {
  const { dailyWindow, ...definition } = JSON.parse(json) as CampaignDefinition;
  const { from, till, tz } = dailyWindow;
  const window = { from: formatTimeOfDay(from), till: formatTimeOfDay(till), tz };
  return campaignSchema.parse({ ...definition, dailyWindow: window });
}
