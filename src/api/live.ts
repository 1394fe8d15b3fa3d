import { z } from 'zod';
import { abandonedWindowSchema } from './campaign-definition.ts';
import { campaignStatusSchema } from './campaigns.ts';
import { momentSchema } from './fields.ts';
import { heardCallSchema, watchedChannelSchema } from '../link/live-schemas.ts';
import { agentStates } from './presence.ts';

/** The live stream, version 1: JSON messages over a WebSocket. */
export const livePath = '/live/v1';

export const liveTopics = ['campaigns', 'agents', 'diallers', 'channels'] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** What a client sends, as often as it likes. */
export const liveAskSchema = z.discriminatedUnion('type', [
  /** The topics it wants from now on. */
  z.strictObject({
    type: z.literal('subscribe'),
    topics: z.array(z.enum(liveTopics)).max(liveTopics.length),
  }),
  /** The channel of whose call it wants to know what is heard, by its `id`; null: of none. With the topic `channels`. */
  z.strictObject({ type: z.literal('hear'), id: z.string().max(160).nullable() }),
]);

export const liveCampaignSchema = campaignStatusSchema
  .pick({
    name: true,
    list: true,
    mode: true,
    group: true,
    state: true,
    calls: true,
    openRecords: true,
    results: true,
    attempts: true,
    agents: true,
    live: true,
    abandoned: true,
    abandonedRatePct: true,
    warnings: true,
    obstacles: true,
  })
  .extend({
    total: z.number().int(),
    /** The rate that the campaign may have. */
    targetAbandonedPct: z.number(),
    /** Records that are not done. */
    left: z.number().int(),
    /** Attempts that ended in the last 30 minutes by the name of their call result. */
    recentResults: z.record(z.string(), z.number().int()),
    /** How many of them ended in each minute, the oldest first. */
    recentMinutes: z.array(z.number().int()),
    /** Over which time the abandoned rate is counted. */
    abandonedWindow: abandonedWindowSchema,
    /** The last decision in words; null before the first. */
    pacing: z.object({ rule: z.string(), calls: z.number().int(), explanation: z.string() }).nullable(),
  });
export type LiveCampaign = z.output<typeof liveCampaignSchema>;

export const liveAgentSchema = z.object({
  agentId: z.string(),
  group: z.string(),
  state: z.enum(agentStates),
  /** Since when it is in this state. */
  since: momentSchema,
  /** What comes when its record is closed. */
  next: z.enum(['ready', 'not_ready', 'log_out']),
  /** Why it is not ready, if that was said. */
  reason: z.string().nullable(),
  online: z.boolean(),
  /** So long it should be in this state at most, ms: in wrap-up the least `desk.wrapUpMs` of its group's campaigns. */
  limitMs: z.number().nullable(),
  /** Of the call that it waits for or has. */
  campaign: z.string().nullable(),
});
export type LiveAgent = z.output<typeof liveAgentSchema>;

export const liveDialerSchema = z.object({
  dialerId: z.string(),
  /** It was silent for longer than its lease. */
  lost: z.boolean(),
  free: z.number().int(),
  channels: z.object({ inService: z.number().int(), busy: z.number().int() }),
  calls: z.number().int(),
  /** Whether it can tell what its channels do; one of an older version cannot. */
  canWatch: z.boolean(),
  /** Of its board, as it said last; null: it was not asked, or has not answered yet. */
  board: z.enum(['ok', 'dead']).nullable(),
});
export type LiveDialer = z.output<typeof liveDialerSchema>;

export const liveChannelSchema = watchedChannelSchema.omit({ forMs: true, lastEventMs: true }).extend({
  /** `DIALLER/CHANNEL` */
  id: z.string(),
  dialerId: z.string(),
  /** Since when use and phase are so. */
  since: momentSchema,
  lastEventAt: momentSchema.nullable(),
});
export type LiveChannel = z.output<typeof liveChannelSchema>;

export const liveHeardSchema = heardCallSchema.omit({ channel: true, dialledMs: true }).extend({
  /** Of the channel. */
  id: z.string(),
  dialledAt: momentSchema.nullable(),
});
export type LiveHeard = z.output<typeof liveHeardSchema>;

/** What each topic is made of, by the field that names an item. */
export interface LiveItems {
  campaigns: LiveCampaign;
  agents: LiveAgent;
  diallers: LiveDialer;
  channels: LiveChannel;
}
export const liveKeys = {
  campaigns: 'name',
  agents: 'agentId',
  diallers: 'dialerId',
  channels: 'id',
} as const;

/** What a client gets. `seq` counts the changes of a topic by one; `at` is the moment by the clock of OCS. */
export type LiveMessage =
  /** All of a topic, as it is after the change `seq`. */
  | { type: 'snapshot'; topic: LiveTopic; seq: number; at: number; items: object[] }
  /** Of each item that changed its key and the fields that changed, all of a new one; the keys of those that are gone. */
  | { type: 'change'; topic: LiveTopic; seq: number; at: number; set: object[]; gone: string[] }
  /**
   * Each second: nothing was lost when these are the numbers that the client has. Topics whose snapshot is still to come
   * are not named.
   */
  | { type: 'beat'; at: number; seqs: Partial<Record<LiveTopic, number>> }
  /** What was heard in the present call of the channel that the client asked for, all of it each time. */
  | ({ type: 'heard'; at: number } & LiveHeard)
  | { type: 'error'; code: string; message: string };
