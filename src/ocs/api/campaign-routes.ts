import { definitionAsWritten } from '../../api/campaign-definition.ts';
import { campaignOperations, type CampaignStatus } from '../../api/campaigns.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { maskNumber } from '../../domain/number.ts';
import { skippedLines } from '../../http/errors.ts';
import type { Serve } from '../../http/serve.ts';
import { groupsSeen, isSeen, mayNotSeeNumbers, mustSee, type Caller } from '../access/caller.ts';
import type { OcsConfig } from '../config.ts';
import type { Cancels } from '../records/cancels.ts';
import { nextDue } from '../records/next-due.ts';
import { textFile } from '../lists/csv-slices.ts';
import type { Store } from '../store/store.ts';
import { createBadLines } from './bad-lines.ts';
import { indexCustomers } from './customer-indexes.ts';
import { importList } from './list-import.ts';
import { campaignStatus } from './status.ts';

/** So many of the records that are dialled next are told. */
const dueShown = 20;

export type CampaignParts = Parameters<typeof campaignStatus>[0] & {
  cancels: Cancels;
  config: OcsConfig;
  log: Log;
  changed: () => void;
  /** Removes campaigns whose unloading is done. */
  unloadFinished: () => void;
};

/** Campaigns: loaded, started, stopped, unloaded, and how they are. */
export function serveCampaigns(serve: Serve, parts: CampaignParts): void {
  const { campaigns, log, store } = parts;
  const status = (name: string) => campaignStatus(parts, campaigns.need(name));

  /** Of somebody who may see it. */
  const need = (name: string, caller: Caller | null) => {
    const campaign = campaigns.need(name);
    mustSee(caller, `campaign ${name}`, campaign.definition.group);
    return campaign;
  };

  serve(campaignOperations.listCampaigns, ({ caller }) => ({
    campaigns: campaigns
      .all()
      .filter(({ definition }) => isSeen(groupsSeen(caller), definition.group))
      .map((campaign) => campaignStatus(parts, campaign)),
  }));
  serve(
    campaignOperations.loadCampaign,
    async ({ body: { definition, csv, skipBad, map, check }, caller }, reply) => {
      mustSee(caller, `campaign ${definition.name}`, definition.group);
      if (campaigns.get(definition.name) !== undefined) need(definition.name, caller);
      if (csv === undefined && !check && !store.lists.has(definition.list)) {
        throw new CodedError('BAD_ARGUMENT', `there is no calling list ${definition.list} yet`, {
          field: 'definition.list',
          found: definition.list,
          expected: 'the name of a loaded list, or its CSV with this request',
        });
      }
      const load = () => {
        store.transaction(() => {
          campaigns.load(definition);
          indexCustomers(parts, [definition.customerIdField]);
        });
      };
      if (check) {
        reply.code(200);
        // Without the index: it takes its time, and would go with the rest.
        const tried = rehearsed(store, () => (campaigns.load(definition), status(definition.name)));
        return { campaign: tried, added: 0, skipped: [] };
      }
      const options = {
        tz: definition.dailyWindow.tz,
        map,
        windows: [{ campaign: definition.name, ...definition.dailyWindow }],
        customerFields: [definition.customerIdField],
      };
      let loaded: Awaited<ReturnType<typeof importList>> = { added: 0, skipped: createBadLines() };
      if (csv === undefined) load();
      else {
        const file = textFile(csv);
        loaded = await importList(parts, { list: definition.list, file, skipBad, options }, load);
      }
      log.info({ campaign: definition.name, records: loaded.added }, 'campaign loaded');
      parts.changed();
      return {
        campaign: status(definition.name),
        added: loaded.added,
        ...skippedLines(loaded.skipped.first(), loaded.skipped.count()),
      };
    },
  );
  serve(campaignOperations.getCampaign, ({ caller, params }) =>
    campaignStatus(parts, need(params.name, caller)),
  );
  serve(campaignOperations.getDue, ({ caller, params }) => {
    const { definition } = need(params.name, caller);
    const { nextDueAt, obstacles, waits } = status(params.name);
    const records = nextDue(parts, definition, dueShown).map(({ dueAt, record }) => ({
      recordHandle: record.handle,
      recordId: record.record_id,
      phone: mayNotSeeNumbers(caller) ? maskNumber(record.phone) : record.phone,
      chainPlace: record.chain_n,
      recordType: record.record_type,
      attempts: record.attempt,
      agentId: record.agent_id,
      dueAt,
    }));
    return { records, nextDueAt, obstacles, waits };
  });
  serve(campaignOperations.getDefinition, ({ caller, params }) =>
    definitionAsWritten(need(params.name, caller).definition),
  );

  const setRunning = (name: string, running: boolean, caller: Caller | null): CampaignStatus => {
    need(name, caller);
    campaigns.setRunning(name, running);
    // It is true once it is kept.
    store.memory.afterwards(() =>
      log.info({ campaign: name }, running ? 'campaign started' : 'campaign stopped'),
    );
    parts.changed();
    const now = status(name);
    if (running && now.warnings.length > 0) {
      store.memory.afterwards(() =>
        log.warn({ campaign: name, warnings: now.warnings }, 'campaign started with warnings'),
      );
    }
    return now;
  };
  serve(campaignOperations.startCampaign, ({ caller, params }) => setRunning(params.name, true, caller));
  serve(campaignOperations.stopCampaign, ({ caller, params }) => setRunning(params.name, false, caller));
  serve(campaignOperations.unloadCampaign, ({ caller, params: { name }, query: { force } }) => {
    need(name, caller);
    store.transaction(() => {
      campaigns.setUnloading(name);
      if (force) {
        for (const call of parts.calls.all()) if (call.campaign === name) parts.cancels.ask(call, 'unload');
      }
      store.memory.afterwards(() => log.info({ campaign: name, force }, 'campaign is unloading'));
      parts.unloadFinished();
    });
    parts.changed();
    return campaigns.get(name) === undefined ? { name, state: 'not_loaded' as const } : status(name);
  });
}

/** What something would give, or with what it would be refused; all it changes is taken back. */
function rehearsed<T>(store: Store, run: () => T): T {
  const results: T[] = [];
  const end = new Error('taken back on purpose');
  try {
    store.transaction(() => {
      results.push(run());
      throw end;
    });
  } catch (error) {
    if (error !== end) throw error;
  }
  return results[0] as T;
}
