import type { Attempts } from './attempts.ts';
import type { Campaigns } from './campaigns.ts';
import type { CampaignDefinition } from './campaign.ts';
import type { Calls, CancelKind, OpenCall } from './calls.ts';
import type { DoNotCall } from './do-not-call.ts';
import { customerId } from './record-data.ts';
import type { Records } from './records.ts';

/** Calls whose records are not wanted any more. */
export interface Cancels {
  ask(call: OpenCall, kind: CancelKind): void;
  /** Calls of a campaign to a phone or customer. @returns how many records that did not have it coming before */
  cancel(definition: CampaignDefinition, whom: { phone: string } | { customerId: string }): number;
  /** The Do Not Call list grew: no call may go on ringing at somebody who is on it now. */
  forbidden(): void;
}

export function createCancels(parts: {
  attempts: Attempts;
  calls: Calls;
  campaigns: Campaigns;
  doNotCall: DoNotCall;
  phoneKey: (phone: string) => string;
  records: Records;
  changed: () => void;
}): Cancels {
  const { calls, campaigns, doNotCall, phoneKey, records } = parts;

  const ask: Cancels['ask'] = (call, kind) => {
    // Two that differ: the call is to end, and its record with it.
    const cancel = call.cancel === null || call.cancel === kind ? kind : 'record';
    parts.attempts.set(call.attemptId, { cancel });
    call.cancel = cancel;
    parts.changed();
  };
  /** A call that an agent has is the agent's. */
  const underWay = () => calls.all().filter(({ phase, cancel }) => cancel === null && phase !== 'connected');
  const customerOf = (call: OpenCall): string | null => {
    const record = records.get(call.handle);
    return record === undefined ? null : customerId(record, campaigns.get(call.campaign)?.definition ?? null);
  };

  return {
    ask,
    cancel: ({ name }, whom) => {
      const found = underWay().filter(
        (call) =>
          call.campaign === name &&
          ('phone' in whom
            ? phoneKey(call.request.number) === phoneKey(whom.phone)
            : customerOf(call) === whom.customerId),
      );
      for (const call of found) ask(call, 'unanswered');
      return found.length;
    },
    forbidden: () => {
      for (const call of underWay()) {
        if (doNotCall.forbids(call.request.number, customerOf(call)) !== null) ask(call, 'unanswered');
      }
    },
  };
}

/** Whether the dialler is to end this call now. Somebody who answered is not hung up on for a later wish. */
export function isCut(call: OpenCall): boolean {
  const answered = call.phase !== 'leased' && call.phase !== 'dialling';
  return call.cancel !== null && !(call.cancel === 'unanswered' && answered);
}
