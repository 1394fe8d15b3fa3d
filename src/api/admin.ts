import { z } from 'zod';
import { diagnosticTopics } from '../board/board.ts';
import type { TestCallEvent } from '../dialer/contract.ts';
import { callPhases } from '../domain/call/call-state.ts';
import { errorCodes, type ErrorCode } from '../domain/errors.ts';
import { logLevels } from '../domain/log.ts';
import { cpaChoices, detectionModes } from '../domain/result.ts';
import { humanLossShareSchema, outcomeSchema } from '../link/schemas.ts';
import { diagnosticOperations, healthSchema } from './diagnostics.ts';
import { errorSchema } from './fields.ts';
import type { Api, Operation } from './operation.ts';

/** The admin API of cpdd: HTTP and JSON on loopback, for cpdctl and for monitoring. */
export const adminPrefix = '/admin/v1';

const count = z.number().int().min(0);
/** ms of the board's clock since it was opened. */
const boardTime = z.number();
const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
const trunkKinds = ['analog', 'isdn', 'sip'] as const;

const dialerStatusSchema = z.object({
  mode: z.enum(['new', 'running', 'draining', 'stopped']),
  link: z.enum(['up', 'down']),
  /** Code of what the last poll of OCS failed with; null after one that did not fail. */
  linkFault: z.enum(codes).nullable(),
  journal: z.enum(['ok', 'failed']),
  board: z.enum(['ok', 'dead']),
  calls: count,
  channels: z.object({ idle: count, busy: count, outOfService: count }),
  /** Reports that OCS has not acknowledged. */
  unacknowledged: count,
  /** Events that came for calls already over. */
  lateEvents: count,
  /** Requests and agent legs refused since the start, by code. */
  refused: z.partialRecord(z.enum(codes), count),
});

export const statusReplySchema = z.object({
  version: z.string(),
  dialerId: z.string(),
  upMs: z.number(),
  health: healthSchema,
  dialer: dialerStatusSchema.nullable(),
  logLevel: z.string(),
});
export type StatusReply = z.output<typeof statusReplySchema>;

export const boardsReplySchema = z.object({
  boards: z.array(
    z.object({
      driver: z.string(),
      name: z.string(),
      spans: z.array(
        z.object({
          span: z.number().int(),
          kind: z.enum(trunkKinds),
          channels: z.array(z.number().int()),
          /** What a call on the span's lines may ask for. */
          cpa: z.array(z.enum(cpaChoices)),
        }),
      ),
      state: z.enum(['up', 'dead']),
      /** null while no board is open. */
      now: boardTime.nullable(),
    }),
  ),
});
export type BoardsReply = z.output<typeof boardsReplySchema>;

export const boardReportReplySchema = z.object({
  driver: z.string(),
  name: z.string(),
  topic: z.enum(diagnosticTopics),
  /** 0: all of them. */
  channel: z.number().int(),
  /** Times in the report count the same. */
  now: boardTime,
  /** null where the board has nothing to say on the topic. */
  report: z.unknown(),
});
export type BoardReportReply = z.output<typeof boardReportReplySchema>;

export const channelsReplySchema = z.object({
  now: boardTime.nullable(),
  channels: z.array(
    z.object({
      channel: z.number().int(),
      span: z.number().int(),
      kind: z.enum(trunkKinds),
      state: z.enum(['idle', 'seized', 'dialling', 'ringing', 'answered', 'dropping', 'out_of_service']),
      /** Why it is out of service. */
      reason: z.string().nullable(),
      ref: z.number().int(),
      lastEvent: z.string().nullable(),
      lastEventAt: boardTime.nullable(),
      use: z.enum(['idle', 'call', 'leg', 'out_of_service']),
      /** Attempt or engagement that owns it. */
      owner: z.string().nullable(),
      /** Why the dialler does not use it. */
      outOfServiceReason: z.string().nullable(),
      /** Faults in a row. */
      faults: count,
    }),
  ),
});
export type ChannelsReply = z.output<typeof channelsReplySchema>;

/** A call that ended, as the daemon remembers it. */
export const endedCallSchema = z.object({
  attemptId: z.string(),
  campaign: z.string(),
  /** Masked unless cpdd is told to show numbers. */
  number: z.string(),
  test: z.boolean(),
  outcome: outcomeSchema.nullable(),
  /** Why it was never dialled, when it was not. */
  handBack: z.string().nullable(),
  /** Answer to verdict, in board ms. */
  answerToVerdictMs: z.number().nullable(),
  /** End of the greeting (the verdict if later) to the agent, in board ms. */
  waitForAgentMs: z.number().nullable(),
  /** Wall clock, ISO 8601. */
  endedAt: z.string(),
});
export type EndedCall = z.output<typeof endedCallSchema>;

export const callsReplySchema = z.object({
  active: z.array(
    z.object({
      attemptId: z.string(),
      campaign: z.string(),
      number: z.string(),
      phase: z.enum(callPhases),
      channel: z.number().int().nullable(),
      agentId: z.string().nullable(),
      /** Board ms since the request was taken, and since the present phase began. */
      ageMs: z.number(),
      phaseAgeMs: z.number(),
      test: z.boolean(),
    }),
  ),
  /** Newest first; their evidence is null here, ask for one call to see it. */
  recent: z.array(endedCallSchema),
});
export type CallsReply = z.output<typeof callsReplySchema>;

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

/** One line of the stream that tells of a test call. */
export type TestCallLine =
  | { kind: 'started'; channel: number; recordFile?: string }
  | TestCallEvent
  | { kind: 'error'; code: string; message: string };

export const testCallLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), channel: z.number().int(), recordFile: z.string().optional() }),
  /** An event of the board; `type` says which, and what else it has. */
  z.object({
    kind: z.literal('board'),
    event: z.looseObject({ type: z.string(), channel: z.number().int(), ref: z.number(), at: boardTime }),
  }),
  z.object({ kind: z.literal('phase'), from: z.enum(callPhases), to: z.enum(callPhases), atMs: boardTime }),
  z.object({ kind: z.literal('end'), outcome: outcomeSchema.nullable(), handBack: z.string().nullable() }),
  z.object({ kind: z.literal('error'), code: z.string(), message: z.string() }),
]);

/** The last lines of cpdd's log as it wrote them, oldest first. */
export const logReplySchema = z.object({ lines: z.array(z.string()) });
export type LogReply = z.output<typeof logReplySchema>;

export const logLevelSchema = z.strictObject({ level: z.enum(logLevels) });

export const adminOperations = {
  getStatus: {
    method: 'GET',
    path: `${adminPrefix}/status`,
    summary: 'Version, health and state of the dialler.',
    subject: 'status',
    reply: statusReplySchema,
  },
  listBoards: {
    method: 'GET',
    path: `${adminPrefix}/boards`,
    summary: 'The open board with its spans.',
    subject: 'boards',
    reply: boardsReplySchema,
  },
  getBoardReport: {
    method: 'GET',
    path: `${adminPrefix}/board/:topic`,
    summary: 'What the board reports about itself on one topic.',
    subject: 'board report',
    params: z.object({ topic: z.enum(diagnosticTopics) }),
    query: z.strictObject({ channel: z.coerce.number().int().min(0).default(0) }),
    reply: boardReportReplySchema,
    refusals: ['BOARD_DEAD', 'NOT_SUPPORTED', 'UNKNOWN_CHANNEL'],
  },
  listChannels: {
    method: 'GET',
    path: `${adminPrefix}/channels`,
    summary: 'The channels as they are now.',
    subject: 'channels',
    reply: channelsReplySchema,
    refusals: ['BOARD_DEAD'],
  },
  listCalls: {
    method: 'GET',
    path: `${adminPrefix}/calls`,
    summary: 'Calls in progress and the last ones that ended.',
    subject: 'calls',
    reply: callsReplySchema,
  },
  getCall: {
    method: 'GET',
    path: `${adminPrefix}/calls/:attemptId`,
    summary: 'A call that ended, with its evidence.',
    subject: 'call',
    params: z.object({ attemptId: z.string() }),
    reply: endedCallSchema,
    refusals: ['UNKNOWN_ATTEMPT'],
  },
  getLog: {
    method: 'GET',
    path: `${adminPrefix}/log`,
    summary: 'The last lines of the log, oldest first.',
    subject: 'log',
    reply: logReplySchema,
  },
  setLogLevel: {
    method: 'PUT',
    path: `${adminPrefix}/log-level`,
    summary: 'Changes the log level until the next start.',
    subject: 'log level',
    body: logLevelSchema,
    reply: logLevelSchema,
  },
  placeTestCall: {
    method: 'POST',
    path: `${adminPrefix}/test-calls`,
    summary: 'Places a test call and reports on it until it has ended, one JSON object per line.',
    subject: 'test call',
    body: testCallRequestSchema,
    reply: testCallLineSchema,
    replyType: 'application/x-ndjson',
    refusals: [
      'BOARD_DEAD',
      'BAD_NUMBER',
      'NUMBER_NOT_ALLOWED',
      'UNKNOWN_PLAN',
      'UNKNOWN_CHANNEL',
      'CHANNEL_BUSY',
      'CHANNEL_OUT_OF_SERVICE',
      'ILLEGAL_STATE',
      'NOT_SUPPORTED',
    ],
  },
  ...diagnosticOperations,
} as const satisfies Record<string, Operation>;

/** What `cpdctl` and monitoring ask of cpdd. */
export const adminApi: Api = {
  title: 'cpdd admin',
  description: 'Boards, channels, calls and test calls of one telephony host.',
  version: '1',
  document: `${adminPrefix}/openapi.json`,
  badInput: 'BAD_MESSAGE',
  error: errorSchema,
  refusals: ['UNAUTHORIZED', 'TOO_MANY_WRONG_TOKENS', 'BAD_MESSAGE', 'INTERNAL'],
  operations: adminOperations,
  schemas: {
    Status: statusReplySchema,
    Boards: boardsReplySchema,
    BoardReport: boardReportReplySchema,
    Channels: channelsReplySchema,
    Calls: callsReplySchema,
    EndedCall: endedCallSchema,
    Log: logReplySchema,
    LogLevel: logLevelSchema,
    TestCallRequest: testCallRequestSchema,
    TestCallLine: testCallLineSchema,
    Health: healthSchema,
    Error: errorSchema,
  },
};
