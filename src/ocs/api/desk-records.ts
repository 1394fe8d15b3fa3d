import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { createCustomerWishes } from '../records/customer-wishes.ts';
import type { Agent } from '../live/agents.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Cancels } from '../records/cancels.ts';
import type { Clock } from '../clock.ts';
import { customFields, desktopRequests, type DesktopRequest } from './desktop-messages.ts';
import { parseMessage } from '../../http/messages.ts';
import { formatDesktopDate } from '../local-time.ts';
import type { Message } from '../live/desks.ts';
import type { AgentCalls } from '../records/agent-calls.ts';
import type { AgentRecords } from '../records/agent-records.ts';
import type { Closing, Update } from '../records/closing.ts';
import { callbackTime } from '../records/callback-time.ts';
import { customerId, effectiveWindow } from '../records/record-data.ts';
import type { OcsConfig } from '../config.ts';
import type { Settlement } from '../records/settlement.ts';
import type { Store } from '../store/store.ts';

export interface DeskRecordParts {
  campaigns: Campaigns;
  cancels: Cancels;
  clock: Clock;
  config: OcsConfig;
  settlement: Settlement;
  store: Store;
  agentCalls: AgentCalls;
  agentRecords: AgentRecords;
}

/** What an agent may ask about a record. */
export type RecordRequest = Exclude<
  DesktopRequest,
  'Login' | 'Ready' | 'NotReady' | 'LogOut' | 'Alive' | 'CampaignStatusRequest'
>;

type Parsed<R extends DesktopRequest> = z.output<(typeof desktopRequests)[R]>;

/**
 * Carries out what agents ask about records, as part of the caller's transaction, and answers with what goes into the acknowledgement.
 *
 * @throws CodedError BAD_MESSAGE, and what `AgentRecords` refuses
 */
export function createDeskRecords(
  parts: DeskRecordParts,
): (agent: Agent, request: RecordRequest, raw: Message) => Message {
  const { agentCalls, agentRecords, campaigns, cancels, clock, config, store } = parts;
  const wishes = createCustomerWishes(parts);
  const { close, isOpenAt, isRepeated } = createClosings(agentRecords, store);

  const doNotCall = (agent: Agent, raw: Message, message: Parsed<'DoNotCall'>, update: Update): Message => {
    const { GSW_RECORD_HANDLE: handle, GSW_PHONE: phone } = message;
    const customer = message.GSW_CUSTOMER_ID?.trim();
    const alone = handle === undefined ? customer : undefined;
    wishes.checkOwn(agent, phone, alone);
    if (handle !== undefined) {
      if (customer !== undefined) wishes.checkCustomer(handle, customer);
      const late = !isOpenAt(agent, handle) && !isRepeated(agent, raw, handle, false);
      if (!late || !wishes.forbidClosed(agent, handle, update, customer)) {
        const open = agent.handle === handle ? agentRecords.record(agent.agentId, handle) : null;
        const campaign = campaigns.get(open?.campaign ?? '')?.definition ?? null;
        const own = open === null ? null : customerId(open, campaign);
        const by = customer !== undefined && customer === own ? 'customer_id' : 'phone';
        close(agent, raw, handle, update, { how: 'do_not_call', by });
      }
    }
    if (phone !== undefined || alone !== undefined) {
      store.doNotCall.add({
        phone,
        customerId: alone,
        message: `agent ${agent.agentId}`,
        atMs: clock.now(),
      });
      cancels.forbidden();
    }
    return handle === undefined ? {} : { GSW_RECORD_HANDLE: handle };
  };

  /** @returns the time at which the customer is called back */
  const reschedule = (agent: Agent, raw: Message, message: Parsed<'RecordReschedule'>): string => {
    const { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: wanted } = message;
    if (isRepeated(agent, raw, handle, false)) {
      const record = store.records.get(handle);
      const due = record?.dial_sched_time ?? null;
      if (record === undefined || due === null) return wanted;
      const campaign = campaigns.get(record.campaign ?? '')?.definition ?? null;
      return formatDesktopDate(due * 1_000, effectiveWindow(record, campaign).tz);
    }
    const record = agentRecords.record(agent.agentId, handle);
    const campaign = campaigns.get(record.campaign ?? '')?.definition ?? null;
    const window = effectiveWindow(record, campaign);
    const { atMs, text } = callbackTime(wanted, window, clock.now(), config.callbackDays);
    const personal = message.GSW_CALLBACK_TYPE === 'Personal';
    close(agent, raw, handle, updateOf(message), { how: 'rescheduled', atMs, personal });
    return text;
  };

  /** Cancels the agent's own record, or those of the agent's campaigns by phone or customer that wait or are being dialled. */
  const cancel = (agent: Agent, raw: Message, message: Parsed<'RecordCancel'>, update: Update): Message => {
    const { GSW_RECORD_HANDLE: handle, GSW_PHONE: phone, GSW_CUSTOMER_ID: customer } = message;
    if (handle !== undefined) {
      close(agent, raw, handle, update, { how: 'cancelled' });
      return { GSW_RECORD_HANDLE: handle };
    }
    const whom = phone !== undefined ? { phone } : { customerId: customer ?? '' };
    return { GSW_RECORDS: cancels.cancel(agent.group, whom) };
  };

  return (agent, request, raw) => {
    const parse = <R extends RecordRequest>(name: R): Parsed<R> =>
      parseMessage(desktopRequests[name], raw, name) as Parsed<R>;
    switch (request) {
      case 'CallReleased': {
        const { GSW_RECORD_HANDLE: handle } = parse(request);
        agentCalls.hungUp(agent, handle);
        return { GSW_RECORD_HANDLE: handle, GSW_AGENT_STATE: agent.state };
      }
      case 'UpdateCallCompletionStats': {
        const message = parse(request);
        agentRecords.update(agent, message.GSW_RECORD_HANDLE, updateOf(message));
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordProcessed': {
        const message = parse(request);
        close(agent, raw, message.GSW_RECORD_HANDLE, updateOf(message), { how: 'processed' });
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordReschedule': {
        const message = parse(request);
        const handle = message.GSW_RECORD_HANDLE;
        const text = reschedule(agent, raw, message);
        return { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: text };
      }
      case 'RecordReject': {
        const message = parse(request);
        close(agent, raw, message.GSW_RECORD_HANDLE, updateOf(message), { how: 'rejected' });
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordCancel': {
        const message = parse(request);
        return cancel(agent, raw, message, updateOf(message));
      }
      case 'DoNotCall': {
        const message = parse(request);
        return doNotCall(agent, raw, message, updateOf(message));
      }
    }
  };
}

/** Closes records on a closing message, once however often a desktop says it. */
function createClosings(agentRecords: AgentRecords, store: Store) {
  /** Said twice, here or on another connection, or RecordProcessed after another closing message, as desktops of the field do. */
  const isRepeated = (agent: Agent, raw: Message, handle: number, bare: boolean): boolean => {
    if (isOpenAt(agent, handle)) return false;
    const before = store.attempts.closedBy(handle, agent.agentId);
    return before !== undefined && (bare || before.closing === fingerprint(raw));
  };
  const isOpenAt = (agent: Agent, handle: number) =>
    agent.handle === handle || store.openRecords.get(handle)?.agent_id === agent.agentId;

  const close = (agent: Agent, raw: Message, handle: number, update: Update, closing: Closing) => {
    const bare =
      closing.how === 'processed' && update.result === undefined && Object.keys(update.fields).length === 0;
    if (isRepeated(agent, raw, handle, bare)) return;
    const attemptId = store.openRecords.get(handle)?.attempt_id;
    agentRecords.close(agent, handle, update, closing);
    if (attemptId !== undefined) store.attempts.set(attemptId, { closing: fingerprint(raw) });
  };

  return { close, isOpenAt, isRepeated };
}

function updateOf(message: { GSW_CALL_RESULT?: Update['result'] } & Record<string, unknown>): Update {
  return { result: message.GSW_CALL_RESULT, fields: customFields(message) };
}

/** What a message says, without what differs when it is sent again. */
function fingerprint(message: Message): string {
  const said = Object.entries(message)
    .filter(([key]) => key !== 'GSW_REFERENCE_ID')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
