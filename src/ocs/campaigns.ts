import { CodedError } from '../domain/errors.ts';
import { callResult } from '../domain/result.ts';
import { createCallHistory, type CallHistory } from './call-history.ts';
import { campaignSchema, type CampaignDefinition } from './campaign.ts';
import type { Attempts } from './attempts.ts';
import type { Clock } from './clock.ts';
import type { OcsDatabase } from './database.ts';
import { startOfDay } from './local-time.ts';
import type { PacingDecision, PacingInput } from './pacing.ts';

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
  setRunning(name: string, running: boolean): void;
  setUnloading(name: string): void;
  remove(name: string): void;
  /** Counts one live person: passed to an agent in time, or not. Part of the caller's transaction. */
  count(name: string, what: 'live' | 'abandoned'): void;
  /** Live and abandoned over the window of the campaign's rule, and the rate in percent. */
  abandoned(campaign: Campaign): { live: number; abandoned: number; ratePct: number | null };
}

/** Quarters of an hour: every time zone's midnight is one of their borders. */
const slotMs = 15 * 60_000;

export function createCampaigns(parts: {
  database: OcsDatabase;
  attempts: Attempts;
  clock: Clock;
  resume: boolean;
}): Campaigns {
  const { clock, attempts } = parts;
  const { sqlite } = parts.database;
  const campaigns = new Map<string, Campaign>();
  const save = sqlite.prepare(
    `insert into campaigns (name, definition, running, unloading, loaded_at)
     values (@name, @definition, @running, @unloading, @loadedAt)
     on conflict (name) do update set definition = @definition, running = @running, unloading = @unloading`,
  );
  const countOne = sqlite.prepare<[string, number, number, number]>(
    `insert into live_counts (campaign, slot_at, live, abandoned) values (?, ?, ?, ?)
     on conflict (campaign, slot_at) do update
       set live = live + excluded.live, abandoned = abandoned + excluded.abandoned`,
  );
  const sums = sqlite.prepare<[string, number], { live: number | null; abandoned: number | null }>(
    'select sum(live) live, sum(abandoned) abandoned from live_counts where campaign = ? and slot_at >= ?',
  );
  const dropOne = sqlite.prepare<[string]>('delete from campaigns where name = ?');

  const store = (campaign: Campaign) => {
    save.run({
      name: campaign.definition.name,
      definition: JSON.stringify(campaign.definition),
      running: campaign.running ? 1 : 0,
      unloading: campaign.unloading ? 1 : 0,
      loadedAt: campaign.loadedAt,
    });
  };
  const take = (
    definition: CampaignDefinition,
    state: { running: boolean; unloading: boolean; loadedAt: number },
  ) => {
    const history = createCallHistory();
    for (const row of attempts.recent(definition.name, 300)) {
      if (row.decided_at !== null) {
        const answered = (JSON.parse(row.milestones) as { answered?: number }).answered !== undefined;
        const live = row.result === callResult.Answer || (row.result === callResult.Unknown && answered);
        history.decided({ durationMs: row.decided_at - row.leased_at, answered, live });
      }
      if (row.processed_at !== null && row.connected_at !== null) {
        history.handled(row.processed_at - row.connected_at);
      }
    }
    const campaign: Campaign = { definition, ...state, history, pacing: null };
    campaigns.set(definition.name, campaign);
    return campaign;
  };
  const stored = sqlite
    .prepare<[], { definition: string; running: number; unloading: number; loaded_at: number }>(
      'select * from campaigns',
    )
    .all();
  for (const row of stored) {
    take(campaignSchema.parse(JSON.parse(row.definition)), {
      running: row.running === 1 && parts.resume,
      unloading: row.unloading === 1,
      loadedAt: row.loaded_at,
    });
  }
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
    load: (definition) => {
      const known = campaigns.get(definition.name);
      if (known === undefined) {
        const campaign = take(definition, { running: false, unloading: false, loadedAt: clock.now() });
        store(campaign);
        return campaign;
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
      known.definition = definition;
      store(known);
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
      campaign.running = running;
      store(campaign);
    },
    setUnloading: (name) => {
      const campaign = need(name);
      campaign.running = false;
      campaign.unloading = true;
      store(campaign);
    },
    remove: (name) => {
      campaigns.delete(name);
      dropOne.run(name);
    },
    count: (name, what) => {
      const slot = Math.floor(clock.now() / slotMs) * slotMs;
      countOne.run(name, slot, what === 'live' ? 1 : 0, what === 'abandoned' ? 1 : 0);
    },
    abandoned: (campaign) => {
      const { name, dailyWindow, pacing } = campaign.definition;
      const window = pacing.abandonedWindow;
      const since =
        window === 'campaign'
          ? Math.floor(campaign.loadedAt / slotMs) * slotMs
          : window === 'calendar_day'
            ? startOfDay(clock.now(), dailyWindow.tz)
            : clock.now() - window.hours * 3_600_000;
      const found = sums.get(name, since);
      const live = found?.live ?? 0;
      const abandoned = found?.abandoned ?? 0;
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
