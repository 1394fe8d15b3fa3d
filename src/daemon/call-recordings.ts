import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { maskNumber } from '../domain/number.ts';

/** What `cpdctl replay` reads. */
const recordingSuffix = '.cpdrec';

/** The folder's size is looked at again so often, in ms. */
const sizeKnownMs = 30_000;

export interface RecordingsConfig {
  /** Absolute. */
  folder: string;
  /** Of the calls, 0 to 1. */
  share: number;
  mostMegabytes: number;
}

export interface CallRecordings {
  /**
   * A new, empty file of its own for a call that is to be recorded; undefined for the others, and where none can
   * be made: a recording must not cost a call.
   */
  fileFor(call: { attemptId: string; number: string }): string | undefined;
  /** The same whatever the share says, for an engineer's call. */
  fileForTest(call: { attemptId: string; number: string }): string | undefined;
}

/**
 * Gives calls the files that the board records them in: readable for this user only, the number masked.
 *
 * @throws CodedError BAD_CONFIG if the folder cannot be used
 */
export function createCallRecordings(config: RecordingsConfig, now: () => number, log: Log): CallRecordings {
  makeFolder(config.folder);
  const limit = config.mostMegabytes * 1_000_000;
  let size = { bytes: 0, at: -Infinity };
  let told: string | null = null;

  const tellOnce = (problem: string): undefined => {
    if (told !== problem) log.warn({ folder: config.folder }, `calls are not recorded: ${problem}`);
    told = problem;
    return undefined;
  };
  const make = ({ attemptId, number }: { attemptId: string; number: string }): string | undefined => {
    try {
      if (now() - size.at > sizeKnownMs) size = { bytes: sizeOf(config.folder), at: now() };
      if (size.bytes >= limit) return tellOnce(`the folder holds ${config.mostMegabytes} MB`);
      const file = join(config.folder, fileName(attemptId, number, now()));
      writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
      told = null;
      return file;
    } catch (error) {
      return tellOnce((error as NodeJS.ErrnoException).code ?? String(error));
    }
  };
  return {
    fileFor: (call) => (drawn(call.attemptId) < config.share ? make(call) : undefined),
    fileForTest: make,
  };
}

/** `20260131T101500Z-ATTEMPT-xxxxxxxxx00.cpdrec` */
function fileName(attemptId: string, number: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const id = attemptId.replace(/[^\w-]/g, '_').slice(0, 64);
  const masked = maskNumber(number.replace(/\D/g, '')).replaceAll('*', 'x');
  return `${time}-${id}-${masked}${recordingSuffix}`;
}

/** From 0 to 1, the same for the same attempt. */
function drawn(attemptId: string): number {
  return createHash('sha256').update(attemptId).digest().readUInt32BE(0) / 2 ** 32;
}

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.endsWith(recordingSuffix))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function makeFolder(folder: string): void {
  try {
    if (!statSync(folder, { throwIfNoEntry: false })) mkdirSync(folder, { mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CodedError('BAD_CONFIG', `the recordings' folder ${folder} cannot be used (${reason})`, {
      field: 'recordings.folder',
      found: `${folder} (${reason})`,
      expected: 'a folder that this user may write, or the name of a new one in such a folder',
      cause: error,
    });
  }
}
