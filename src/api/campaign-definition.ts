import { z } from 'zod';
import { callResultNameSchema } from './call-result-name.ts';
import { deskDefinitionSchema } from './desk.ts';
import { nameSchema, timeZoneSchema } from './fields.ts';
import { callResult, cpaChoices, detectionModes, type CallResult } from '../domain/result.ts';
import {
  handoffSchema,
  humanLossSchema,
  keySchema,
  machinePolicySchema,
  nonLivePolicySchema,
  numberSchema,
  optOutSchema,
} from '../link/schemas.ts';
import { messageReasons, type MessageReason } from '../domain/outcome.ts';
import { announcementAudiences } from '../domain/request.ts';
import { formatTimeOfDay, parseTimeOfDay, timeOfDayWords } from '../domain/time-of-day.ts';

/** Dialling modes. The seizing forms keep an agent's leg up on the board (ASM). */
export const campaignModes = [
  'progressive',
  'predictive',
  'progressive_with_seizing',
  'predictive_with_seizing',
] as const;
export type CampaignMode = (typeof campaignModes)[number];

/**
 * What happens to a record after an unsuccessful result: up to `retries` further attempts, the first
 * `retryMinutes` later and each following one `incrementMinutes` longer; `then` when they are used up.
 * `retries: 0` goes to `then` at once. `mark` closes the record and its chain.
 */
export const treatmentSchema = z.strictObject({
  result: z
    .union([callResultNameSchema, z.array(callResultNameSchema).min(1)])
    .transform((value): CallResult[] => (Array.isArray(value) ? value : [value])),
  retryMinutes: z.number().min(0).max(525_600).default(30),
  retries: z.number().int().min(0).max(1_000).default(0),
  incrementMinutes: z.number().min(0).max(525_600).default(0),
  then: z.enum(['next_in_chain', 'mark']).default('next_in_chain'),
  /** Only for calls with this reason, which go before one without; what became of the message for a machine. */
  reason: z
    .union([z.enum(messageReasons), z.array(z.enum(messageReasons)).min(1)])
    .transform((value): MessageReason[] => (Array.isArray(value) ? value : [value]))
    .optional(),
});
export type Treatment = z.infer<typeof treatmentSchema>;

const timeOfDay = z.union([z.string(), z.number()]).transform((value, context) => {
  const seconds = parseTimeOfDay(String(value));
  if (seconds === null) {
    context.addIssue({ code: 'custom', message: timeOfDayWords });
    return z.NEVER;
  }
  return seconds;
});

/** Over which time the abandoned rate is counted (calling rules differ). */
export const abandonedWindowSchema = z.union([
  z.literal('campaign'),
  z.literal('calendar_day'),
  z.strictObject({
    hours: z
      .number()
      .int()
      .positive()
      .max(24 * 366),
  }),
]);
export type AbandonedWindow = z.infer<typeof abandonedWindowSchema>;

/** A campaign as its supervisor defines it. Only `name`, `list`, `mode` and, for agents, `group` are needed. */
export const campaignSchema = z
  .strictObject({
    name: nameSchema,
    list: nameSchema,
    mode: z.enum(campaignModes),
    /** The agents of this campaign. Not needed when the switch finds the agent (`destination`). */
    group: nameSchema.optional(),
    handoff: handoffSchema.default({ kind: 'agent' }),
    detectionMode: z.enum(detectionModes).default('telephony_preset'),
    plan: z.string().min(1).max(16).optional(),
    callerId: numberSchema.optional(),
    ringTimeoutMs: z.number().int().min(15_000).max(180_000).default(30_000),
    cpdTimeoutMs: z.number().int().min(500).max(30_000).default(8_000),
    /** Largest share of live people that may be taken for machines, e.g. `1 %`; the dialler's own when absent. */
    maxHumanLoss: humanLossSchema.optional(),
    /** Who analyses the calls' progress; as the dialler's lines are configured when absent. */
    cpa: z.enum(cpaChoices).optional(),
    agentTimeoutMs: z.number().int().min(0).max(60_000).default(2_000),
    announcement: z.string().min(1).optional(),
    /** Who hears the announcement: persons whom no agent can take, or all persons instead of an agent. */
    announcementFor: z.enum(announcementAudiences).default('no_agent'),
    /** Keys that count during the announcement: one for Do Not Call, one for an agent. */
    optOut: optOutSchema.optional(),
    agentKey: keySchema.optional(),
    onMachine: machinePolicySchema.default({ action: 'drop' }),
    onFax: nonLivePolicySchema.default({ action: 'drop' }),
    onSilence: nonLivePolicySchema.default({ action: 'drop' }),
    treatments: z.array(treatmentSchema).default([]),
    /** What its agents see and say at the console's desk. */
    desk: deskDefinitionSchema.optional(),
    /** For records without a window of their own. */
    dailyWindow: z
      .strictObject({
        from: timeOfDay.default(8 * 3_600),
        till: timeOfDay.default(21 * 3_600),
        tz: timeZoneSchema.default('UTC'),
      })
      .refine((window) => window.from < window.till, { message: 'a time before till', path: ['from'] })
      .default({ from: 8 * 3_600, till: 21 * 3_600, tz: 'UTC' }),
    /** Record types in the order they are dialled; types not named are not dialled. */
    recordTypeOrder: z.array(z.number().int().min(1).max(6)).min(1).default([5, 6, 4, 3, 2, 1]),
    /** User field that identifies a customer for Do Not Call. */
    customerIdField: z.string().min(1).default('customer_id'),
    /** Hours in which the number is not called again after such an outcome. */
    redialBlockHours: z
      .strictObject({ abandoned: z.number().min(0).default(0), machine: z.number().min(0).default(0) })
      .default({ abandoned: 0, machine: 0 }),
    pacing: z
      .strictObject({
        /** M of the progressive formula: calls per ready agent. */
        multiplier: z.number().positive().max(10).default(1),
        /** Highest share of abandoned among live calls, in percent. */
        targetAbandonedPct: z.number().min(0).max(100).default(3),
        abandonedWindow: abandonedWindowSchema.default('campaign'),
        /** Share of live people taken for machines (measured), counted as abandoned as the rules ask. */
        liveJudgedMachinePct: z.number().min(0).max(50).default(0),
        /** Decided attempts before predictive pacing begins; progressive until then. */
        historyLength: z.number().int().min(10).max(10_000).default(50),
        /** Calls in flight for each agent at most. */
        maxLinesPerAgent: z.number().positive().max(20).default(4),
        /** Calls in flight at most; the only bound when the switch finds the agents. */
        maxInFlight: z.number().int().positive().optional(),
      })
      .prefault({}),
  })
  .superRefine((campaign, context) => {
    const seizing = isSeizing(campaign.mode);
    if (campaign.handoff.kind !== 'destination' && campaign.group === undefined) {
      context.addIssue({ code: 'custom', path: ['group'], message: 'the name of the agent group' });
    }
    if (
      campaign.handoff.kind === 'destination' &&
      campaign.group === undefined &&
      !campaign.pacing.maxInFlight
    ) {
      context.addIssue({
        code: 'custom',
        path: ['pacing', 'maxInFlight'],
        message: 'a number: without an agent group the calls in flight must be limited',
      });
    }
    if (seizing && campaign.handoff.kind !== 'engaged') {
      context.addIssue({
        code: 'custom',
        path: ['handoff', 'kind'],
        message: '{ kind: engaged, group }: seizing modes hand over to an engaged leg',
      });
    }
    const { agentKey, announcement, announcementFor, optOut } = campaign;
    if (
      announcement === undefined &&
      (announcementFor === 'all' || optOut !== undefined || agentKey !== undefined)
    ) {
      context.addIssue({
        code: 'custom',
        path: ['announcement'],
        message: 'the name of an announcement: announcementFor, optOut and agentKey need one',
      });
    }
    if (agentKey !== undefined && agentKey === optOut?.key) {
      context.addIssue({ code: 'custom', path: ['agentKey'], message: 'another key than optOut.key' });
    }
    campaign.treatments.forEach(({ reason, result }, i) => {
      if (reason === undefined || result.every((one) => one === callResult.AnsweringMachine)) return;
      context.addIssue({
        code: 'custom',
        path: ['treatments', i, 'reason'],
        message: 'only with result AnsweringMachine',
      });
    });
    if (campaign.handoff.kind === 'engaged' && campaign.handoff.group !== campaign.group) {
      context.addIssue({ code: 'custom', path: ['handoff', 'group'], message: 'the agent group' });
    }
  });

export type CampaignDefinition = z.infer<typeof campaignSchema>;
export type CampaignDefinitionInput = z.input<typeof campaignSchema>;

/** A definition as it can be loaded again and means the same. */
export function definitionAsWritten(definition: CampaignDefinition): CampaignDefinitionInput {
  const { from, till, tz } = definition.dailyWindow;
  // In seconds, the first minutes of a day could be an hour when they are read.
  return { ...definition, dailyWindow: { from: formatTimeOfDay(from), till: formatTimeOfDay(till), tz } };
}

export function isSeizing(mode: CampaignMode): boolean {
  return mode === 'progressive_with_seizing' || mode === 'predictive_with_seizing';
}

export function isPredictive(mode: CampaignMode): boolean {
  return mode === 'predictive' || mode === 'predictive_with_seizing';
}
