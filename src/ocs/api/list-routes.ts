import { Readable } from 'node:stream';
import { listOperations } from '../../api/lists.ts';
import type { RequestOf } from '../../api/operation.ts';
import { CodedError } from '../../domain/errors.ts';
import { skippedLines } from '../../http/errors.ts';
import type { Serve } from '../../http/serve.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { ListOptions } from '../lists/csv.ts';
import { openSpool } from '../lists/spool.ts';
import { exportList } from './list-export.ts';
import { indexCustomers } from './customer-indexes.ts';
import { importList, rehearseList, type ImportParts } from './list-import.ts';
import type { OcsConfig } from '../config.ts';

export interface ListParts extends ImportParts {
  campaigns: Campaigns;
  config: OcsConfig;
  changed: () => void;
}

/** Calling lists as CSV, in and out. */
export function serveLists(serve: Serve, parts: ListParts): void {
  const { campaigns, config, store, changed } = parts;
  serve(listOperations.listLists, () => ({ lists: store.lists.all() }));
  serve(listOperations.importList, async ({ params: { list }, query, body }, reply) => {
    const { dryRun, skipBad, tz, map } = query;
    const file = await openSpool(body, config.listLimitBytes);
    const options = { tz, map, ...fromCampaigns(campaigns, list, query) };
    try {
      if (dryRun) {
        reply.code(200);
        const { added, doNotCall, skipped } = await rehearseList(parts, { list, file, skipBad, options });
        return { added, doNotCall, ...skippedLines(skipped.first(), skipped.count()) };
      }
      indexCustomers(parts, options.customerFields);
      const { added, skipped } = await importList(parts, { list, file, skipBad, options });
      changed();
      return { added, ...skippedLines(skipped.first(), skipped.count()) };
    } finally {
      await file.close();
    }
  });
  serve(listOperations.getListImport, ({ params: { list } }) => store.imports.progress(list));
  serve(listOperations.exportList, ({ params: { list }, query }, reply) => {
    if (!store.lists.has(list)) {
      throw new CodedError('BAD_ARGUMENT', `there is no calling list ${list}`, {
        field: 'list',
        found: list,
      });
    }
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .send(Readable.from(exportList(store, list, query.escapeFormulas)));
  });
}

type ImportQuery = RequestOf<typeof listOperations.importList>['query'];

/** What an import must know of the campaigns that dial the list, and of one that is loaded afterwards. */
function fromCampaigns(
  campaigns: Campaigns,
  list: string,
  { window, campaign = 'to be loaded', customerIdField }: ImportQuery,
): Required<Pick<ListOptions, 'windows' | 'customerFields'>> {
  const loaded = campaigns
    .all()
    .filter(({ definition: { list: its, name } }) => its === list && name !== campaign)
    .map(({ definition }) => definition);
  return {
    windows: [
      ...(window === undefined ? [] : [{ campaign, ...window }]),
      ...loaded.map(({ name, dailyWindow }) => ({ campaign: name, ...dailyWindow })),
    ],
    customerFields: [
      ...new Set([
        ...(customerIdField === undefined ? [] : [customerIdField]),
        ...loaded.map((definition) => definition.customerIdField),
      ]),
    ],
  };
}
