import type { Campaigns } from '../live/campaigns.ts';
import type { Calls, CancelKind, OpenCall } from '../live/calls.ts';
import { customerId } from './record-data.ts';
import type { Settlement } from './settlement.ts';
import type { Store } from '../store/store.ts';

/** Calls whose records are not wanted any more. Each function is part of the caller's transaction. */
export interface Cancels {
  ask(call: OpenCall, kind: CancelKind): void;
  /**
   * Cancels the records of a group's campaigns with this phone or customer: those that wait, and those that are
   * being dialled.
   * @returns how many, without those whose calls were to end already
   */
  cancel(group: string, whom: { phone: string } | { customerId: string }): number;
  /** The Do Not Call list grew: no call may go on ringing at somebody who is on it now. */
  forbidden(): void;
}

export function createCancels(parts: {
  calls: Calls;
  campaigns: Campaigns;
  settlement: Settlement;
  store: Store;
  changed: () => void;
}): Cancels {
  const { calls, campaigns, settlement, store } = parts;

  const ask: Cancels['ask'] = (call, kind) => {
    // Two that differ: the call is to end, and its record with it.
    const cancel = call.cancel === null || call.cancel === kind ? kind : 'record';
    store.attempts.set(call.attemptId, { cancel });
    store.memory.keep(call);
    call.cancel = cancel;
    parts.changed();
  };
  /** A call that an agent has is the agent's. */
  const underWay = () => calls.all().filter(({ phase, cancel }) => cancel === null && phase !== 'connected');
  const customerOf = (call: OpenCall): string | null => {
    const record = store.records.get(call.handle);
    return record === undefined ? null : customerId(record, campaigns.get(call.campaign)?.definition ?? null);
  };

  const cancelCalls = (campaign: string, whom: { phone: string } | { customerId: string }): number => {
    const found = underWay().filter(
      (call) =>
        call.campaign === campaign &&
        ('phone' in whom
          ? store.phoneKey(call.request.number) === store.phoneKey(whom.phone)
          : customerOf(call) === whom.customerId),
    );
    for (const call of found) ask(call, 'unanswered');
    return found.length;
  };

  return {
    ask,
    cancel: (group, whom) => {
      let cancelled = 0;
      for (const { definition } of campaigns.all()) {
        if (definition.group !== group) continue;
        const { list, name, customerIdField: field } = definition;
        for (const record of store.records.open(list, 'phone' in whom ? whom : { ...whom, field })) {
          settlement.cancel(record);
          cancelled += 1;
        }
        cancelled += cancelCalls(name, whom);
      }
      return cancelled;
    },
    forbidden: () => {
      for (const call of underWay()) {
        if (store.doNotCall.forbids(call.request.number, customerOf(call)) !== null) ask(call, 'unanswered');
      }
    },
  };
}

/** Whether the dialler is to end this call now. Somebody who answered is not hung up on for a later wish. */
export function isCut(call: OpenCall): boolean {
  const answered = call.phase !== 'leased' && call.phase !== 'dialling';
  return call.cancel !== null && !(call.cancel === 'unanswered' && answered);
}
