import { z } from 'zod';
import { campaignModes, campaignSchema } from './campaign-definition.ts';
import { columnMapSchema, skippedSchema, flagSchema, momentSchema } from './fields.ts';
import type { Operation } from './operation.ts';
import { agentStates } from './presence.ts';

/**
 * Where a call stands for OCS. `leased`: sent; `dialling`: accepted and under way; `answered`: somebody or
 * something picked up; `waiting`: a live call that wants an agent; `connected`: with an agent.
 */
export const callPhases = ['leased', 'dialling', 'answered', 'waiting', 'connected', 'ending'] as const;
export type CallPhase = (typeof callPhases)[number];

/** States of a campaign; `active`: stopped with calls still up. */
export const campaignStates = ['inactive', 'active', 'running', 'waiting_to_unload'] as const;

const count = z.number().int().min(0);

/** What the pacing rule was given; see `src/ocs/pacing`. */
const pacingInputSchema = z.object({
  mode: z.enum(['progressive', 'predictive']),
  multiplier: z.number(),
  readyAgents: count,
  workingAgents: count,
  queuedCalls: count,
  /** For each undecided call in flight, the chance that a live person answers it. */
  undecided: z.array(z.number()).readonly(),
  /** For each agent at work, the chance to become free before a call started now can be answered. */
  soonFree: z.array(z.number()).readonly(),
  liveChance: z.number(),
  history: count,
  historyLength: count,
  targetAbandonedPct: z.number(),
  abandonedPct: z.number().nullable(),
  liveAnswers: count,
  maxLinesPerAgent: z.number(),
  maxInFlight: count.nullable(),
});

/** The last pacing decision with what it was made of. */
const pacingSchema = z.object({
  atMs: momentSchema,
  inputs: pacingInputSchema,
  /** Calls to start. */
  calls: count,
  rule: z.enum(['progressive', 'start_up', 'over_target', 'predictive', 'no_agents', 'full']),
  predictedAbandonedPct: z.number().nullable(),
  heldAbandonedPct: z.number().nullable(),
  /** One sentence for a supervisor. */
  explanation: z.string(),
  figures: z.object({
    liveChance: z.number(),
    answerMs: z.number().nullable(),
    handleMs: z.number().nullable(),
  }),
});

/**
 * Why records that are not done are not dialled now. Never dialled by this campaign as it is: `empty_window` (opens
 * after the campaign has closed), `type_not_in_order`, `status_not_dialled`, `chain_stopped` (behind one of these).
 * `lost`: Retrieved, though neither a call nor an agent has it; closed as Stale within a minute. `do_not_call`: closed
 * since their number or customer is on Do Not Call.
 */
export const waitReasons = [
  'outside_window',
  'later',
  'resting',
  'own_agent',
  'number_in_call',
  'lost',
  'empty_window',
  'type_not_in_order',
  'status_not_dialled',
  'chain_stopped',
  'do_not_call',
] as const;
export type WaitReason = (typeof waitReasons)[number];

const waitSchema = z.object({
  reason: z.enum(waitReasons),
  records: count,
  /** There are more; they were not counted further. */
  more: z.boolean(),
  /** When the first of them can be dialled, where that is known. */
  untilAt: momentSchema.nullable(),
  /** One sentence for a supervisor. */
  explanation: z.string(),
});
export type Wait = z.output<typeof waitSchema>;

/** What a supervisor sees of a campaign. */
export const campaignStatusSchema = z.object({
  name: z.string(),
  list: z.string(),
  mode: z.enum(campaignModes),
  group: z.string().nullable(),
  state: z.enum(campaignStates),
  /** No record left that this campaign will ever dial, no call, no open record. */
  finished: z.boolean(),
  records: z.object({ total: count, left: count, byStatus: z.record(z.string(), count) }),
  /** Moment at which the next ready record is due and its window open, past when that is now; null when none will. */
  nextDueAt: momentSchema.nullable(),
  calls: z.record(z.enum(callPhases), count),
  /** Records open on agents' screens. */
  openRecords: count,
  results: z
    .record(z.string(), count)
    .describe('Ended attempts by the name of their call result, e.g. `No Answer`.'),
  attempts: count,
  agents: z.record(z.enum(agentStates), count),
  live: count,
  abandoned: count,
  abandonedRatePct: z.number().nullable(),
  /** What will go wrong in calls, e.g. an announcement that a dialler does not know. */
  warnings: z.array(z.string()),
  /** Why nothing is dialled though it runs: diallers, agents, channels, limits, one sentence each; empty when something can be. */
  obstacles: z.array(z.string()),
  /** Why records are not dialled now, with how many. */
  waits: z.array(waitSchema),
  pacing: pacingSchema.nullable(),
});
export type CampaignStatus = z.output<typeof campaignStatusSchema>;
export type CampaignState = CampaignStatus['state'];

export const campaignsReplySchema = z.object({ campaigns: z.array(campaignStatusSchema) });
export type CampaignsReply = z.output<typeof campaignsReplySchema>;

/** A record that is dialled soon. */
const dueRecordSchema = z.object({
  recordHandle: z.number().int(),
  recordId: z.number().int(),
  /** Masked for an engineer. */
  phone: z.string(),
  /** Its place in the chain of the customer's numbers, as the list has it. */
  chainPlace: count,
  /** Record type, by the field's numbers. */
  recordType: z.number().int(),
  /** Attempts so far. */
  attempts: count,
  /** The agent for whom a personal callback waits. */
  agentId: z.string().nullable(),
  /** When it can be dialled; past when that is now. */
  dueAt: momentSchema,
});
export type DueRecord = z.output<typeof dueRecordSchema>;

export const dueReplySchema = z.object({
  /** The next 20 in the order in which they are dialled. */
  records: z.array(dueRecordSchema),
  /** As in the status of the campaign. */
  nextDueAt: momentSchema.nullable(),
  obstacles: z.array(z.string()),
  waits: z.array(waitSchema),
});
export type DueReply = z.output<typeof dueReplySchema>;

export const loadRequestSchema = z.strictObject({
  definition: campaignSchema,
  /**
   * The calling list as CSV text; without it the list must be there already. For small lists: a large one is imported
   * by itself, as a stream.
   */
  csv: z.string().optional(),
  /** Changes nothing, only says what would be refused; the list may come later. */
  check: z.boolean().default(false),
  /** Load the good lines even when others are bad. */
  skipBad: z.boolean().default(false),
  /** What columns with other names are, e.g. `{"Telefon": "phone"}`. */
  map: columnMapSchema,
});

export const loadReplySchema = z.object({
  campaign: campaignStatusSchema,
  /** Records. */
  added: count,
  ...skippedSchema,
});
export type LoadReply = z.output<typeof loadReplySchema>;

export const unloadReplySchema = z.union([
  campaignStatusSchema,
  z.object({ name: z.string(), state: z.literal('not_loaded') }),
]);

const named = z.object({ name: z.string() });
const campaignPath = '/api/v1/campaigns/:name';

export const campaignOperations = {
  listCampaigns: {
    method: 'GET',
    path: '/api/v1/campaigns',
    summary: 'Status of all campaigns: records, calls, results, agents, abandoned rate, pacing.',
    subject: 'campaigns',
    reply: campaignsReplySchema,
  },
  loadCampaign: {
    method: 'POST',
    path: '/api/v1/campaigns',
    summary: 'Loads a campaign, with its calling list or for an existing list.',
    subject: 'campaign',
    body: loadRequestSchema,
    rehearsedBy: { in: 'body', flag: 'check' },
    reply: loadReplySchema,
    statuses: [201, 200],
    refusals: ['BAD_CSV', 'ILLEGAL_STATE', 'IMPORT_RUNNING'],
  },
  getCampaign: {
    method: 'GET',
    path: campaignPath,
    summary: 'Status of one campaign.',
    subject: 'campaign',
    params: named,
    reply: campaignStatusSchema,
    refusals: ['UNKNOWN_CAMPAIGN'],
  },
  getDefinition: {
    method: 'GET',
    path: `${campaignPath}/definition`,
    summary: 'The definition in force.',
    subject: 'campaign',
    params: named,
    reply: campaignSchema,
    refusals: ['UNKNOWN_CAMPAIGN'],
  },
  getDue: {
    method: 'GET',
    path: `${campaignPath}/due`,
    summary: 'The next 20 records to be dialled, and why others wait.',
    subject: 'campaign',
    params: named,
    reply: dueReplySchema,
    refusals: ['UNKNOWN_CAMPAIGN'],
  },
  startCampaign: {
    method: 'POST',
    path: `${campaignPath}/start`,
    summary: 'Dials.',
    subject: 'campaign',
    params: named,
    reply: campaignStatusSchema,
    refusals: ['UNKNOWN_CAMPAIGN', 'ILLEGAL_STATE'],
  },
  stopCampaign: {
    method: 'POST',
    path: `${campaignPath}/stop`,
    summary: 'Stops dialling; calls in progress continue.',
    subject: 'campaign',
    params: named,
    reply: campaignStatusSchema,
    refusals: ['UNKNOWN_CAMPAIGN', 'ILLEGAL_STATE'],
  },
  unloadCampaign: {
    method: 'POST',
    path: `${campaignPath}/unload`,
    summary: 'Unloads when calls and open records have ended; with `force`, calls are cancelled first.',
    subject: 'unload',
    params: named,
    query: z.object({ force: flagSchema.default(false) }),
    reply: unloadReplySchema,
    refusals: ['UNKNOWN_CAMPAIGN'],
  },
} as const satisfies Record<string, Operation>;
