import { z } from 'zod';
import { callResultNameSchema } from './call-result-name.ts';
import { momentSchema } from './fields.ts';
import type { Operation } from './operation.ts';
import { agentStates } from './presence.ts';

const labelSchema = z.string().trim().min(1).max(40);

/** A user field of the record that agents fill in. */
const deskFieldSchema = z.strictObject({
  /** As in the calling list. */
  name: z
    .string()
    .min(1)
    .max(64)
    .refine((name) => !name.startsWith('GSW_'), 'the name of a user field'),
  label: labelSchema.optional(),
  /** What can be said; any text when absent. */
  choices: z.array(labelSchema).min(1).max(50).optional(),
});

/** What agents of a campaign see, and what they can say of a call. */
export const deskDefinitionSchema = z.strictObject({
  /** User fields in the order in which they are filled in; all of the record when absent. */
  fields: z.array(deskFieldSchema).max(40).optional(),
  /** What the agent says; `{first_name}` stands for that field of the record. */
  script: z.string().max(8_000).optional(),
  /** By the keys 1 to 9. */
  results: z
    .array(z.strictObject({ label: labelSchema, result: callResultNameSchema }))
    .min(1)
    .max(9)
    .optional(),
  /** How long an agent should take for the record after the call, ms; not counted when absent. */
  wrapUpMs: z.number().int().min(20_000).max(3_600_000).optional(),
  /** Closes a record when its time is over; a reminder only when absent. */
  wrapUpResult: callResultNameSchema.optional(),
  /** Why agents are not ready. */
  reasons: z.array(labelSchema).min(1).max(20).optional(),
});
export type DeskDefinition = z.output<typeof deskDefinitionSchema>;

export const deskReplySchema = z.object({
  /** Of the groups of the agent, by name. */
  campaigns: z.array(
    z.object({
      name: z.string(),
      group: z.string(),
      running: z.boolean(),
      /** Records that are not done. */
      left: z.number().int(),
      /** Its daily window, for records without one of their own; `open` at the moment. Seconds of the day. */
      window: z.object({ from: z.number(), till: z.number(), tz: z.string(), open: z.boolean() }),
      desk: deskDefinitionSchema,
    }),
  ),
});
export type DeskReply = z.output<typeof deskReplySchema>;
export type DeskCampaign = DeskReply['campaigns'][number];

/** What an agent did since a moment, and has to do. */
export const agentDaySchema = z.object({
  /** Time in each state; why, of `not_ready`. */
  states: z.array(z.object({ state: z.enum(agentStates), reason: z.string().nullable(), ms: z.number() })),
  /** Records closed, by the name of their call result. */
  results: z.record(z.string(), z.number().int()),
  /** Personal callbacks that are not done, the first 50. */
  callbacks: z.array(
    z.object({
      recordHandle: z.number().int(),
      /** Who is called, as far as the list says. */
      customer: z.string(),
      phone: z.string(),
      dueAt: momentSchema,
      /** The zone of the customer. */
      tz: z.string(),
      campaign: z.string().nullable(),
    }),
  ),
});
export type AgentDay = z.output<typeof agentDaySchema>;

export const deskHistorySchema = z.object({
  /** The ended attempts of the record on the agent's screen, newest first, 20 at most. */
  attempts: z.array(
    z.object({
      at: momentSchema,
      resultName: z.string().nullable(),
      status: z.string().nullable(),
      agentId: z.string().nullable(),
    }),
  ),
});
export type DeskHistory = z.output<typeof deskHistorySchema>;

export const deskOperations = {
  getDesk: {
    method: 'GET',
    path: '/api/v1/desk',
    summary: 'What the desk of an agent needs to know of the campaigns of its groups.',
    subject: 'desk',
    reply: deskReplySchema,
  },
  getDeskHistory: {
    method: 'GET',
    path: '/api/v1/desk/history',
    summary: "What earlier attempts of the record on the agent's screen came to.",
    subject: 'desk',
    reply: deskHistorySchema,
    refusals: ['UNKNOWN_RECORD'],
  },
  getAgentDay: {
    method: 'GET',
    path: '/api/v1/agents/:id/day',
    summary:
      "An agent's times by state, the results of its records, and its callbacks; for an agent its own.",
    subject: 'agent',
    params: z.object({ id: z.string().min(1).max(128) }),
    query: z.object({
      /** The beginning of the day, ms since 1970; the last 24 hours when absent. */
      from: z.coerce.number().int().min(0).optional(),
    }),
    reply: agentDaySchema,
    refusals: ['UNKNOWN_AGENT'],
  },
} as const satisfies Record<string, Operation>;
