import { z } from 'zod';

const ms = z.number().int().min(0);

/** A shared secret: long enough not to be guessed. */
const token = z.string().min(16).max(512);

/**
 * Settings of the Outbound Contact Server that are not a campaign's own. `leaseMs`, `maxWaitMs` and
 * `staleMs` are times on the wire (wire clock); all others are times of the OCS clock.
 */
export const ocsConfigSchema = z.strictObject({
  /**
   * How numbers are written in the lists, so that `+44 20 7123 4567`, `020 7123 4567` and `0044 ...` are known
   * as one number: by Do Not Call, redial blocks, the check for duplicates and that for calls in progress. When
   * absent, only a + and separators are overlooked. A change makes all keys of the database anew.
   */
  numbering: z
    .strictObject({
      countryCode: z.string().regex(/^[1-9][0-9]{0,2}$/, 'a country code: 1 to 3 digits, in quotes'),
      nationalPrefix: z.string().regex(/^[0-9]{0,3}$/, 'up to 3 digits, in quotes, or empty'),
      internationalPrefix: z.string().regex(/^[0-9]{1,5}$/, '1 to 5 digits, in quotes'),
      nationalDigits: z.number().int().min(0).max(15).optional(),
    })
    .optional(),
  /** `GSW_APPLICATION_ID` on the desktop, `app` in the calling list. */
  applicationId: z.number().int().positive().default(1),
  /** A dialler that was silent for so long gets no agents engaged and its calls no longer steer the pacing. */
  leaseMs: ms.min(1_000).default(30_000),
  /** Longest long poll. Must stay below `leaseMs`. */
  maxWaitMs: ms.max(120_000).default(20_000),
  /** An attempt nobody has spoken of for so long ends as Stale (46). */
  staleMs: ms.min(1_000).default(300_000),
  /** A dialler that found no free agent asks again after this. */
  agentRetryMs: ms.min(20).default(200),
  /** So long an agent whose connection broke may come back to its open record. */
  agentGraceMs: ms.default(60_000),
  /** A request handed back undialled is given out again after this. */
  handBackDelayMs: ms.default(2_000),
  /** A record an agent rejected is dialled again after this. */
  rejectDelayMinutes: z.number().min(0).default(15),
  /** So long a due personal callback waits for its own agent before any agent of the group takes it. */
  personalCallbackWaitMs: ms.default(600_000),
  /** How often due records, opening windows and stale attempts are looked for. */
  tickMs: ms.min(20).default(500),
  /** Campaigns that ran when OCS stopped run again when it starts. */
  resumeCampaigns: z.boolean().default(true),
  tokens: z
    .strictObject({ link: token.optional(), api: token.optional(), desktop: token.optional() })
    .default({}),
  /** Host names under which this server may be addressed, besides loopback and its own address. */
  allowedHosts: z.array(z.string().min(1)).default([]),
  /** Web pages that may talk to it, e.g. `https://desk.example.com`; none by default. */
  allowedOrigins: z.array(z.string().min(1)).default([]),
  /** Largest link message or API body; a calling list has its own, larger, limit. */
  bodyLimitBytes: z
    .number()
    .int()
    .min(65_536)
    .default(8 * 1024 * 1024),
  listLimitBytes: z
    .number()
    .int()
    .min(65_536)
    .default(256 * 1024 * 1024),
});

export type OcsConfig = z.infer<typeof ocsConfigSchema>;
export type OcsConfigInput = z.input<typeof ocsConfigSchema>;
