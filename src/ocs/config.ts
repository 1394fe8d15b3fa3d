import { z } from 'zod';
import { machineRoles } from '../api/roles.ts';

const ms = z.number().int().min(0);

/** A shared secret: long enough not to be guessed. */
const token = z.string().min(16).max(512);

/** What an agent shows at Login, and the group in which it works; any when absent. */
const agentTokenSchema = z.strictObject({ token, group: z.string().min(1).optional() });
export type AgentToken = z.infer<typeof agentTokenSchema>;

/** What a machine shows, and what it may. */
const machineTokenSchema = z.strictObject({ token, role: z.enum(machineRoles) });
export type MachineToken = z.infer<typeof machineTokenSchema>;

/**
 * Settings of the Outbound Contact Server that are not a campaign's own. `leaseMs`, `maxWaitMs`, `loginTimeoutMs` and
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
  /** A desktop's connection without a Login for so long is closed. Wire clock. */
  loginTimeoutMs: ms.min(1_000).default(10_000),
  /** A request handed back undialled is given out again after this. */
  handBackDelayMs: ms.default(2_000),
  /** A record an agent rejected is dialled again after this. */
  rejectDelayMinutes: z.number().min(0).default(15),
  /** A callback is taken for at most so many days ahead. */
  callbackDays: z.number().int().min(1).max(3_650).default(366),
  /** So long a due personal callback waits for its own agent before any agent of the group takes it. */
  personalCallbackWaitMs: ms.default(600_000),
  /** How often due records, opening windows and stale attempts are looked for. */
  tickMs: ms.min(20).default(500),
  /** Campaigns that ran when OCS stopped run again when it starts. */
  resumeCampaigns: z.boolean().default(true),
  tokens: z
    .strictObject({
      link: token.optional(),
      api: token.optional(),
      desktop: token.optional(),
      /** By agent id: only these log in, each with its own token, in place of the desktops' one. */
      agents: z.record(z.string(), agentTokenSchema).optional(),
      /** By name: what asks the API besides the one with the token `api`, which may all. */
      machines: z.record(z.string(), machineTokenSchema).optional(),
    })
    .default({}),
  /** The address under which browsers come, e.g. `https://ocs.example.com` of a proxy that ends TLS. */
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'an address such as https://ocs.example.com' })
    .refine((url) => !URL.canParse(url) || new URL(url).pathname === '/', 'an address without a path')
    .optional(),
  /**
   * Addresses or networks of the proxies before this server. What they say of the client (`X-Forwarded-For`, `-Proto`) is
   * believed, and from other hosts than this only they may bring log-ins over plain HTTP.
   */
  trustedProxies: z
    .array(
      z
        .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
          error: 'an IP address, or a network such as 192.0.2.0/24',
        })
        .refine((network) => !network.endsWith('/0'), 'not everybody: an address, or a network of proxies'),
    )
    .default([]),
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

/** A value that does not go with another one. */
export interface ConfigConflict {
  field: 'maxWaitMs' | 'staleMs';
  found: number;
  expected: string;
}

/** Checks the times on the wire against each other: each alone may be right. */
export function configConflicts({
  leaseMs,
  maxWaitMs,
  staleMs,
}: Pick<OcsConfig, 'leaseMs' | 'maxWaitMs' | 'staleMs'>): ConfigConflict[] {
  const conflicts: ConfigConflict[] = [];
  // A dialler that waits in a long poll says nothing meanwhile.
  if (maxWaitMs >= leaseMs) {
    conflicts.push({
      field: 'maxWaitMs',
      found: maxWaitMs,
      expected: `less than leaseMs (${String(leaseMs)})`,
    });
  }
  // The calls of a dialler that still counts as there would end as Stale while people talk.
  const longest = Math.max(leaseMs, maxWaitMs);
  if (staleMs < 2 * longest) {
    conflicts.push({
      field: 'staleMs',
      found: staleMs,
      expected: `at least ${String(2 * longest)}, twice the longest of leaseMs and maxWaitMs`,
    });
  }
  return conflicts;
}
