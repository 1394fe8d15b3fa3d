import { z } from 'zod';
import { verdicts } from '../domain/outcome.ts';
import { callStatuses, detectionModes } from '../domain/result.ts';
import { evidenceSchema, numberSchema } from '../link/schemas.ts';
import { flagSchema, momentSchema } from './fields.ts';
import type { Operation } from './operation.ts';

/** What a call was, as somebody says who knows. */
export const calledWas = ['person', 'machine', 'not_sure'] as const;
export type CalledWas = (typeof calledWas)[number];

const labelSchema = z.object({
  was: z.enum(calledWas),
  /** A user, or `token NAME`. */
  saidBy: z.string(),
  saidAt: momentSchema,
});

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
  /** What somebody says that it was. */
  label: labelSchema.nullable(),
});
export type AttemptView = z.output<typeof attemptSchema>;

/** One attempt, with what was asked and why the verdict is what it is. */
export const attemptDetailSchema = attemptSchema.extend({
  mode: z.enum(detectionModes),
  /** Tone plan of the campaign; null: that of the dialler's lines. */
  plan: z.string().nullable(),
  /** Largest share of people that may be taken for machines; null: the dialler's own. */
  maxHumanLoss: z.number().nullable(),
  cpdTimeoutMs: z.number(),
  /** Why the verdict is what it is, sentence by sentence, the first one first. */
  explanation: z.array(z.string()),
  /** Its dialler is here and records calls: there may be a recording of this one. */
  mayBeRecorded: z.boolean(),
});
export type AttemptDetail = z.output<typeof attemptDetailSchema>;

export const attemptsReplySchema = z.object({
  attempts: z.array(attemptSchema),
  /** The `cursor` of the next page; null at the end. */
  next: z.string().nullable(),
  /** Before `next` there may be more: the search ended after some thousand attempts. */
  partial: z.boolean(),
});
export type AttemptsReply = z.output<typeof attemptsReplySchema>;

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
  /** Given out at this moment or later, in ms since 1970. */
  from: z.coerce.number().int().optional(),
  /** Given out before this moment. */
  till: z.coerce.number().int().optional(),
  status: z.enum(callStatuses).optional(),
  reason: z.string().optional(),
  agent: z.string().optional(),
  dialer: z.string().optional(),
  channel: z.coerce.number().int().optional(),
  verdict: z.enum(verdicts).optional(),
  /** With a verdict that is less certain than this, 0 to 1. */
  lessSureThan: z.coerce.number().min(0).max(1).optional(),
  /** Evidence without segments and scores. */
  brief: flagSchema.optional(),
  /** Continues after a page. */
  cursor: cursorSchema.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
export type AttemptsQuery = z.output<typeof attemptsQuerySchema>;

export const labelBodySchema = z.strictObject({ was: z.enum(calledWas).nullable() });
export const labelReplySchema = z.object({ label: labelSchema.nullable() });

export const labelsReplySchema = z.object({
  labels: z.array(
    labelSchema.extend({
      attemptId: z.string(),
      /** Calls to one record are calls to one person. */
      recordHandle: z.number().int(),
      campaign: z.string(),
      dialerId: z.string(),
      mode: z.enum(detectionModes),
      plan: z.string().nullable(),
      verdict: z.enum(verdicts).nullable(),
      /** In ms since dialling; null where nobody answered. */
      answerMs: z.number().nullable(),
    }),
  ),
  /** The `after` of the next page; null at the end. */
  next: z.number().int().nullable(),
});
export type LabelsReply = z.output<typeof labelsReplySchema>;

const labelsQuerySchema = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
});

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
    reply: attemptDetailSchema,
    refusals: ['UNKNOWN_ATTEMPT'],
  },
  getRecording: {
    method: 'GET',
    path: '/api/v1/attempts/:id/recording',
    summary:
      'What was heard in the call, fetched from the dialler that recorded it: a WAV file, µ-law at 8 000 Hz.',
    subject: 'recording',
    params: z.object({ id: z.string() }),
    reply: z.string(),
    replyType: 'audio/wav',
    refusals: ['UNKNOWN_ATTEMPT', 'UNKNOWN_DIALER', 'NOT_SUPPORTED', 'NO_SUCH_RECORDING', 'ILLEGAL_STATE'],
  },
  labelAttempt: {
    method: 'PUT',
    path: '/api/v1/attempts/:id/label',
    summary: 'Says what the call was; null takes back what was said.',
    subject: 'label',
    params: z.object({ id: z.string() }),
    body: labelBodySchema,
    reply: labelReplySchema,
    refusals: ['UNKNOWN_ATTEMPT'],
  },
  listLabels: {
    method: 'GET',
    path: '/api/v1/labels',
    summary:
      'The attempts of which somebody said what they were, in the order in which they were labelled first.',
    subject: 'labels',
    query: labelsQuerySchema,
    reply: labelsReplySchema,
  },
} as const satisfies Record<string, Operation>;
