import { z } from 'zod';
import { ocsConfigSchema, type OcsConfig } from '../ocs/config.ts';
import { CodedError } from '../domain/errors.ts';
import { loadConfig, type Flag } from './config-file.ts';
import { isLoopback, logSchema, portSchema, readToken, resolvePath } from './config-parts.ts';
import { ConfigError, type ConfigFault } from './faults.ts';

const token = z.string().min(16).optional();
const tokenFile = z.string().min(1).optional();

/** Configuration of ocsd: one YAML file. Paths are relative to the file's folder. */
export const ocsdConfigSchema = z
  .strictObject({
    /** SQLite file with lists, campaigns and attempts; made when it is not there. */
    database: z.string().min(1).default('ocs.db'),
    listen: z
      .strictObject({ host: z.string().min(1).default('127.0.0.1'), port: portSchema.default(7800) })
      .prefault({}),
    /** What diallers (link), supervisors (api) and agent desktops must show; nothing where absent. */
    tokens: z
      .strictObject({
        link: token,
        linkFile: tokenFile,
        api: token,
        apiFile: tokenFile,
        desktop: token,
        desktopFile: tokenFile,
      })
      .prefault({}),
    server: ocsConfigSchema.omit({ tokens: true }).prefault({}),
    /** The clock runs faster by this factor. For demonstrations with an accelerated board only. */
    clock: z.strictObject({ speed: z.number().positive().max(200).default(1) }).prefault({}),
    log: logSchema.prefault({}),
  })
  .superRefine((config, context) => {
    if (isLoopback(config.listen.host)) return;
    // Whoever reaches the port can read customers' data and have numbers dialled.
    for (const name of tokenNames) {
      if (config.tokens[name] !== undefined || config.tokens[`${name}File`] !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['listen', 'host'],
        message: `a loopback address, or tokens.${name}File as well`,
      });
    }
  });

const tokenNames = ['link', 'api', 'desktop'] as const;

export type OcsdConfig = z.output<typeof ocsdConfigSchema>;

/** A configuration ready for use: paths absolute, tokens read. */
export interface OcsdSetup {
  config: OcsdConfig;
  ocs: OcsConfig;
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
  config.database = resolvePath(file, config.database, env);
  const faults: ConfigFault[] = [];
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
  if (faults.length > 0) throw new ConfigError(faults);
  return { config, ocs: { ...config.server, tokens } };
}
