import { z } from 'zod';
import type { Operation } from './operation.ts';

export const daemonStates = ['starting', 'standby', 'running', 'degraded', 'draining', 'stopped'] as const;
export type DaemonState = (typeof daemonStates)[number];

export const healthSchema = z.object({
  live: z.boolean(),
  ready: z.boolean(),
  state: z.enum(daemonStates),
  /** Why it is not ready, one sentence each; empty when it is. */
  reasons: z.array(z.string()),
  /** What somebody should look at though it works, one sentence each: refusals by a limit, by code. */
  notes: z.array(z.string()).optional(),
});
export type Health = z.output<typeof healthSchema>;

/** What every daemon answers to whoever watches it. */
export const diagnosticOperations = {
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the daemon can do its work: 200 if it is ready, otherwise 503.',
    subject: 'health',
    reply: healthSchema,
    statuses: [200, 503],
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the Prometheus text format.',
    subject: 'metrics',
    reply: z.string(),
    replyType: 'text/plain',
  },
} as const satisfies Record<string, Operation>;
