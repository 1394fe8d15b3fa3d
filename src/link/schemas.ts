import { z } from 'zod';
import { milestoneNames, sitCategories, verdicts } from '../domain/outcome.ts';
import { humanLossLimits, humanLossWords, parseHumanLoss } from '../domain/human-loss.ts';
import { extensionForm } from '../domain/extension.ts';
import { checkNumber } from '../domain/number.ts';
import { calledParties } from '../domain/recording-lesson.ts';
import { announcementAudiences, keyForm } from '../domain/request.ts';
import { callStatuses, cpaChoices, detectionModes, isCallResult, type CallResult } from '../domain/result.ts';
import { CodedError } from '../domain/errors.ts';
import { watchCommandSchema } from './live-schemas.ts';
import { recordingCommandSchema } from './recording-schemas.ts';

/**
 * The OCS link, version 1: HTTP and JSON, the dialler always asks. The OpenAPI document is generated from
 * these schemas. Unknown fields are ignored on both sides, so that either may be newer.
 */
export const linkVersion = 1;
export const linkPrefix = '/link/v1';
/** Each message is a POST to `linkPrefix` + one of these; an error is answered with linkErrorSchema. */
export const linkPaths = {
  register: '/register',
  pull: '/pull',
  reports: '/reports',
  agent: '/agent-requests',
  live: '/live',
  recording: '/recording',
} as const;

const id = z.string().min(1).max(128);
const ms = z.number().int().min(0);

export const numberSchema = z.string().transform((value, context) => {
  try {
    return checkNumber(value);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    context.addIssue({ code: 'custom', message: `${error.message}, expected ${error.expected ?? 'one'}` });
    return z.NEVER;
  }
});

/** Between programs. */
export const humanLossShareSchema = z.number().min(humanLossLimits.least).max(humanLossLimits.most);

/** Where an operator writes it: `1 %` or `0.01`. */
export const humanLossSchema = z.union([z.string(), z.number()]).transform((value, context) => {
  const share = parseHumanLoss(value);
  if (share !== null) return share;
  context.addIssue({ code: 'custom', message: humanLossWords });
  return z.NEVER;
});

const extensionSchema = z.string().regex(extensionForm, 'an extension has 2 to 20 digits');

export const handoffSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent') }),
  z.object({ kind: z.literal('destination'), extension: extensionSchema }),
  z.object({ kind: z.literal('engaged'), group: id }),
]);

export const nonLivePolicySchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('drop') }),
  z.object({ action: z.literal('transfer'), extension: extensionSchema }),
]);

/** What is done with a machine. @param maxWaitMs how long its beep is waited for from the verdict on */
export const machinePolicySchema = z.discriminatedUnion('action', [
  ...nonLivePolicySchema.options,
  z.object({
    action: z.literal('message'),
    /** Name of an announcement of the dialler. */
    file: z.string().min(1),
    maxWaitMs: ms.min(1_000).max(120_000).default(30_000),
  }),
]);

/** What can be done with a machine: `action` of {@link machinePolicySchema}. */
export const machineActions = machinePolicySchema.options.map(({ shape }) => shape.action.value);

export const keySchema = z.string().regex(keyForm, 'one key of a telephone: 0 to 9, * or #');

export const optOutSchema = z.object({
  key: keySchema,
  /** Name of the announcement that says that it was done. */
  file: z.string().min(1).optional(),
});

/** What of a request is about keys that are pressed during its announcement. */
export const keysOfRequests = ['optOut', 'agentKey'] as const;

export const userDataSchema = z.record(z.string(), z.union([z.string(), z.number()]));

export const dialRequestSchema = z.object({
  attemptId: id,
  campaign: id,
  recordHandle: z.number().int().positive(),
  number: numberSchema,
  callerId: numberSchema.optional(),
  mode: z.enum(detectionModes),
  plan: z.string().optional(),
  ringTimeoutMs: ms.min(15_000).max(180_000).default(30_000),
  cpdTimeoutMs: ms.min(500).max(30_000).default(8_000),
  /** Largest share of live people that may be taken for machines; the dialler's own when absent. */
  maxHumanLoss: humanLossShareSchema.optional(),
  /** Who analyses the call's progress, one of the dialler's `cpa`; as its lines are configured when absent. */
  cpa: z.enum(cpaChoices).optional(),
  agentTimeoutMs: ms.max(60_000).default(2_000),
  handoff: handoffSchema,
  onMachine: machinePolicySchema.default({ action: 'drop' }),
  onFax: nonLivePolicySchema.default({ action: 'drop' }),
  onSilence: nonLivePolicySchema.default({ action: 'drop' }),
  announcement: z.string().optional(),
  /** Who hears it: persons whom no agent can take, or all persons instead of an agent. */
  announcementFor: z.enum(announcementAudiences).optional(),
  /** Keys that count during the announcement and shortly after it. */
  optOut: optOutSchema.optional(),
  agentKey: keySchema.optional(),
  userData: userDataSchema.default({}),
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

export const registerRequestSchema = z.object({
  dialerId: id,
  /** The journal that knows what was dialled; another one than before knows nothing of requests sent earlier. */
  journalId: id.optional(),
  linkVersion: z.literal(linkVersion),
  softwareVersion: z.string().max(200),
  boards: z.array(
    z.object({
      name: z.string(),
      driver: z.string(),
      spans: z.array(
        z.object({
          span: z.number().int(),
          kind: z.enum(['analog', 'isdn', 'sip']),
          channels: z.number().int(),
        }),
      ),
    }),
  ),
  capabilities: z.object({
    handoff: z.array(z.enum(['agent', 'destination', 'engaged'])),
    plans: z.array(z.string()),
    modes: z.array(z.enum(detectionModes)),
    /** Who can analyse calls on some of its lines; none can be asked for when absent. */
    cpa: z.array(z.enum(cpaChoices)).optional(),
    /** What it can do with a machine, also what OCS does not know; drop and transfer when absent. */
    onMachine: z.array(z.string().max(50)).max(50).optional(),
    /** Which of `optOut` and `agentKey` it listens for during an announcement; neither when absent. */
    keys: z.array(z.string().max(50)).max(50).optional(),
    /** It obeys `watch`; it is not asked to when absent. */
    watch: z.boolean().optional(),
    /** It records calls and obeys `recording`; it is not asked to when absent. */
    recordings: z.boolean().optional(),
    /** It learns recordings, and wants to be told who answered; not when absent. */
    learns: z.boolean().optional(),
    /** Names of announcements it can play; not judged when absent. */
    announcements: z.array(z.string()).optional(),
    /** Regular expressions: it calls an agent's extension only if one matches; not judged when absent. */
    extensions: z.array(z.string().max(500).refine(isPattern, 'a regular expression')).max(1_000).optional(),
  }),
  /** What is doubtful in its configuration, one sentence each; OCS shows them in the status of campaigns. */
  warnings: z.array(z.string().max(500)).max(20).optional(),
});

export const registerReplySchema = z.object({
  /** Changes when OCS forgot the dialler; every other message carries it. */
  sessionId: id,
  ocsVersion: z.string(),
  /** A dialler that was not heard of for so long is taken as lost. */
  leaseMs: ms,
  /** Longest long poll OCS will hold. */
  maxWaitMs: ms,
});

export const pullRequestSchema = z.object({
  dialerId: id,
  sessionId: id,
  /** Channels free for calls now: at most so many requests come back. */
  free: z.number().int().min(0),
  channels: z.object({ inService: z.number().int().min(0), busy: z.number().int().min(0) }),
  /** How long OCS may hold the poll when it has nothing. */
  waitMs: ms,
  /** Attempts this dialler holds; their leases are renewed. One it was sent but does not name is sent again. */
  active: z.array(id),
});

export const commandSchema = z.discriminatedUnion('kind', [
  /** End the attempt if it has not reached an agent. */
  z.object({ kind: z.literal('cancel'), attemptId: id }),
  /** Take no new requests of this campaign (of any, if absent); hand back what was not dialled. */
  z.object({ kind: z.literal('drain'), campaign: id.optional() }),
  /** Bring up an agent's leg for engaged hand-off and keep it. */
  z.object({
    kind: z.literal('engage'),
    engagementId: id,
    group: id,
    agentId: id,
    extension: extensionSchema,
  }),
  /** Let an agent's leg go once its present call ended. */
  z.object({ kind: z.literal('disengage'), engagementId: id }),
  /** Somebody looks at the channels: tell what they do, as changes, with `POST /live`. */
  watchCommandSchema,
  /** Somebody wants to hear a call that is over: send its recording with `POST /recording`. */
  recordingCommandSchema,
  /** Who answered, as an agent or a label says: known recordings are learnt by it. Sent once, to who can learn. */
  z.object({ kind: z.literal('told'), attemptId: id, was: z.enum(calledParties) }),
]);

export const pullReplySchema = z.object({
  requests: z.array(dialRequestSchema),
  commands: z.array(commandSchema),
});

const segmentSchema = z.object({
  kind: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  hz: z.array(z.number()).optional(),
  dbm0: z.number().optional(),
});

export const evidenceSchema = z.object({
  rule: z.string(),
  confidence: z.number().min(0).max(1),
  verdict: z.enum(verdicts).nullable(),
  sit: z.enum(sitCategories).nullable(),
  decidedMs: z.number().nullable(),
  answerMs: z.number().nullable(),
  speechStartMs: z.number().nullable(),
  greetingEndMs: z.number().nullable(),
  beepMs: z.number().nullable(),
  segments: z.array(segmentSchema),
  scores: z.record(z.string(), z.number()),
  cause: z.number().int().nullable(),
  /** The known recording that was heard. */
  recording: z.string().optional(),
  /** What the detector said after its verdict, where it said that somebody else is there. */
  correction: z
    .object({
      verdict: z.enum(verdicts),
      confidence: z.number().min(0).max(1),
      atMs: z.number(),
      /** It came in time, and is the result. */
      taken: z.boolean(),
      insteadOf: z.object({
        rule: z.string(),
        verdict: z.enum(verdicts).nullable(),
        confidence: z.number().min(0).max(1),
      }),
    })
    .optional(),
});

export const milestonesSchema = z.partialRecord(z.enum(milestoneNames), z.number());

const callResultSchema = z
  .number()
  .int()
  .refine((value): value is CallResult => isCallResult(value), 'a call result is 0 to 53');

export const outcomeSchema = z.object({
  result: callResultSchema,
  status: z.enum(callStatuses),
  reason: z.string().nullable(),
  evidence: evidenceSchema.nullable(),
  milestones: milestonesSchema,
  channel: z.number().int().nullable(),
  agentId: z.string().nullable(),
});

/** What the dialler reports of an attempt; `seq` counts up from 1 within the attempt. */
export const reportSchema = z.intersection(
  z.object({ attemptId: id, seq: z.number().int().positive() }),
  z.discriminatedUnion('kind', [
    /** The request is in the dialler's journal; it is dialled at most once from here on. */
    z.object({ kind: z.literal('accepted') }),
    z.object({ kind: z.literal('milestone'), name: z.enum(milestoneNames), atMs: z.number() }),
    /** What was heard, as soon as it is known; the call may go on. */
    z.object({ kind: z.literal('result'), result: callResultSchema, evidence: evidenceSchema.nullable() }),
    /** The call reached an agent. */
    z.object({
      kind: z.literal('connected'),
      agentId: z.string().nullable(),
      extension: z.string().nullable(),
    }),
    /** The person pressed the key that puts their number on Do Not Call. */
    z.object({ kind: z.literal('do_not_call'), key: keySchema }),
    /** Final. Exactly one of outcome and hand_back ends an attempt. */
    z.object({ kind: z.literal('outcome'), outcome: outcomeSchema }),
    /** The request was never dialled: OCS may give it out anew, as another attempt. */
    z.object({ kind: z.literal('hand_back'), reason: z.string() }),
  ]),
);

/** What the dialler reports of an agent's engaged leg. */
export const engagementReportSchema = z.object({
  engagementId: id,
  state: z.enum(['up', 'failed', 'released']),
  reason: z.string().nullable(),
});

export const reportsRequestSchema = z.object({
  dialerId: id,
  sessionId: id,
  reports: z.array(reportSchema),
  engagements: z.array(engagementReportSchema).default([]),
});

export const reportsReplySchema = z.object({
  /** Taken, now or before; never sent again. */
  accepted: z.array(z.object({ attemptId: id, seq: z.number().int() })),
  /** Never acceptable; the dialler logs it and stops repeating. */
  refused: z.array(z.object({ attemptId: id, seq: z.number().int(), code: z.string(), message: z.string() })),
});

/** A live call wants an agent. Asked at the verdict; OCS shows the record to the agent it names. */
export const agentRequestSchema = z.object({
  dialerId: id,
  sessionId: id,
  attemptId: id,
  /** Agents named before for this call whom the switch could not reach: another is wanted. */
  failed: z.array(id).optional(),
});
export const agentReplySchema = z.object({
  /** null: none free now; ask again after `retryMs` or give up at the request's own time limit. */
  agent: z.object({ agentId: id, extension: extensionSchema }).nullable(),
  retryMs: ms,
});

export const linkErrorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    found: z.unknown().optional(),
    expected: z.string().optional(),
  }),
});

export type RegisterRequest = z.infer<typeof registerRequestSchema>;
export type RegisterReply = z.infer<typeof registerReplySchema>;
export type PullRequest = z.infer<typeof pullRequestSchema>;
export type PullReply = z.infer<typeof pullReplySchema>;
export type Command = z.infer<typeof commandSchema>;
export type Report = z.infer<typeof reportSchema>;
export type EngagementReport = z.infer<typeof engagementReportSchema>;
export type ReportsRequest = z.infer<typeof reportsRequestSchema>;
export type ReportsReply = z.infer<typeof reportsReplySchema>;
export type AgentRequest = z.infer<typeof agentRequestSchema>;
export type AgentReply = z.infer<typeof agentReplySchema>;
export type LinkError = z.infer<typeof linkErrorSchema>;
