import { z } from 'zod';

/** The recording of one call, asked for by the command `recording` and sent with `POST /recording`. */

const id = z.string().min(1).max(128);

/** Samples of µ-law at 8 000 Hz, one byte each: four minutes and some, as long as recordings are. */
export const mostRecordedBytes = 2_100_000;

export const recordingCommandSchema = z.object({
  kind: z.literal('recording'),
  requestId: id,
  attemptId: id,
});

export const recordingRequestSchema = z.object({
  dialerId: id,
  sessionId: id,
  requestId: id,
  /** Base64 of µ-law at 8 000 Hz; null: there is none. */
  muLaw: z
    .base64()
    .max(Math.ceil(mostRecordedBytes / 3) * 4)
    .nullable(),
  /** Why there is none: `none` was made or it is gone, `unreadable`. */
  reason: z.enum(['none', 'unreadable']).nullable(),
});

export const recordingReplySchema = z.object({});

export type RecordingCommand = z.infer<typeof recordingCommandSchema>;
export type RecordingRequest = z.infer<typeof recordingRequestSchema>;
