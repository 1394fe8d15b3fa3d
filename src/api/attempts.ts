import { z } from 'zod';
import { evidenceSchema, numberSchema } from '../link/schemas.ts';
import { flagSchema, momentSchema } from './fields.ts';
import type { Operation } from './operation.ts';

/** An attempt to call a record. */
export const attemptSchema = z.object({
  attempt_id: z.string(),
  record_handle: z.number().int(),
  campaign: z.string(),
  dialer_id: z.string(),
  phone: z.string(),
  /** Counts the attempts of the record from 1. */
  n: z.number().int(),
  /** `leased` (sent), `accepted` (in the dialler's journal), `ended`. */
  state: z.string(),
  leased_at: momentSchema,
  accepted_at: momentSchema.nullable(),
  /** When it was known whether a live person answered. */
  decided_at: momentSchema.nullable(),
  connected_at: momentSchema.nullable(),
  ended_at: momentSchema.nullable(),
  /** When the agent was done with the record. */
  processed_at: momentSchema.nullable(),
  /** `outcome`, `hand_back` or `stale`. */
  ended_by: z.string().nullable(),
  /** A call result, 0 to 53. */
  result: z.number().int().nullable(),
  resultName: z.string().nullable(),
  status: z.string().nullable(),
  reason: z.string().nullable(),
  evidence: evidenceSchema.nullable(),
  /** Moments in the life of the call, in ms since the dialler took the request. */
  milestones: z.record(z.string(), z.number()),
  channel: z.number().int().nullable(),
  agent_id: z.string().nullable(),
  /** Why the call is to end, if it is: `record`, `unanswered` or `unload`. */
  cancel: z.string().nullable(),
});
export type AttemptView = z.output<typeof attemptSchema>;

export const attemptsReplySchema = z.object({
  attempts: z.array(attemptSchema),
  /** The `cursor` of the next page; null at the end. */
  next: z.string().nullable(),
});

/** Where a page ends: when its last attempt was leased, and its id. */
const cursorSchema = z
  .string()
  .regex(/^\d{1,15}\.[\w-]{1,128}$/, 'the `next` of the page before')
  .transform((text) => {
    const [leasedAt = '', attemptId = ''] = text.split('.');
    return { leasedAt: Number(leasedAt), attemptId };
  });

export const attemptsQuerySchema = z.object({
  campaign: z.string().optional(),
  record: z.coerce.number().int().optional(),
  /** However it is written. */
  phone: numberSchema.optional(),
  result: z.coerce.number().int().optional(),
  open: flagSchema.optional(),
  /** Continues after a page. */
  cursor: cursorSchema.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
export type AttemptsQuery = z.output<typeof attemptsQuerySchema>;

export const attemptOperations = {
  listAttempts: {
    method: 'GET',
    path: '/api/v1/attempts',
    summary: 'Attempts with result, status, evidence and milestones, newest first.',
    subject: 'attempts',
    query: attemptsQuerySchema,
    reply: attemptsReplySchema,
  },
  getAttempt: {
    method: 'GET',
    path: '/api/v1/attempts/:id',
    summary: 'One attempt.',
    subject: 'attempt',
    params: z.object({ id: z.string() }),
    reply: attemptSchema,
    refusals: ['UNKNOWN_ATTEMPT'],
  },
} as const satisfies Record<string, Operation>;
