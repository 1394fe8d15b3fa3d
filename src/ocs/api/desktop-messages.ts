import { z } from 'zod';
import { reasonSchema } from '../../api/presence.ts';
import { extensionForm } from '../../domain/extension.ts';
import { isCallResult, type CallResult } from '../../domain/result.ts';
import { numberSchema } from '../../link/schemas.ts';
import type { CodedError } from '../../domain/errors.ts';
import { isUserValue, userFieldFault } from '../lists/user-fields.ts';
import type { Message } from '../live/desks.ts';

/**
 * The agent desktop protocol, version 1: flat JSON objects over a WebSocket, with the field's `GSW_` keys.
 * Keys that do not begin with `GSW_` are fields of the record.
 */
export const desktopPath = '/desktop/v1';

const handle = z.coerce.number().int().positive();
const result = z.coerce
  .number()
  .int()
  .refine((value): value is CallResult => isCallResult(value), 'a call result is 0 to 53')
  .optional();
const text = z.string().min(1).max(128);
const record = z.looseObject({ GSW_RECORD_HANDLE: handle, GSW_CALL_RESULT: result });

/** What a desktop may ask, by `GSW_AGENT_REQ_TYPE`. */
export const desktopRequests = {
  Login: z.looseObject({
    GSW_AGENT_ID: text,
    GSW_EXTENSION: z.coerce.string().regex(extensionForm, 'an extension has 2 to 20 digits'),
    GSW_GROUP: text,
    GSW_TOKEN: z.string().optional(),
  }),
  Ready: z.looseObject({}),
  NotReady: z.looseObject({ GSW_REASON: reasonSchema.optional() }),
  LogOut: z.looseObject({}),
  /** Ours: the page of a desk runs. Those that say so are told each change of their state. */
  Alive: z.looseObject({}),
  CampaignStatusRequest: z.looseObject({}),
  UpdateCallCompletionStats: record,
  RecordProcessed: record,
  RecordReschedule: record.extend({
    GSW_DATE_TIME: z.string(),
    GSW_CALLBACK_TYPE: z.enum(['Campaign', 'Personal']).default('Campaign'),
  }),
  RecordReject: record,
  RecordCancel: z
    .looseObject({
      GSW_RECORD_HANDLE: handle.optional(),
      GSW_PHONE: numberSchema.optional(),
      GSW_CUSTOMER_ID: z.coerce.string().min(1).optional(),
      GSW_CALL_RESULT: result,
    })
    .refine((message) => hasAny(message), {
      message: 'a record handle, phone or customer id',
      path: ['GSW_RECORD_HANDLE'],
    }),
  DoNotCall: z
    .looseObject({
      GSW_RECORD_HANDLE: handle.optional(),
      GSW_PHONE: numberSchema.optional(),
      GSW_CUSTOMER_ID: z.coerce.string().min(1).optional(),
      GSW_CALL_RESULT: result,
    })
    .refine((message) => hasAny(message), {
      message: 'a record handle, phone or customer id',
      path: ['GSW_RECORD_HANDLE'],
    }),
  /** Ours: the agent's telephone says that the conversation is over (after a transfer OCS cannot know). */
  CallReleased: record,
} as const;

export type DesktopRequest = keyof typeof desktopRequests;

function hasAny(message: {
  GSW_RECORD_HANDLE?: number | undefined;
  GSW_PHONE?: string | undefined;
  GSW_CUSTOMER_ID?: string | undefined;
}): boolean {
  return (
    message.GSW_RECORD_HANDLE !== undefined ||
    message.GSW_PHONE !== undefined ||
    message.GSW_CUSTOMER_ID !== undefined
  );
}

export function isDesktopRequest(name: unknown): name is DesktopRequest {
  return typeof name === 'string' && Object.hasOwn(desktopRequests, name);
}

/** Any message: a flat object of strings and numbers; what does not begin with `GSW_` can be a user field. */
export const messageSchema = z
  .unknown()
  // Before the names are read: `__proto__` would be left out in silence.
  .superRefine((sent, context) => {
    if (typeof sent !== 'object' || sent === null) return;
    for (const [name, value] of Object.entries(sent)) {
      if (name.startsWith('GSW_')) continue;
      const text = typeof value === 'string' || typeof value === 'number';
      const message = userFieldFault(name) ?? (text && !isUserValue(value) ? 'text in UTF-8' : null);
      if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .pipe(z.record(z.string(), z.union([z.string(), z.number()], 'a text or a number'), 'a JSON object'));

/** Most characters of what was sent that come back in an answer. */
const longestEcho = 128;

/** What identifies a message in its answer, whatever else is wrong with it. */
export function referenceOf(sent: unknown): Message {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return {};
  const { GSW_REFERENCE_ID: reference, GSW_AGENT_REQ_TYPE: request } = sent as Record<string, unknown>;
  return {
    ...(isShort(reference) && { GSW_REFERENCE_ID: reference }),
    ...(isShort(request) && { GSW_AGENT_REQ_TYPE: request }),
  };
}

function isShort(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= longestEcho);
}

/** The answer to a message that is refused. @param more what identifies that message */
export function errorMessage(error: CodedError, more: Message): Message {
  const clip = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most)}…`);
  return {
    ...more,
    GSW_USER_EVENT: 'Error',
    GSW_ERROR: error.code,
    GSW_ERROR_MESSAGE: clip(error.message, 500),
    ...(error.field !== undefined && { GSW_ERROR_FIELD: clip(error.field, longestEcho) }),
    ...(error.expected !== undefined && { GSW_ERROR_EXPECTED: clip(error.expected, 500) }),
  };
}

/** The record's own fields in a message. */
export function customFields(message: Readonly<Record<string, unknown>>): Message {
  return Object.fromEntries(
    Object.entries(message).filter(
      (entry): entry is [string, string | number] =>
        !entry[0].startsWith('GSW_') && (typeof entry[1] === 'string' || typeof entry[1] === 'number'),
    ),
  );
}
