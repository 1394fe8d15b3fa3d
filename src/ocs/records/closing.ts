import type { CalledParty } from '../../domain/recording-lesson.ts';
import { callResult, type CallResult } from '../../domain/result.ts';
import type { CalledParties } from '../live/called-parties.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Message } from '../live/desks.ts';
import type { Store } from '../store/store.ts';
import type { OpenRecordRow } from '../store/tables.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import { campaignOfAttempt } from './attempt-campaign.ts';
import type { Cancels } from './cancels.ts';
import { customerId } from './record-data.ts';
import type { Settlement } from './settlement.ts';

/** How an agent closes a record. */
export type Closing =
  | { how: 'processed' }
  | { how: 'rescheduled'; atMs: number; personal: boolean }
  | { how: 'do_not_call'; by: 'phone' | 'customer_id' }
  | { how: 'rejected' }
  | { how: 'cancelled' };

/** An agent's update: custom fields and, if it said one, a result. */
export interface Update {
  result?: CallResult | undefined;
  fields: Message;
}

/** The update after those that the open record has already. */
export function mergeUpdate(row: OpenRecordRow, update: Update): Update {
  const before = JSON.parse(row.updates) as Update;
  return { result: update.result ?? before.result, fields: { ...before.fields, ...update.fields } };
}

/** The final write of an agent's record, with all updates. Part of the caller's transaction. */
export type CloseRecord = (row: OpenRecordRow, update: Update, closing: Closing) => void;

export function createCloseRecord(parts: {
  calledParties: CalledParties;
  calls: Calls;
  campaigns: Campaigns;
  cancels: Cancels;
  clock: Clock;
  config: OcsConfig;
  settlement: Settlement;
  store: Store;
}): CloseRecord {
  const { cancels, clock, config, settlement, store } = parts;
  return (row, update, closing) => {
    const record = store.records.get(row.record_handle);
    if (record === undefined) return;
    const campaign = campaignOfAttempt(parts, row.attempt_id);
    const all = mergeUpdate(row, update);
    const fields = { ...(JSON.parse(record.user_fields) as Message), ...all.fields };
    const extra = { user_fields: JSON.stringify(fields), agent_id: row.agent_id };
    const result = all.result ?? callResult.Answer;
    const was = calledParty(all.result, closing);
    if (was !== null) parts.calledParties.say(row.attempt_id, was);
    store.openRecords.remove(row.record_handle);
    store.attempts.set(row.attempt_id, { processed_at: clock.now(), closed_by: row.agent_id });
    switch (closing.how) {
      case 'processed':
        settlement.byResult(record, result, campaign, extra);
        return;
      case 'rescheduled': {
        const agentId = closing.personal ? row.agent_id : null;
        settlement.reschedule(record, closing.atMs, agentId, result, extra);
        return;
      }
      case 'do_not_call':
        store.doNotCall.add({
          phone: record.phone,
          // The record's own: whom else an agent may forbid is asked elsewhere.
          customerId: (closing.by === 'customer_id' ? customerId(record, campaign) : null) ?? undefined,
          campaign: campaign?.name,
          list: record.list,
          message: `agent ${row.agent_id}`,
          atMs: clock.now(),
        });
        settlement.noCall(record, closing.by, extra);
        cancels.forbidden();
        return;
      case 'rejected':
        settlement.putBack(record, config.rejectDelayMinutes * 60_000, false, extra);
        return;
      case 'cancelled':
        settlement.cancel(record, extra);
        return;
    }
  };
}

/** Who answered; null where the agent did not say. */
function calledParty(result: CallResult | undefined, { how }: Closing): CalledParty | null {
  if (result === callResult.AnsweringMachine) return 'machine';
  return result === callResult.Answer || how === 'do_not_call' ? 'person' : null;
}
