import { recordStatus, recordType } from '../../domain/record.ts';
import { callResult, type CallResult } from '../../domain/result.ts';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import type { Clock } from '../clock.ts';
import type { RecordRow } from '../store/tables.ts';
import { treat, type UsedRetries } from './treatment.ts';
import type { Store } from '../store/store.ts';

/** Results with which a record has done what it was dialled for. */
const successes: ReadonlySet<CallResult> = new Set([
  callResult.Ok,
  callResult.Transferred,
  callResult.Conferenced,
  callResult.Answer,
]);

export function isSuccess(result: number): boolean {
  return (successes as ReadonlySet<number>).has(result);
}

/** What is written to the record besides its new status, e.g. an agent's update. */
export interface Extra {
  user_fields?: string;
  agent_id?: string | null;
}

/**
 * What becomes of a record: the only place that takes a record out of `Retrieved`. Each function is part of
 * the caller's transaction.
 */
export interface Settlement {
  /** By result: success closes the record and its chain, anything else is treated. */
  byResult(
    record: RecordRow,
    result: CallResult,
    campaign: CampaignDefinition | null,
    extra?: Extra,
    reason?: string | null,
  ): void;
  /** Nobody heard the end of the attempt: Stale, unless the campaign treats that result. */
  stale(record: RecordRow, campaign: CampaignDefinition | null): void;
  /** Never dialled: ready again, as if it had not been taken. */
  putBack(record: RecordRow, delayMs: number, undialled: boolean, extra?: Extra): void;
  reschedule(
    record: RecordRow,
    atMs: number,
    agentId: string | null,
    result: CallResult,
    extra?: Extra,
  ): void;
  cancel(record: RecordRow, extra?: Extra): void;
  /** The record is not called any more; `customer` closes the whole chain. */
  noCall(record: RecordRow, by: 'phone' | 'customer_id', extra?: Extra): void;
}

function isClosed({ record_status: status }: RecordRow): boolean {
  const { Ready, ChainReady, Retrieved } = recordStatus;
  return status !== Ready && status !== ChainReady && status !== Retrieved;
}

export function createSettlement(parts: { store: Store; clock: Clock }): Settlement {
  const { clock, store } = parts;

  const close = (record: RecordRow, event: string, changes: Partial<RecordRow>, extra: Extra = {}) => {
    store.records.set(record.handle, { ...changes, ...extra, current_attempt: null });
    store.history.add(clock.now(), record.handle, record.current_attempt, event, {
      status: changes.record_status,
      result: changes.call_result,
    });
  };

  const again = (
    record: RecordRow,
    event: string,
    dueMs: number,
    changes: Partial<RecordRow>,
    extra?: Extra,
  ) => {
    const due = Math.ceil(dueMs / 1_000);
    close(
      record,
      event,
      { ...changes, record_status: recordStatus.Ready, dial_sched_time: due, due: due * 1_000 },
      extra,
    );
  };

  const unsuccessful = (
    record: RecordRow,
    result: CallResult,
    campaign: CampaignDefinition | null,
    lastStatus: number,
    extra?: Extra,
    reason: string | null = null,
  ) => {
    const used = JSON.parse(record.treatments) as UsedRetries;
    const treated = treat(result, campaign?.treatments ?? [], used, reason);
    const changes = { call_result: result, treatments: JSON.stringify(treated.used) };
    if (treated.action === 'retry') {
      const callback = record.record_type === recordType.CampaignCallBack;
      again(
        record,
        'retry',
        clock.now() + treated.afterMs,
        { ...changes, record_type: callback ? record.record_type : recordType.CampaignRescheduled },
        extra,
      );
      return;
    }
    close(record, 'closed', { ...changes, record_status: lastStatus }, extra);
    if (treated.action === 'next_in_chain') store.records.nextInChain(record, clock.now());
    else store.records.closeChain(record);
  };

  return {
    byResult: (record, result, campaign, extra, reason) => {
      if (isSuccess(result)) {
        close(record, 'closed', { call_result: result, record_status: recordStatus.Updated }, extra);
        store.records.closeChain(record);
      } else {
        unsuccessful(record, result, campaign, recordStatus.Updated, extra, reason);
      }
    },
    stale: (record, campaign) => {
      unsuccessful(record, callResult.Stale, campaign, recordStatus.Stale);
    },
    putBack: (record, delayMs, undialled, extra) => {
      again(
        record,
        'put_back',
        clock.now() + delayMs,
        { attempt: undialled ? Math.max(0, record.attempt - 1) : record.attempt },
        extra,
      );
    },
    reschedule: (record, atMs, agentId, result, extra) => {
      const type = agentId === null ? recordType.CampaignCallBack : recordType.PersonalCallBack;
      again(
        record,
        'rescheduled',
        atMs,
        { record_type: type, call_result: result },
        { ...extra, agent_id: agentId },
      );
    },
    cancel: (record, extra) => {
      const changes = { record_status: recordStatus.Cancelled, call_result: callResult.CancelRecord };
      close(record, 'cancelled', changes, extra);
      store.records.closeChain(record);
    },
    noCall: (record, by, extra) => {
      const changes = {
        record_status: recordStatus.Updated,
        record_type: recordType.NoCall,
        call_result: callResult.DoNotCall,
      };
      close(record, 'do_not_call', changes, extra);
      if (by === 'phone') {
        // What was closed before has left its chain already.
        if (isClosed(record)) return;
        store.records.nextInChain(record, clock.now());
        return;
      }
      for (const other of store.records.chain(record)) {
        const waiting =
          other.record_status === recordStatus.ChainReady || other.record_status === recordStatus.Ready;
        if (waiting) close(other, 'do_not_call', changes);
      }
    },
  };
}
