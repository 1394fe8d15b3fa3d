import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Agent } from './agents.ts';
import type { Campaigns } from './campaigns.ts';
import type { Cancels } from './cancels.ts';
import type { Clock } from './clock.ts';
import { customFields, desktopRequests, type DesktopRequest } from './desktop-messages.ts';
import type { DoNotCall } from './do-not-call.ts';
import { parseMessage } from './http.ts';
import { parseDesktopDate } from './local-time.ts';
import { customerId, effectiveWindow, type Message } from './record-data.ts';
import type { Records } from './records.ts';
import type { Settlement } from './settlement.ts';
import type { Closing, Update, Work } from './work.ts';

export interface DeskRecordParts {
  campaigns: Campaigns;
  cancels: Cancels;
  clock: Clock;
  doNotCall: DoNotCall;
  records: Records;
  settlement: Settlement;
  transaction: <T>(work: () => T) => T;
  /** Made after the desktops: it needs their `push`. */
  work: () => Work;
}

/** What a connection remembers of the records that were closed on it. */
export interface ClosingDesk {
  /** The last closing message, so that one repeated after a lost acknowledgement does no harm. */
  lastClosing: { handle: number; message: string } | null;
}

/** What an agent may ask about a record. */
export type RecordRequest = Exclude<
  DesktopRequest,
  'Login' | 'Ready' | 'NotReady' | 'LogOut' | 'CampaignStatusRequest'
>;

type Parsed<R extends DesktopRequest> = z.output<(typeof desktopRequests)[R]>;

/**
 * Carries out what agents ask about records and answers with what goes into the acknowledgement.
 *
 * @throws CodedError BAD_MESSAGE, and what `Work` refuses
 */
export function createDeskRecords(parts: DeskRecordParts): {
  answer(desk: ClosingDesk, agent: Agent, request: RecordRequest, raw: Message): Message;
} {
  const { campaigns, clock } = parts;

  const close = (
    desk: ClosingDesk,
    agent: Agent,
    message: Message,
    handle: number,
    update: Update,
    closing: Closing,
  ) => {
    const text = JSON.stringify({ ...message, GSW_REFERENCE_ID: '' });
    const bare = closing.how === 'processed' && Object.keys(update.fields).length === 0;
    const before = desk.lastClosing;
    // Said twice, or RecordProcessed after another closing message, as desktops of the field do.
    if (before?.handle === handle && (before.message === text || (bare && update.result === undefined))) {
      if (agent.handle !== handle) return;
    }
    parts.work().close(agent, handle, update, closing);
    desk.lastClosing = { handle, message: text };
  };

  const reschedule = (agent: Agent, message: Parsed<'RecordReschedule'>): Closing => {
    const record = parts.work().record(agent.agentId, message.GSW_RECORD_HANDLE);
    const campaign = record.campaign === null ? null : (campaigns.get(record.campaign)?.definition ?? null);
    const { tz } = effectiveWindow(record, campaign);
    const atMs = parseDesktopDate(message.GSW_DATE_TIME, tz);
    if (atMs === null || atMs <= clock.now()) {
      throw new CodedError(
        'BAD_MESSAGE',
        `GSW_DATE_TIME: ${JSON.stringify(message.GSW_DATE_TIME)} is no time to come`,
        {
          field: 'GSW_DATE_TIME',
          found: message.GSW_DATE_TIME,
          expected: `MM/DD/YYYY HH:MM in ${tz}, later than now`,
        },
      );
    }
    return { how: 'rescheduled', atMs, personal: message.GSW_CALLBACK_TYPE === 'Personal' };
  };

  const doNotCall = (
    desk: ClosingDesk,
    agent: Agent,
    raw: Message,
    message: Parsed<'DoNotCall'>,
    update: Update,
  ): Message => {
    const { GSW_RECORD_HANDLE: handle, GSW_PHONE: phone, GSW_CUSTOMER_ID: customer } = message;
    if (handle !== undefined) {
      const open = agent.handle === handle ? parts.work().record(agent.agentId, handle) : null;
      const campaign = campaigns.get(open?.campaign ?? '')?.definition ?? null;
      const own = open === null ? null : customerId(open, campaign);
      const by = customer !== undefined && customer === own ? 'customer_id' : 'phone';
      close(desk, agent, raw, handle, update, { how: 'do_not_call', by, customerId: customer ?? null });
    }
    if (phone !== undefined || (customer !== undefined && handle === undefined)) {
      parts.doNotCall.add({
        phone,
        customerId: handle === undefined ? customer : undefined,
        message: `agent ${agent.agentId}`,
        atMs: clock.now(),
      });
      parts.cancels.forbidden();
    }
    return handle === undefined ? {} : { GSW_RECORD_HANDLE: handle };
  };

  /** Cancels the agent's own record, or those of the agent's campaigns by phone or customer that wait or are being dialled. */
  const cancel = (
    desk: ClosingDesk,
    agent: Agent,
    raw: Message,
    message: Parsed<'RecordCancel'>,
    update: Update,
  ): Message => {
    const { GSW_RECORD_HANDLE: handle, GSW_PHONE: phone, GSW_CUSTOMER_ID: customer } = message;
    if (handle !== undefined) {
      close(desk, agent, raw, handle, update, { how: 'cancelled' });
      return { GSW_RECORD_HANDLE: handle };
    }
    let cancelled = 0;
    parts.transaction(() => {
      for (const { definition } of campaigns.all()) {
        if (definition.group !== agent.group) continue;
        const where =
          phone !== undefined ? { phone } : { customerId: customer ?? '', field: definition.customerIdField };
        for (const record of parts.records.open(definition.list, where)) {
          parts.settlement.cancel(record);
          cancelled += 1;
        }
        cancelled += parts.cancels.cancel(
          definition,
          phone !== undefined ? { phone } : { customerId: customer ?? '' },
        );
      }
    });
    return { GSW_RECORDS: cancelled };
  };

  const answer = (desk: ClosingDesk, agent: Agent, request: RecordRequest, raw: Message): Message => {
    const parse = <R extends RecordRequest>(name: R): Parsed<R> =>
      parseMessage(desktopRequests[name], raw, name) as Parsed<R>;
    switch (request) {
      case 'CallReleased': {
        const { GSW_RECORD_HANDLE: handle } = parse(request);
        parts.work().hungUp(agent, handle);
        return { GSW_RECORD_HANDLE: handle, GSW_AGENT_STATE: agent.state };
      }
      case 'UpdateCallCompletionStats': {
        const message = parse(request);
        parts.work().update(agent, message.GSW_RECORD_HANDLE, updateOf(message));
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordProcessed': {
        const message = parse(request);
        close(desk, agent, raw, message.GSW_RECORD_HANDLE, updateOf(message), { how: 'processed' });
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordReschedule': {
        const message = parse(request);
        const handle = message.GSW_RECORD_HANDLE;
        const again = desk.lastClosing?.handle === handle && agent.handle !== handle;
        const closing: Closing = again ? { how: 'processed' } : reschedule(agent, message);
        close(desk, agent, raw, handle, updateOf(message), closing);
        return { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: message.GSW_DATE_TIME };
      }
      case 'RecordReject': {
        const message = parse(request);
        close(desk, agent, raw, message.GSW_RECORD_HANDLE, updateOf(message), { how: 'rejected' });
        return { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE };
      }
      case 'RecordCancel': {
        const message = parse(request);
        return cancel(desk, agent, raw, message, updateOf(message));
      }
      case 'DoNotCall': {
        const message = parse(request);
        return doNotCall(desk, agent, raw, message, updateOf(message));
      }
    }
  };

  return { answer };
}

function updateOf(message: { GSW_CALL_RESULT?: Update['result'] } & Record<string, unknown>): Update {
  return { result: message.GSW_CALL_RESULT, fields: customFields(message) };
}
