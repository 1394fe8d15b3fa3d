import { z } from 'zod';
import { numberForm } from '../../domain/number.ts';
import { familyOf, hostForm, isAddressRange, isLoopback, readAddress } from './address.ts';

/**
 * Configuration of the board whose lines are SIP trunks. Twin of `native/board/sip/config.h`. Times in ms.
 */
const port = z.number().int().min(1).max(65_535);
/** What may stand in a header as it is. */
const plain = z
  .string()
  .regex(/^[!#-+\--:=?-[\]-~]{1,128}$/, 'up to 128 printable characters without blanks, quotes and ,;<>');

const address = z
  .string()
  .refine(
    (text) => readAddress(text) !== null,
    'a host name or an IP address, with :port where it has one (of IPv6 in brackets)',
  );

/** For `externalAddress`. */
export const learns = 'learn';
const isIpAddress = (text: string) => familyOf(readAddress(text)?.host ?? '') !== 0;

const ownAddress = z.string().refine((text) => familyOf(text) !== 0, 'an IP address of this machine');

/** What the stack writes itself cannot be given. */
const headerNameForm =
  /^(?!(?:via|from|f|to|t|call-id|i|cseq|contact|m|route|record-route|max-forwards|content-.*|c|l|e|allow|supported|k|require|session-expires|x|min-se|authorization|proxy-.*|refer-to|r|user-agent)$)[A-Za-z0-9-]{1,64}$/i;
const headerValue = z.string().regex(/^[ -~]{1,512}$/, 'printable characters on one line');

const headers = z
  .record(
    z.string().regex(headerNameForm, 'the name of a header that is not one of the protocol’s own'),
    headerValue,
  )
  .default({});

const tlsSchema = z.strictObject({
  /** Certificates of the authorities that may sign the peer's (PEM); the system's when absent. */
  caFile: z.string().min(1).optional(),
  /** Certificate with its key (PEM), shown to the peer, for its owner alone. */
  certificateFile: z.string().min(1).optional(),
  /** The name that the peer's certificate must have; the host of the first address when absent. */
  serverName: z.string().regex(hostForm, 'a host name').optional(),
});

const trunkSchema = z
  .strictObject({
    /** As alarms and logs call it. */
    name: plain,
    /**
     * Where calls go: host names or IP addresses, of several the first that can be used. Without `:port` a name is
     * looked up as DNS SRV too; else the port is 5060, by TLS 5061.
     */
    address: z.union([address, z.array(address).min(1).max(16)]),
    /** Addresses and prefixes that SIP of the peer comes from beside those: others of its servers. */
    alsoFrom: z
      .array(
        z.string().refine(isAddressRange, 'an IP address, or a prefix such as 192.0.2.0/24 or 2001:db8::/32'),
      )
      .max(64)
      .default([]),
    /**
     * Behind a translator: where the peer is told that we are, with the port of SIP where that is another one outside;
     * `learn`: where the peer's responses say that they see us.
     */
    externalAddress: z
      .string()
      .refine(
        (text) => text === learns || isIpAddress(text),
        'an IP address, with :port where SIP has another one outside, or learn',
      )
      .optional(),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    tls: tlsSchema.optional(),
    /** Calls only while it is registered there (REGISTER) as `username`. */
    register: z.boolean().default(false),
    /** How long a registration is asked for, in seconds. */
    registerEveryS: z.number().int().min(10).max(86_400).default(600),
    /** SRTP with keys in SDP; `required`: a call without it is no call. */
    srtp: z.enum(['none', 'required']).default('none'),
    /** A call that is not refreshed for so long is over (RFC 4028), in seconds; 0: not asked for. */
    sessionExpiresS: z.union([z.literal(0), z.number().int().min(90).max(86_400)]).default(1_800),
    /** Of every call, beside those that the protocol has. */
    headers,
    /** Of calls to agents by this trunk, and of `Refer-To`; `{number}`, `{channel}` and `{attempt}` of the call are filled in. */
    agentHeaders: headers,
    /** What a `User-to-User` header (RFC 7433) tells the agent's telephone, filled in as well. */
    userToUser: z
      .string()
      .regex(/^[ -~]{1,128}$/, 'up to 128 printable characters')
      .optional(),
    /** The domain in request URIs; the address when absent. */
    domain: z.string().regex(hostForm, 'a host name').optional(),
    /** Most calls at once. */
    channels: z.number().int().min(1).max(2_000).default(30),
    /** Most calls started in a second, without bursts. */
    callsPerSecond: z.number().min(0.1).max(500).default(1),
    /** Of calls that name none. */
    callerId: z.string().regex(numberForm, 'an optional + and 2 to 20 digits').optional(),
    /** In the order in which they are offered. */
    codecs: z
      .array(z.enum(['pcma', 'pcmu']))
      .min(1)
      .max(2)
      .default(['pcma', 'pcmu']),
    /** Of digest authentication. */
    username: plain.optional(),
    /** File with the password, readable for its owner alone. */
    passwordFile: z.string().min(1).optional(),
  })
  .refine(({ username, passwordFile }) => (username === undefined) === (passwordFile === undefined), {
    path: ['passwordFile'],
    message: 'username and passwordFile, or neither',
  })
  .refine(({ register, username }) => !register || username !== undefined, {
    path: ['username'],
    message: 'the name to register as',
  })
  .refine(({ transport, tls }) => transport === 'tls' || tls === undefined, {
    path: ['tls'],
    message: 'only with transport: tls',
  });

export const sipBoardConfigSchema = z
  .strictObject({
    driver: z.literal('sip'),
    name: z.string().default('sip0'),
    /** The address of this machine that SIP and RTP use, or one of each family; nobody else hears anything on loopback. */
    bind: z
      .union([ownAddress, z.tuple([ownAddress, ownAddress])], {
        error: 'an IP address of this machine, or one of IPv4 and one of IPv6',
      })
      .default('127.0.0.1'),
    sipPort: port.default(5060),
    /** First and last port of RTP; a call takes the even ones. */
    rtpPorts: z.tuple([port.min(1024), port.min(1024)]).default([20_000, 29_999]),
    /** A span each, in this order. */
    trunks: z.array(trunkSchema).min(1).max(64),
    /** The trunk that reaches the agents' extensions; the call's own when absent. */
    agentTrunk: z.string().optional(),
    /** How often each trunk is asked whether it is there (OPTIONS). */
    healthEveryMs: z.number().int().min(500).max(3_600_000).default(30_000),
    /** An INVITE that nothing answers for so long has failed. */
    firstResponseMs: z.number().int().min(500).max(32_000).default(3_000),
    /** An answered call of which nothing is heard for so long is over; 0: never. */
    rtpTimeoutMs: z.number().int().min(0).max(3_600_000).default(30_000),
    /** A bridge whose agent was heard, and is not for so long, is over; 0: never. */
    agentRtpTimeoutMs: z.number().int().min(0).max(3_600_000).default(120_000),
    /** Whatever its far end answers, an answered call of which nothing is heard for so long is over; 0: never. */
    longestSilenceMs: z.number().int().min(0).max(86_400_000).default(3_600_000),
    /** The same of a bridge whose agent was heard. */
    agentLongestSilenceMs: z.number().int().min(0).max(86_400_000).default(600_000),
    /** Before a silent call is over: its far end is asked whether it is up (OPTIONS), or not. */
    silentCalls: z.enum(['ask', 'end']).default('ask'),
    /** How long an extension may take to answer. */
    transferMs: z.number().int().min(1_000).max(120_000).default(20_000),
    /**
     * Nobody is called: the first trunk's peer is an exchange in the board host, and no trunk has an address but of
     * loopback. The file says who answers there; time goes by `speed` times as fast as in reality.
     */
    standIn: z
      .strictObject({ file: z.string().min(1), speed: z.number().min(0.01).max(10_000).default(1) })
      .optional(),
    plan: z.string().default('US'),
  })
  .superRefine(({ bind, rtpPorts: [first, last], trunks, agentTrunk, standIn }, context) => {
    const wrong = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const calls = trunks.reduce((sum, { channels }) => sum + channels, 0);
    if (last - first < 4 * calls)
      wrong(
        ['rtpPorts'],
        `four ports for each of ${String(calls)} channels: for the call, and for an agent's leg`,
      );
    const names = trunks.map(({ name }) => name);
    if (new Set(names).size < names.length) wrong(['trunks'], 'each trunk a name of its own');
    if (agentTrunk !== undefined && !names.includes(agentTrunk))
      wrong(['agentTrunk'], `one of ${names.join(', ')}`);
    const own = [bind].flat().map(familyOf);
    if (new Set(own).size < own.length) wrong(['bind'], 'one address of IPv4 and one of IPv6');
    const checkFamily = (path: PropertyKey[], text: string) => {
      const family = familyOf(readAddress(text)?.host ?? '');
      if (family !== 0 && !own.includes(family))
        wrong(path, `an address of the family of bind, which has none of IPv${String(family)}`);
    };
    for (const [i, { address, externalAddress = learns }] of trunks.entries()) {
      checkFamily(['trunks', i, 'externalAddress'], externalAddress);
      for (const [j, each] of [address].flat().entries()) {
        const path = ['trunks', i, 'address', ...(Array.isArray(address) ? [j] : [])];
        checkFamily(path, each);
        if (standIn !== undefined && !isLoopback(each))
          wrong(path, 'an address of 127.0.0.0/8, or ::1, with a port: with standIn nobody real is called');
      }
    }
  });

export type SipBoardConfig = z.output<typeof sipBoardConfigSchema>;
