import { z } from 'zod';
import type { Operation } from './operation.ts';

export const nodeStates = ['owner', 'copying', 'standby', 'gone'] as const;

export const nodesReplySchema = z.object({
  nodes: z.array(
    z.object({
      /** Of the process: another one after each start. */
      node: z.string(),
      /** Where people reach it. */
      url: z.string(),
      /** Where the others reach it; null for one of a version that did not say. */
      address: z.string().nullable(),
      host: z.string().nullable(),
      version: z.string().nullable(),
      /** `copying`: it owns the campaigns, and makes its working copy. `gone`: its beat stands still. */
      state: z.enum(nodeStates),
      startedAt: z.string(),
      /** Since its last beat, ms of the database's clock. */
      silentMs: z.number(),
    }),
  ),
  units: z.array(
    z.object({
      unit: z.string(),
      /** Agent groups of its campaigns. */
      groups: z.array(z.string()),
      /** Its owner; null while there is none. */
      node: z.string().nullable(),
      /** Since when that is so. */
      since: z.string(),
      /** How often it has changed hands. */
      epoch: z.number().int(),
      /** What was found missing; nobody takes it before a person has looked. */
      lost: z.string().nullable(),
    }),
  ),
  database: z.object({
    kind: z.enum(['sqlite', 'postgresql']),
    /** Of PostgreSQL. */
    version: z.string().nullable(),
    replicas: z.array(
      z.object({
        name: z.string(),
        /** e.g. `streaming`; null where this user of the database may not see it. */
        state: z.string().nullable(),
        /** `sync`, `quorum`, `potential` or `async`. */
        sync: z.string().nullable(),
        lagMs: z.number().nullable(),
      }),
    ),
    /** What of that which was acknowledged can be lost with the server of the database. */
    loss: z.enum(['nothing', 'with_its_disk', 'last_moments', 'not_known']),
    inWords: z.string(),
  }),
});
export type NodesReply = z.output<typeof nodesReplySchema>;

export const nodeOperations = {
  listNodes: {
    method: 'GET',
    path: '/api/v1/nodes',
    summary: 'The processes that share the database, who owns the campaigns, and how safe the database is.',
    subject: 'nodes',
    reply: nodesReplySchema,
    refusals: ['DATABASE_ERROR'],
  },
} as const satisfies Record<string, Operation>;
