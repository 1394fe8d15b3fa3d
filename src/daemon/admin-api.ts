import { z } from 'zod';
import { diagnosticTopics, type BoardInventory, type DiagnosticTopic } from '../board/board.ts';
import type { CallSnapshot, ChannelSnapshot, DialerStatus, TestCallEvent } from '../dialer/contract.ts';
import { cpaChoices, detectionModes } from '../domain/result.ts';
import { humanLossShareSchema } from '../link/schemas.ts';
import { logLevels } from './log.ts';
import type { EndedCall } from './recent-calls.ts';

/** The admin API of cpdd: HTTP and JSON on loopback, for cpdctl and for monitoring. */
export const adminPrefix = '/admin/v1';

export type DaemonState = 'starting' | 'running' | 'degraded' | 'draining' | 'stopped';

/** GET /healthz; 200 when ready, 503 when not. */
export interface Health {
  live: boolean;
  ready: boolean;
  state: DaemonState;
  /** Why it is not ready, one sentence each; empty when it is. */
  reasons: string[];
}

/** GET /admin/v1/status */
export interface StatusReply {
  version: string;
  dialerId: string;
  upMs: number;
  health: Health;
  dialer: DialerStatus | null;
  logLevel: string;
}

/** GET /admin/v1/boards; `now` is board time, null while no board is open. */
export interface BoardsReply {
  boards: (BoardInventory & { state: 'up' | 'dead'; now: number | null })[];
}

/** GET /admin/v1/board/TOPIC?channel=N; `report` is null where the board has nothing to say on the topic. */
export interface BoardReportReply {
  driver: string;
  name: string;
  topic: DiagnosticTopic;
  /** 0: all of them. */
  channel: number;
  /** Board time in ms; times in the report count the same. */
  now: number;
  report: unknown;
}

export const boardReportSchema = z.strictObject({
  topic: z.enum(diagnosticTopics),
  channel: z.coerce.number().int().min(0).default(0),
});

/** GET /admin/v1/channels; `lastEventAt` of a channel and `now` are board time in ms. */
export interface ChannelsReply {
  now: number | null;
  channels: ChannelSnapshot[];
}

/** GET /admin/v1/calls */
export interface CallsReply {
  active: CallSnapshot[];
  /** Newest first; their evidence is null here, ask for one call to see it. */
  recent: EndedCall[];
}

/** POST /admin/v1/test-calls. The reply is a stream, one JSON object a line, until the call ended. */
export const testCallRequestSchema = z.strictObject({
  number: z.string().min(1),
  mode: z.enum(detectionModes).default('accurate_am_detection'),
  plan: z.string().min(1).optional(),
  channel: z.number().int().min(0).optional(),
  ringTimeoutMs: z.number().int().min(1_000).max(180_000).optional(),
  cpdTimeoutMs: z.number().int().min(500).max(30_000).optional(),
  maxHumanLoss: humanLossShareSchema.optional(),
  cpa: z.enum(cpaChoices).optional(),
  holdMs: z.number().int().min(0).max(120_000).optional(),
  /** Into cpdd's folder of recordings. */
  record: z.boolean().default(false),
});

export type TestCallLine =
  | { kind: 'started'; channel: number; recordFile?: string }
  | TestCallEvent
  | { kind: 'error'; code: string; message: string };

/** GET /admin/v1/log: the last lines of cpdd's log as it wrote them, oldest first. */
export interface LogReply {
  lines: string[];
}

/** PUT /admin/v1/log-level */
export const logLevelSchema = z.strictObject({ level: z.enum(logLevels) });
