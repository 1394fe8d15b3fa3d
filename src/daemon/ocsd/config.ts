import { z } from 'zod';
import { configConflicts, ocsConfigSchema, type OcsConfig } from '../../ocs/config.ts';
import { CodedError } from '../../domain/errors.ts';
import { isPostgres, parsePostgresAddress, type PostgresAddress } from '../../ocs/store/postgres/address.ts';
import { isLoopback } from '../../http/loopback.ts';
import type { Certificate } from '../../http/tls.ts';
import { loadConfig, type Flag } from '../config-file.ts';
import { readCertificate, type CertificateFiles } from '../../http/certificate-files.ts';
import {
  logSchema,
  portSchema,
  readAgentsFile,
  readMachinesFile,
  readPassword,
  readToken,
  resolvePath,
  sharedToken,
} from '../config-parts.ts';
import { ConfigError, type ConfigFault } from '../faults.ts';

const token = z.string().min(16).optional();
const tokenFile = z.string().min(1).optional();

/** Configuration of ocsd: one YAML file. Paths are relative to the file's folder. */
export const ocsdConfigSchema = z
  .strictObject({
    /**
     * Lists, campaigns and attempts: an SQLite file, made when it is not there, or
     * `postgres://USER@HOST[:PORT][,HOST[:PORT]]/DATABASE`.
     */
    database: z.string().min(1).default('ocs.db'),
    /** Of the user of PostgreSQL: a file with it on its first line. */
    databasePasswordFile: z.string().min(1).optional(),
    listen: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: portSchema.default(7800),
        /** Certificate with those that lead to its authority, and private key, both in PEM; plain HTTP when absent. */
        tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
      })
      .prefault({}),
    /**
     * With PostgreSQL: the address by which the other ocsd reach this one, e.g. `http://10.0.0.11:7800`; made of `listen` when
     * absent. This one's own, not that of a balancer.
     */
    nodeUrl: z
      .url({ protocol: /^https?$/, error: 'an address such as http://10.0.0.11:7800' })
      .refine((url) => !URL.canParse(url) || new URL(url).pathname === '/', 'an address without a path')
      .optional(),
    /** What diallers (link), supervisors (api) and agent desktops must show; nothing where absent. */
    tokens: z
      .strictObject({
        link: token,
        linkFile: tokenFile,
        api: token,
        apiFile: tokenFile,
        desktop: token,
        desktopFile: tokenFile,
        /** In place of the desktops' token: the agents who may log in, each with a token of its own. */
        agentsFile: tokenFile,
        /** Besides the api token, which may all: machines that ask the API, each with a role and a token of its own. */
        machinesFile: tokenFile,
      })
      .prefault({}),
    server: ocsConfigSchema.omit({ tokens: true }).prefault({}),
    /**
     * The clock runs faster by this factor, since a moment (ms since 1970) that several nodes have in common, or since the
     * start. For demonstrations with an accelerated board only.
     */
    clock: z
      .strictObject({
        speed: z.number().positive().max(200).default(1),
        since: z.number().int().positive().optional(),
      })
      .prefault({}),
    log: logSchema.prefault({}),
  })
  .superRefine((config, context) => {
    if (!isReachable(config)) return;
    const isHost = !isLoopback(config.listen.host);
    const complain = (expected: string) => {
      context.addIssue({
        code: 'custom',
        path: isHost ? ['listen', 'host'] : ['server', 'publicUrl'],
        message: `${isHost ? 'a loopback address' : 'none'}, or ${expected}`,
      });
    };
    // Whoever reaches the port can read customers' data and have numbers dialled.
    for (const name of ['link', 'api'] as const) {
      const isSet = config.tokens[name] !== undefined || config.tokens[`${name}File`] !== undefined;
      if (!isSet) complain(`tokens.${name}File as well`);
    }
    // Whoever has it can log in as any agent.
    if (config.tokens.desktop !== undefined || config.tokens.desktopFile !== undefined) {
      complain('no token of all desktops: agents log in as users, or by tokens.agentsFile');
    }
    // Passwords would come past the proxy, in plain HTTP.
    const { publicUrl, trustedProxies } = config.server;
    const isPlain = config.listen.tls === undefined && publicUrl?.startsWith('https:') === true;
    if (isHost && isPlain && trustedProxies.length === 0) {
      complain('listen.tls as well, or server.trustedProxies with the address of the proxy');
    }
  });

const tokenNames = ['link', 'api', 'desktop'] as const;

export type OcsdConfig = z.output<typeof ocsdConfigSchema>;

/** From other hosts, by its own address or through a proxy. */
function isReachable({ listen, server }: Pick<OcsdConfig, 'listen' | 'server'>): boolean {
  return !isLoopback(listen.host) || server.publicUrl !== undefined;
}

/** A configuration ready for use: paths absolute, tokens read. */
export interface OcsdSetup {
  config: OcsdConfig;
  ocs: OcsConfig;
  /** Where the rows are in PostgreSQL. */
  postgres?: PostgresAddress;
  /** Where it speaks TLS. */
  tls?: { files: CertificateFiles; certificate: Certificate };
}

/**
 * Reads and checks the configuration file and the token files it names.
 *
 * @throws ConfigError, or CodedError NO_SUCH_FILE when the file itself cannot be read
 */
export function loadOcsdConfig(
  file: string,
  flags: readonly Flag[] = [],
  env: NodeJS.ProcessEnv = process.env,
): OcsdSetup {
  const loaded = loadConfig(ocsdConfigSchema, file, flags);
  const config = loaded.value;
  const faults: ConfigFault[] = configConflicts(config.server).map(({ field, found, expected }) =>
    loaded.fault(['server', field], String(found), expected),
  );
  const tokens: OcsConfig['tokens'] = {};
  for (const name of tokenNames) {
    try {
      const value = readToken(
        { token: config.tokens[name], tokenFile: config.tokens[`${name}File`] },
        file,
        env,
      );
      if (value !== undefined) tokens[name] = value;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const found = typeof error.found === 'string' ? error.found : error.message;
      faults.push(loaded.fault(['tokens', `${name}File`], found, error.expected ?? error.message));
    }
  }
  /** Notes what is wrong with a file as a fault of the key that names it. */
  const tried = <T>(path: string[], read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // A certificate has two files.
      const names = /^((cert|key|databasePassword)File|database)$/;
      const last = error.field !== undefined && names.test(error.field) ? [error.field] : [];
      faults.push(loaded.fault([...path, ...last], String(error.found), error.expected ?? error.message));
      return undefined;
    }
  };
  const postgres = isPostgres(config.database) ? tried([], () => readPostgres(config, file, env)) : undefined;
  if (!isPostgres(config.database)) config.database = resolvePath(file, config.database, env);
  const { agentsFile, machinesFile } = config.tokens;
  if (agentsFile !== undefined) {
    const agents = tried(['tokens', 'agentsFile'], () => readAgentsFile(resolvePath(file, agentsFile, env)));
    if (agents !== undefined) tokens.agents = agents;
  } else if (isReachable(config)) {
    // Users log in; nobody else is an agent.
    tokens.agents = {};
  }
  if (machinesFile !== undefined) {
    const machines = tried(['tokens', 'machinesFile'], () =>
      readMachinesFile(resolvePath(file, machinesFile, env)),
    );
    if (machines !== undefined) tokens.machines = machines;
    const shared = machines && sharedToken(machines, otherTokens(tokens));
    if (shared) {
      const found = `one token for ${shared.join(' and ')}`;
      faults.push(loaded.fault(['tokens', 'machinesFile'], found, 'a token of its own for each'));
    }
  }
  const { tls: named } = config.listen;
  const tls = named && tried(['listen', 'tls'], () => readTls(named, file, env));
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    config,
    ocs: { ...config.server, tokens },
    ...(postgres !== undefined && { postgres }),
    ...(tls !== undefined && { tls }),
  };
}

/** @throws CodedError BAD_CONFIG, with the key as its field */
function readPostgres(
  { database, databasePasswordFile }: OcsdConfig,
  file: string,
  env: NodeJS.ProcessEnv,
): PostgresAddress {
  if (databasePasswordFile === undefined) return parsePostgresAddress(database);
  const path = resolvePath(file, databasePasswordFile, env);
  const password = readPassword(path, 'databasePasswordFile');
  return parsePostgresAddress(database, password);
}

/** Tokens that are no machine's, each with what it is for. */
function otherTokens(tokens: OcsConfig['tokens']): [string, string][] {
  return [
    ...tokenNames.flatMap((name): [string, string][] => {
      const token = tokens[name];
      return token === undefined ? [] : [[`tokens.${name}`, token]];
    }),
    ...Object.entries(tokens.agents ?? {}).map(([id, { token }]): [string, string] => [`agent ${id}`, token]),
  ];
}

/** @throws CodedError NO_SUCH_FILE, BAD_CONFIG */
function readTls(
  { certFile, keyFile }: CertificateFiles,
  file: string,
  env: NodeJS.ProcessEnv,
): { files: CertificateFiles; certificate: Certificate } {
  const files = {
    certFile: resolvePath(file, certFile, env),
    keyFile: resolvePath(file, keyFile, env),
  };
  return { files, certificate: readCertificate(files) };
}
