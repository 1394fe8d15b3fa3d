import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { Log } from '../../domain/log.ts';
import { finalStatuses, recordStatus, recordType } from '../../domain/record.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Clock } from '../clock.ts';
import type { RecordCount, RecordRow } from '../store/tables.ts';
import type { Store } from '../store/store.ts';
import { isSuccess, type Settlement } from './settlement.ts';

/** Pause between two looks, by the wire clock. */
const everyMs = 30_000;

/** Most records of a list in one go; the rest follows at once, after others had their turn. */
const atMost = 200;

/**
 * Settles records of running campaigns that no rule would ever dial or close, so that their chains go on and the
 * campaign ends. They come from lists that were written elsewhere or exported in mid-call: `Retrieved` with neither a
 * call nor an agent (Stale: it may have been dialled), Ready of type NoCall, ChainReady with nothing before them.
 */
export function createUndialableRecords(parts: {
  campaigns: Campaigns;
  clock: Clock;
  log: Log;
  settlement: Settlement;
  store: Store;
  wireClock: Clock;
  changed: () => void;
}): () => void {
  const { campaigns, clock, log, settlement, store, wireClock } = parts;

  const endLost = (definition: CampaignDefinition): number => {
    const lost = store.waiting.lost(definition.list, atMost);
    for (const record of lost) settlement.stale(record, definition);
    return lost.length;
  };

  const closeNoCall = (list: string, counts: readonly RecordCount[]): number => {
    const [group] = counts.filter(
      ({ record_status: status, record_type: type }) =>
        status === recordStatus.Ready && type === recordType.NoCall,
    );
    if (group === undefined) return 0;
    const closed = store.waiting.ready({ list, windowId: group.window_id, type: group.record_type }, atMost);
    for (const record of closed) settlement.noCall(record, 'phone');
    return closed.length;
  };

  /** Only when nothing is left that could bring the turn to them. */
  const goOn = (list: string, counts: readonly RecordCount[]): number => {
    const others = counts.some(
      ({ record_status: status }) => status === recordStatus.Ready || status === recordStatus.Retrieved,
    );
    if (others) return 0;
    const waiting = store.waiting.chained(list, atMost);
    for (const { handle } of waiting) {
      const record = store.records.get(handle);
      // Another number of its chain may have changed it in this round.
      if (record?.record_status === recordStatus.ChainReady) takeTurn(record);
    }
    return waiting.length;
  };

  const takeTurn = (record: RecordRow) => {
    const chain = store.records.chain(record);
    if (chain.some(({ record_status: status }) => status === recordStatus.Ready)) return;
    const done = chain.find(
      ({ call_result: result, record_status: status }) => isFinal(status) && isSuccess(result),
    );
    if (done !== undefined) {
      store.records.closeChain(done);
      return;
    }
    const next = chain.find(({ record_status: status }) => status === recordStatus.ChainReady) ?? record;
    store.records.set(next.handle, {
      record_status: recordStatus.Ready,
      due: Math.max(next.due, clock.now()),
    });
  };

  let nextAt = wireClock.now();
  return () => {
    if (wireClock.now() < nextAt) return;
    let again = false;
    for (const { definition, running } of campaigns.all()) {
      if (!running) continue;
      const { list, name } = definition;
      const settled = store.transaction(() => {
        const counts = store.lists.counts(list);
        return {
          stale: endLost(definition),
          noCall: closeNoCall(list, counts),
          chained: goOn(list, counts),
        };
      });
      const most = Math.max(settled.stale, settled.noCall, settled.chained);
      if (most === 0) continue;
      again ||= most === atMost;
      log.warn({ campaign: name, ...settled }, 'records that nothing would have dialled are settled');
      parts.changed();
    }
    nextAt = again ? wireClock.now() : wireClock.now() + everyMs;
  };
}

function isFinal(status: number): boolean {
  return (finalStatuses as readonly number[]).includes(status);
}
