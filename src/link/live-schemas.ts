import { z } from 'zod';

/**
 * What a dialler tells of its channels while somebody looks: `POST /live`, after the command `watch`. Words that the
 * other side does not know are shown as they are.
 */

const id = z.string().min(1).max(128);
const ms = z.number().min(0);
const word = z.string().min(1).max(100);

/** Bounds of one message; what is beyond them comes with the next. */
export const mostChannelsInMessage = 1_000;
export const mostListenedTo = 16;
export const mostHeard = 64;
export const mostScores = 120;

/** A command lasts at most this long, in ms; it is repeated while somebody looks. */
export const longestWatchMs = 120_000;

export const watchCommandSchema = z.object({
  kind: z.literal('watch'),
  /** Another one than before: begin with `seq` 1. */
  turn: z.number().int().min(0),
  /** Wall-clock time; a new command counts anew. */
  forMs: ms.max(longestWatchMs),
  /** Channels of whose calls is told what is heard. */
  hear: z.array(z.number().int()).max(mostListenedTo),
});

/** A channel as it is now. Times are ms of the board's clock before the message. */
export const watchedChannelSchema = z.object({
  channel: z.number().int(),
  span: z.number().int(),
  /** `idle`, `call`, `leg` or `out_of_service`. */
  use: word,
  /** Of the call in it; null where there is none. */
  phase: word.nullable(),
  /** How long use and phase have been so. */
  forMs: ms,
  attemptId: id.nullable(),
  campaign: id.nullable(),
  /** Who has the call, or whose leg it is. */
  agentId: id.nullable(),
  /** An engineer's test call, of which OCS knows nothing. */
  test: z.boolean(),
  /** Last event of the board on the channel, and how long ago; null: none yet. */
  lastEvent: word.nullable(),
  lastEventMs: ms.nullable(),
  /** Why it is out of service. */
  reason: z.string().max(200).nullable(),
  /** Faults in a row. */
  faults: z.number().int().min(0),
});

/** One thing that was heard, or that the network said. Times in ms since dialling. */
export const heardItemSchema = z.object({
  /** `tone`, `speech`, `silence`, `beep`, `ringing`, `answered`, `verdict`, ... */
  kind: word,
  startMs: z.number(),
  /** null: it goes on, or is a moment. */
  endMs: z.number().nullable(),
  /** Which tone, which verdict, which cause. */
  name: word.nullable(),
  /** In Hz, the strongest first. */
  hz: z.array(z.number()).max(4),
  /** How sure, 0 to 1. */
  confidence: z.number().min(0).max(1).nullable(),
});

/** The score for a machine as log odds: from `machineFrom` a machine, below `liveBelow` a person. */
export const scoreSchema = z.object({
  atMs: z.number(),
  machineLogOdds: z.number(),
  machineFrom: z.number().nullable(),
  liveBelow: z.number().nullable(),
});

/** What was heard in the present call of a channel, all of it each time: the oldest is left out where it is much. */
export const heardCallSchema = z.object({
  channel: z.number().int(),
  /** Attempt, or the name of a test call. */
  call: id,
  /** Since dialling; null: not dialled yet. */
  dialledMs: ms.nullable(),
  items: z.array(heardItemSchema).max(mostHeard),
  scores: z.array(scoreSchema).max(mostScores),
});

export const liveRequestSchema = z.object({
  dialerId: id,
  sessionId: id,
  /** 1: what was told before is forgotten; otherwise one more than in the message before. */
  seq: z.number().int().min(1),
  board: z.enum(['ok', 'dead']),
  /** Those that changed since the message before; all of them come from `seq` 1 on. */
  channels: z.array(watchedChannelSchema).max(mostChannelsInMessage),
  /** Of the channels listened to whose call or whose sounds changed. */
  heard: z.array(heardCallSchema).max(mostListenedTo),
});

export const liveReplySchema = z.object({
  /** `all`: a message was lost, begin again with `seq` 1; `nothing`: nobody looks any more. */
  want: z.enum(['changes', 'all', 'nothing']),
});

export type WatchCommand = z.infer<typeof watchCommandSchema>;
export type WatchedChannel = z.infer<typeof watchedChannelSchema>;
export type HeardItem = z.infer<typeof heardItemSchema>;
export type Score = z.infer<typeof scoreSchema>;
export type HeardCall = z.infer<typeof heardCallSchema>;
export type LiveRequest = z.infer<typeof liveRequestSchema>;
export type LiveReply = z.infer<typeof liveReplySchema>;
