import { Readable } from 'node:stream';
import { doNotCallOperations } from '../../api/do-not-call.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { maskNumber } from '../../domain/number.ts';
import { skippedLines } from '../../http/errors.ts';
import type { Serve } from '../../http/serve.ts';
import { nextTurn, type Clock } from '../clock.ts';
import { csvLine, csvLines, escapeFormula } from '../lists/csv-table.ts';
import { dncColumns } from '../lists/dnc-csv.ts';
import { openSpool } from '../lists/spool.ts';
import { loadDncFile, rehearseDncFile, undoDncBatch, type DncFileCounts } from './dnc-file.ts';
import type { OcsConfig } from '../config.ts';
import type { Cancels } from '../records/cancels.ts';
import type { DncBatches } from '../store/imports/dnc-batches.ts';
import type { DncEntry } from '../store/do-not-call.ts';
import type { Store } from '../store/store.ts';

export interface DoNotCallParts {
  cancels: Cancels;
  clock: Clock;
  config: OcsConfig;
  log: Log;
  store: Store;
}

/** The Do Not Call list as a supervisor and `cpdctl dnc` use it. */
export function serveDoNotCall(serve: Serve, parts: DoNotCallParts): void {
  const { cancels, clock, config, log, store } = parts;
  const { dncBatches, doNotCall } = store;
  serve(doNotCallOperations.addDoNotCall, ({ body }) => {
    const added = store.transaction(() => {
      const more = doNotCall.add({ ...body, atMs: clock.now() });
      cancels.forbidden();
      return more;
    });
    return { added };
  });
  serve(doNotCallOperations.findDoNotCall, ({ query }) => {
    const entries = doNotCall.find(query);
    return { listed: entries.length > 0, entries };
  });
  serve(doNotCallOperations.removeDoNotCall, ({ query: { customerId, phone } }) => {
    const removed = store.transaction(() => doNotCall.remove({ phone, customerId }));
    store.memory.afterwards(() =>
      log.info(
        { phone: phone && maskNumber(phone), customerId, removed },
        'removed from the Do Not Call list',
      ),
    );
    return { removed };
  });
  serve(doNotCallOperations.importDoNotCall, async ({ body, query }, reply) => {
    const { skipBad, map, batch, dryRun } = query;
    const now = clock.now();
    const file = await openSpool(body, config.listLimitBytes);
    const dncFile = { file, map, skipBad, atMs: now };
    try {
      if (dryRun) {
        reply.code(200);
        return { batch: null, ...told(await rehearseDncFile(parts, dncFile, batch)) };
      }
      const name = batch ?? freeName(dncBatches, new Date(now).toISOString());
      const loaded = await loadDncFile(parts, dncFile, name);
      const { entries, numbers, customers, bad } = loaded;
      const counts = { entries, numbers, customers, skipped: bad.count() };
      log.info({ batch: name, ...counts }, 'Do Not Call list loaded');
      return { batch: name, ...told(loaded) };
    } finally {
      await file.close();
    }
  });
  serve(doNotCallOperations.getDoNotCallImport, () => dncBatches.progress());
  serve(doNotCallOperations.listDncBatches, () => ({ batches: dncBatches.all() }));
  serve(doNotCallOperations.undoDncBatch, async ({ params: { batch } }) => {
    const removed = await undoDncBatch(parts, batch);
    if (removed === null) {
      throw new CodedError('BAD_ARGUMENT', `there is no batch ${JSON.stringify(batch)}`, {
        field: 'batch',
        found: batch,
        expected: 'the name of a load of Do Not Call, as the list of batches has it',
      });
    }
    log.info({ batch, removed }, 'Do Not Call batch undone');
    return { removed };
  });
  serve(doNotCallOperations.exportDoNotCall, ({ query: { escapeFormulas } }, reply) =>
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .send(Readable.from(exportAll(store, escapeFormulas))),
  );
}

/** The counts of a load as they are told. */
function told({ bad, ...counts }: DncFileCounts & { waiting?: number }) {
  const added = counts.numbers + counts.customers;
  return { ...counts, added, ...skippedLines(bad.first(), bad.count()) };
}

/** Two loads can come at one moment. */
function freeName(batches: DncBatches, name: string): string {
  for (let n = 1; ; n++) {
    const numbered = n === 1 ? name : `${name} ${String(n)}`;
    if (!batches.has(numbered)) return numbered;
  }
}

async function* exportAll({ doNotCall }: Store, escapeFormulas: boolean): AsyncGenerator<string> {
  yield csvLine([...dncColumns]);
  for (let after = 0; ;) {
    const { entries, next } = doNotCall.page(after, 500);
    if (next === null) return;
    after = next;
    yield csvLines(entries.map((entry) => cellsOf(entry, escapeFormulas)));
    await nextTurn();
  }
}

function cellsOf(entry: DncEntry, escapeFormulas: boolean): (string | number | null)[] {
  const { phone, customerId, message, campaign, list, createdAt } = entry;
  const written = (cell: string | null) => (escapeFormulas && cell !== null ? escapeFormula(cell) : cell);
  const texts = [customerId, message, campaign, list].map(written);
  return [phone, ...texts, Math.floor(createdAt / 1_000)];
}
