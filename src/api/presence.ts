import { z } from 'zod';
import { registerRequestSchema } from '../link/schemas.ts';
import type { Operation } from './operation.ts';

export const agentStates = ['not_ready', 'ready', 'reserved', 'busy', 'wrap_up'] as const;
export type AgentState = (typeof agentStates)[number];

export const agentsReplySchema = z.object({
  agents: z.array(
    z.object({
      agentId: z.string(),
      extension: z.string(),
      group: z.string(),
      state: z.enum(agentStates),
      /** In that state, in ms of the clock of OCS. */
      stateMs: z.number(),
      /** False while the desktop's connection is lost. */
      online: z.boolean(),
      /** Seizing modes: the agent's leg on the board. */
      leg: z.enum(['none', 'asked', 'up']),
      /** The record on the agent's screen. */
      recordHandle: z.number().int().nullable(),
      attemptId: z.string().nullable(),
    }),
  ),
});
export type AgentsReply = z.output<typeof agentsReplySchema>;

/** Why an agent is not ready, in a word or a few. */
export const reasonSchema = z.string().trim().min(1).max(40);
export const notReadySchema = z.strictObject({ reason: reasonSchema.default('supervisor') }).prefault({});

/** What comes at once, or when the call is over and the record closed. */
export const agentChangedSchema = z.object({
  agentId: z.string(),
  state: z.enum(agentStates),
  next: z.enum(['ready', 'not_ready', 'log_out']),
});

export const dialersReplySchema = z.object({
  diallers: z.array(
    z.object({
      dialerId: z.string(),
      softwareVersion: z.string(),
      boards: registerRequestSchema.shape.boards,
      /** Channels free for calls at its last pull. */
      free: z.number().int(),
      channels: z.object({ inService: z.number().int(), busy: z.number().int() }),
      /** Since it was last heard of. */
      silentMs: z.number(),
      /** It was silent for longer than its lease. */
      lost: z.boolean(),
      calls: z.number().int(),
    }),
  ),
});
export type DialersReply = z.output<typeof dialersReplySchema>;

const agentId = z.object({ id: z.string().min(1).max(128) });

export const presenceOperations = {
  listAgents: {
    method: 'GET',
    path: '/api/v1/agents',
    summary: 'The agents logged in, with their states.',
    subject: 'agents',
    reply: agentsReplySchema,
  },
  setNotReady: {
    method: 'POST',
    path: '/api/v1/agents/:id/not-ready',
    summary: 'Sends an agent no more calls; with a call or a record, once the record is closed.',
    subject: 'agent',
    params: agentId,
    body: notReadySchema,
    reply: agentChangedSchema,
    refusals: ['UNKNOWN_AGENT'],
  },
  logOutAgent: {
    method: 'POST',
    path: '/api/v1/agents/:id/log-out',
    summary: 'Logs an agent out; with a call or a record, once the record is closed.',
    subject: 'agent',
    params: agentId,
    reply: agentChangedSchema,
    refusals: ['UNKNOWN_AGENT'],
  },
  listDialers: {
    method: 'GET',
    path: '/api/v1/diallers',
    summary: 'The registered diallers with their boards and channels.',
    subject: 'diallers',
    reply: dialersReplySchema,
  },
} as const satisfies Record<string, Operation>;
