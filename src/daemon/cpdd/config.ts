import { accessSync, constants } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { boardConfigSchema, driverOf } from '../../board/drivers.ts';
import { checkPlanCode, parseCadence } from '../../board/tone-plans.ts';
import { usualLimits } from '../../domain/call-limits.ts';
import { compileTrunkNumbers, type ClosedNumbers } from '../../dialer/intake/trunk-numbers.ts';
import { isLoopback } from '../../http/loopback.ts';
import { CodedError } from '../../domain/errors.ts';
import { compileExtensions, usualExtensions } from '../../domain/extension.ts';
import { compilePattern } from '../../domain/pattern.ts';
import { humanLossText } from '../../domain/human-loss.ts';
import { humanLossSchema } from '../../link/schemas.ts';
import { readCalibration, type Calibration } from './calibration-file.ts';
import { loadConfig, type Flag, type LoadedConfig } from '../config-file.ts';
import { logSchema, portSchema, readToken, resolvePath, tokenFields } from '../config-parts.ts';
import { ConfigError, type ConfigFault } from '../faults.ts';

const ms = z.number().int().min(0);
const count = z.number().int().min(1);

const cadence = z.string().min(1).optional();
const tonePlanSchema = z.strictObject({
  code: z.string().min(1).max(16),
  name: z.string().min(1),
  dial: cadence,
  ringback: cadence,
  busy: cadence,
  congestion: cadence,
  callWaiting: cadence,
  info: cadence,
  numberUnobtainable: cadence,
});

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** The address is logged and shown; fetch takes none with credentials anyway. */
const ocsAddress = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !hasCredentials(url), 'an address without user and password; a secret in ocs.tokenFile');

/** Configuration of cpdd: one YAML file. Paths are relative to the file's folder; times in ms. */
export const cpddConfigSchema = z
  .strictObject({
    /** How OCS knows this dialler; unique among the diallers of an OCS. */
    dialerId: z.string().min(1).max(128).default(hostname()),
    ocs: z
      .strictObject({
        url: ocsAddress.default('http://127.0.0.1:7800'),
        /** Of those that stand by for it (docs/postgresql.md): asked in turn while one cannot be reached. */
        standbyUrls: z.array(ocsAddress).max(8).default([]),
        ...tokenFields,
      })
      .prefault({}),
    board: boardConfigSchema,
    /** Which numbers may be dialled, and the digits sent for them. Nothing is allowed by default. */
    dialPlan: z.strictObject({
      allow: z.array(z.string().min(1)).min(1),
      deny: z.array(z.string().min(1)).default([]),
      rules: z.array(z.strictObject({ match: z.string().min(1), replace: z.string() })).default([]),
      stripPlus: z.boolean().default(true),
      prefix: z
        .string()
        .regex(/^[0-9]*$/, 'digits in quotes')
        .default(''),
      /** Country of the trunk: its emergency numbers are closed. That of `dialling.plan` when absent. */
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166')
        .optional(),
      /** Premium-rate numbers that may be dialled all the same; regular expressions. None by default. */
      openPremium: z.array(z.string().min(1)).default([]),
    }),
    /** What is never exceeded, whatever OCS asks. */
    limits: z
      .strictObject({
        callsPerSecond: z.number().min(0.1).max(10_000).default(usualLimits.callsPerSecond),
        /** As many as there are channels when absent. */
        callsAtOnce: count.nullable().default(usualLimits.callsAtOnce),
        /** The usual value when absent, or that of the day where that is less. */
        perNumberHour: count.optional(),
        perNumberDay: count.default(usualLimits.perNumberDay),
        perPrefixDay: z
          .array(
            z.strictObject({
              prefix: z.string().regex(/^[0-9]+$/, 'digits in quotes, without +'),
              calls: z.number().int().min(0),
            }),
          )
          .default([...usualLimits.perPrefixDay]),
        perExtensionHour: count.default(usualLimits.perExtensionHour),
        longestCallMinutes: z.number().min(1).max(1_440).default(usualLimits.longestCallMinutes),
        /** Regular expressions of the caller ids that a campaign may name. */
        callerIds: z.array(z.string().min(1)).default([...usualLimits.callerIds]),
      })
      .transform((limits) => ({
        ...limits,
        perNumberHour: limits.perNumberHour ?? Math.min(usualLimits.perNumberHour, limits.perNumberDay),
      }))
      .prefault({}),
    /** Which extensions calls may be moved to and agents' telephones be rung at; the usual ones by default. */
    extensions: z
      .strictObject({ allow: z.array(z.string().min(1)).default([...usualExtensions]) })
      .prefault({}),
    dialling: z
      .strictObject({
        /** Tone plan of a request that names none. */
        plan: z.string().min(1).default('US'),
        transferStyle: z.enum(['blind', 'consult', 'bridge']).default('blind'),
        /** Most requests taken in one pull; the free channels limit it anyway. */
        maxPull: z.number().int().min(1).max(1_000).default(50),
        pullWaitMs: ms.min(100).max(60_000).default(10_000),
        /** Channels left alone by the pull, for engaged legs and test calls. */
        reservedChannels: z.number().int().min(0).default(0),
      })
      .prefault({}),
    detection: z
      .strictObject({
        /** Largest share of live people that may be taken for machines, e.g. `1 %`; the mode's own when absent. */
        maxHumanLoss: humanLossSchema.optional(),
        /** Written by `cpdctl calibrate` from recordings of this site. */
        calibrationFile: z.string().min(1).optional(),
      })
      .prefault({}),
    /** What the detector hears of calls, for `cpdctl replay`. Customers' voices: off unless a folder is named. */
    recordings: z
      .strictObject({
        folder: z.string().min(1).optional(),
        /** Of the calls, drawn by attempt id. */
        share: z.number().min(0).max(1).default(1),
        /** No call is recorded while the folder holds so much. A minute of a call is about 1 MB. */
        mostMegabytes: z.number().int().min(1).default(1_000),
      })
      .prefault({}),
    /** Recordings that the detector knows, and learns from calls; none without a file. */
    knownRecordings: z
      .strictObject({
        file: z.string().min(1).optional(),
        /** From calls that end as machines with a beep. */
        learn: z.boolean().default(true),
      })
      .prefault({}),
    /** Tone plans of this site beside the built-in ones; cadences as `440+480/2000,0/4000`. */
    tonePlans: z.array(tonePlanSchema).default([]),
    journal: z.strictObject({ path: z.string().min(1).default('journal.db') }).prefault({}),
    /** Announcement name to WAV file. */
    announcements: z.record(z.string().min(1), z.string().min(1)).default({}),
    admin: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: portSchema.default(7810),
        ...tokenFields,
      })
      .prefault({}),
    log: logSchema.prefault({}),
    drain: z
      .strictObject({
        /** Calls still up so long after the first SIGTERM are hung up. */
        timeoutMs: ms.default(600_000),
        /** Longest time to deliver the last results. */
        flushMs: ms.default(5_000),
      })
      .prefault({}),
    /** Pauses before a dead board is opened again; they double from the first to the longest. */
    boardRecovery: z
      .strictObject({ firstMs: ms.min(10).default(1_000), longestMs: ms.min(10).default(60_000) })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const { firstMs, longestMs } = config.boardRecovery;
    if (firstMs > longestMs) {
      context.addIssue({
        code: 'custom',
        path: ['boardRecovery', 'firstMs'],
        message: `at most boardRecovery.longestMs (${String(longestMs)})`,
      });
    }
    const { perNumberHour, perNumberDay } = config.limits;
    if (perNumberHour > perNumberDay) {
      context.addIssue({
        code: 'custom',
        path: ['limits', 'perNumberHour'],
        message: `at most limits.perNumberDay (${String(perNumberDay)})`,
      });
    }
    // Whoever reaches the admin port can place calls.
    const { host, token, tokenFile } = config.admin;
    if (!isLoopback(host) && token === undefined && tokenFile === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['admin', 'host'],
        message: 'a loopback address, or admin.tokenFile as well',
      });
    }
  });

export type CpddConfig = z.output<typeof cpddConfigSchema>;

/** A configuration ready for use: paths absolute, tokens read. */
export interface CpddSetup {
  config: CpddConfig;
  /** The configuration file's folder; relative names of the board's world count from it. */
  folder: string;
  /** What `detection.calibrationFile` says. */
  calibration: Calibration | undefined;
  ocsToken: string | undefined;
  adminToken: string | undefined;
}

/**
 * Reads and checks the configuration file, and the files and patterns it names.
 *
 * @throws ConfigError, or CodedError NO_SUCH_FILE when the file itself cannot be read
 */
export function loadCpddConfig(
  file: string,
  flags: readonly Flag[] = [],
  env: NodeJS.ProcessEnv = process.env,
): CpddSetup {
  const loaded = loadConfig(cpddConfigSchema, file, flags);
  const config = loaded.value;
  const faults: ConfigFault[] = [];
  const attempt = <T>(path: PropertyKey[], run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      faults.push(faultOf(loaded, path, error));
      return undefined;
    }
  };

  attempt(['dialPlan'], () => compileTrunkNumbers(config.dialPlan, closedNumbers(config)));
  attempt(['limits'], () =>
    config.limits.callerIds.map((id, i) => compilePattern(id, `callerIds[${i}]`, 'limits')),
  );
  attempt(['extensions'], () => compileExtensions(config.extensions.allow));
  for (const part of ['board', 'dialling'] as const) {
    attempt([part, 'plan'], () => checkPlan(config[part].plan, config.tonePlans));
  }
  config.tonePlans.forEach(({ code: _code, name: _name, ...cadences }, at) => {
    for (const [tone, notation] of Object.entries(cadences)) {
      attempt(['tonePlans', at, tone], () => ifAddon(() => parseCadence(notation, tone)));
    }
  });
  const { recordings, knownRecordings } = config;
  if (knownRecordings.file !== undefined) knownRecordings.file = resolvePath(file, knownRecordings.file, env);
  if (recordings.folder !== undefined) recordings.folder = resolvePath(file, recordings.folder, env);
  config.journal.path = resolvePath(file, config.journal.path, env);
  for (const [name, wav] of Object.entries(config.announcements)) {
    config.announcements[name] = resolvePath(file, wav, env);
    attempt(['announcements', name], () => mustRead(config.announcements[name] ?? wav));
  }
  const calibration = attempt(['detection', 'calibrationFile'], () => calibrationOf(config, file, env));
  const folder = dirname(resolve(file));
  const { board } = config;
  const driver = driverOf(board);
  if (driver.fileField !== null) attempt(['board', driver.fileField], () => driver.prepare(board, folder));
  const ocsToken = attempt(['ocs', 'tokenFile'], () => readToken(config.ocs, file, env));
  const adminToken = attempt(['admin', 'tokenFile'], () => readToken(config.admin, file, env));
  if (faults.length > 0) throw new ConfigError(faults);
  return { config, folder, calibration, ocsToken, adminToken };
}

/** What stays closed whatever the dial plan lets through. */
export function closedNumbers({
  dialPlan,
  dialling,
}: Pick<CpddConfig, 'dialPlan' | 'dialling'>): ClosedNumbers {
  return { country: dialPlan.country ?? dialling.plan, openPremium: dialPlan.openPremium };
}

function calibrationOf(
  { detection }: CpddConfig,
  file: string,
  env: NodeJS.ProcessEnv,
): Calibration | undefined {
  if (detection.calibrationFile === undefined) return undefined;
  const calibration = readCalibration(resolvePath(file, detection.calibrationFile, env));
  const wanted = detection.maxHumanLoss;
  if (wanted === undefined || wanted === calibration.maxHumanLoss) return calibration;
  const found = humanLossText(calibration.maxHumanLoss);
  throw new CodedError('BAD_CONFIG', `the calibration was measured for a loss of ${found}`, {
    field: 'calibrationFile',
    found: `a calibration for ${found}`,
    expected: `one for detection.maxHumanLoss, ${humanLossText(wanted)}, or no detection.maxHumanLoss`,
  });
}

function checkPlan(plan: string, own: CpddConfig['tonePlans']): void {
  if (own.some(({ code }) => code === plan)) return;
  ifAddon(() => checkPlanCode(plan, 'plan'));
}

/** What only the addon knows is not checked where it is not built; the start says that it is missing. */
function ifAddon(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'NOT_SUPPORTED')) throw error;
  }
}

function mustRead(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${path} cannot be read`, {
      found: `${path} (${reason})`,
      expected: 'an existing file or folder that can be read',
    });
  }
}

/** A fault found by a part's own check, which names the field within the part, e.g. `allow[1]`. */
function faultOf<T>(loaded: LoadedConfig<T>, path: PropertyKey[], error: CodedError): ConfigFault {
  const within =
    path[0] === 'dialPlan' || path[0] === 'limits' || path[0] === 'extensions' || path[1] === 'world'
      ? error.field
      : undefined;
  const parts = (within?.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const full = [...path, ...(parts[0] === 'world' ? [] : parts)];
  // A world's message names file and line of its own.
  const ownPlace = path[1] === 'world' || typeof error.found !== 'string';
  const found = ownPlace ? error.message : String(error.found);
  return loaded.fault(full, found, error.expected ?? error.message);
}
