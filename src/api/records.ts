import { z } from 'zod';
import { momentSchema } from './fields.ts';
import type { Operation } from './operation.ts';

const whole = z.number().int();

/** A record of a calling list, with the columns of the list by their names. */
export const recordSchema = z.object({
  handle: whole,
  list: z.string(),
  record_id: whole,
  chain_id: whole,
  chain_n: whole,
  phone: z.string(),
  contact_info_type: whole,
  record_type: whole,
  record_status: whole,
  call_result: whole,
  attempt: whole,
  /** Seconds since 1970. */
  dial_sched_time: whole.nullable(),
  /** Seconds since 1970. */
  call_time: whole.nullable(),
  /** Seconds since local midnight. */
  daily_from: whole.nullable(),
  daily_till: whole.nullable(),
  tz: z.string().nullable(),
  campaign: z.string().nullable(),
  agent_id: z.string().nullable(),
  group: z.string().nullable(),
  app: whole.nullable(),
  /** Retries used so far, by call result number. */
  treatments: z.record(z.string(), z.number()),
  /** The list's other columns. */
  user_fields: z.record(z.string(), z.union([z.string(), z.number()])),
  due: momentSchema,
  /** The attempt that holds the record; null when none does. */
  current_attempt: z.string().nullable(),
});
export type RecordView = z.output<typeof recordSchema>;

/** What happened to a record, oldest first. */
const historySchema = z.array(
  z.object({
    at: momentSchema,
    attempt_id: z.string().nullable(),
    event: z.string(),
    detail: z.unknown(),
  }),
);

export const recordReplySchema = z.object({ ...recordSchema.shape, history: historySchema });

const held = z.object({ handle: z.string() });

export const recordOperations = {
  getRecord: {
    method: 'GET',
    path: '/api/v1/records/:handle',
    summary: 'One record with its history.',
    subject: 'record',
    params: held,
    reply: recordReplySchema,
    refusals: ['UNKNOWN_RECORD'],
  },
  cancelRecord: {
    method: 'POST',
    path: '/api/v1/records/:handle/cancel',
    summary: 'Cancels a record; a call in progress ends unless it has reached an agent.',
    subject: 'record',
    params: held,
    reply: recordSchema,
    refusals: ['UNKNOWN_RECORD'],
  },
} as const satisfies Record<string, Operation>;
