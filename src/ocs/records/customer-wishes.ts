import { CodedError } from '../../domain/errors.ts';
import type { Clock } from '../clock.ts';
import type { Agent } from '../live/agents.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Message } from '../live/desks.ts';
import type { Store } from '../store/store.ts';
import type { Cancels } from './cancels.ts';
import type { Update } from './closing.ts';
import { customerId } from './record-data.ts';
import type { Settlement } from './settlement.ts';

/** Customers who do not want to be called again, where no open record says who they are. Part of the caller's transaction. */
export interface CustomerWishes {
  /**
   * The wish counts also when the agent has closed the record already.
   * @param customer closes the whole chain when it is the record's own
   * @returns false when this agent never closed the record
   */
  forbidClosed(agent: Agent, handle: number, update: Update, customer: string | undefined): boolean;
  /** @throws CodedError UNKNOWN_RECORD when no list of the group's campaigns has this number or customer */
  checkOwn(agent: Agent, phone: string | undefined, customer: string | undefined): void;
  /** @throws CodedError UNKNOWN_RECORD when the customer is not that of the record */
  checkCustomer(handle: number, customer: string): void;
}

export function createCustomerWishes(parts: {
  campaigns: Campaigns;
  cancels: Cancels;
  clock: Clock;
  settlement: Settlement;
  store: Store;
}): CustomerWishes {
  const { campaigns, cancels, clock, settlement, store } = parts;

  const forbidClosed: CustomerWishes['forbidClosed'] = (agent, handle, update, customer) => {
    const attempt = store.attempts.closedBy(handle, agent.agentId);
    const record = store.records.get(handle);
    if (attempt === undefined || record === undefined) return false;
    const campaign = campaigns.get(attempt.campaign)?.definition ?? null;
    const by = customer !== undefined && customer === customerId(record, campaign) ? 'customer_id' : 'phone';
    store.doNotCall.add({
      phone: record.phone,
      customerId: by === 'customer_id' ? customer : undefined,
      campaign: attempt.campaign,
      list: record.list,
      message: `agent ${agent.agentId}`,
      atMs: clock.now(),
    });
    const fields = { ...(JSON.parse(record.user_fields) as Message), ...update.fields };
    // One that is being called again ends with that call.
    if (record.current_attempt === null) {
      settlement.noCall(record, by, { user_fields: JSON.stringify(fields) });
    }
    cancels.forbidden();
    return true;
  };

  const checkOwn: CustomerWishes['checkOwn'] = (agent, phone, customer) => {
    const own = campaigns.all().filter(({ definition }) => definition.group === agent.group);
    const known = (where: (field: string) => Parameters<typeof store.records.has>[1]) =>
      own.some(({ definition: { list, customerIdField } }) =>
        store.records.has(list, where(customerIdField)),
      );
    const unknown = (field: string) =>
      new CodedError('UNKNOWN_RECORD', `${field}: no list of group ${agent.group} has it`, {
        field,
        expected: 'a number or customer of the campaigns of the own group; a supervisor can add any',
      });
    if (phone !== undefined && !known(() => ({ phone }))) throw unknown('GSW_PHONE');
    if (customer !== undefined && !known((field) => ({ customerId: customer, field }))) {
      throw unknown('GSW_CUSTOMER_ID');
    }
  };

  const checkCustomer: CustomerWishes['checkCustomer'] = (handle, customer) => {
    const record = store.records.get(handle);
    // Whether it is the agent's is asked elsewhere.
    if (record === undefined) return;
    const campaign = campaigns.get(record.campaign ?? '')?.definition ?? null;
    if (customer === customerId(record, campaign)) return;
    throw new CodedError(
      'UNKNOWN_RECORD',
      `GSW_CUSTOMER_ID: record ${String(handle)} is of another customer`,
      {
        field: 'GSW_CUSTOMER_ID',
        found: customer,
        expected:
          "the record's own customer; without GSW_RECORD_HANDLE any of the campaigns of the own group",
      },
    );
  };

  return { forbidClosed, checkOwn, checkCustomer };
}
