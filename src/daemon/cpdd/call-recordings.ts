import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { replayFile } from '../../board/analysis.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { toMuLaw } from '../../domain/sound/mu-law.ts';
import { maskNumber } from '../../domain/number.ts';
import { mostRecordedBytes } from '../../link/recording-schemas.ts';

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
  /**
   * What was heard in the call of an attempt, as µ-law at 8 000 Hz, at most `mostRecordedBytes`; null where it was not recorded, or goes on yet.
   *
   * @throws CodedError BAD_RECORDING
   */
  soundOf(attemptId: string): Promise<Uint8Array | null>;
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
    soundOf: async (attemptId) => {
      const file = await fileOf(config.folder, attemptId);
      if (file === null) return null;
      const { wave } = await replayFile(file);
      return wave === null ? null : muLawInTurns(wave.samples);
    },
  };
}

/** So many samples are converted in one turn of the event loop, which calls share: some 1 ms. */
const samplesInTurn = 40_000;

/** Of no more samples than a message may hold. */
export async function muLawInTurns(wave: Int16Array): Promise<Uint8Array> {
  const samples = wave.subarray(0, mostRecordedBytes);
  const bytes = new Uint8Array(samples.length);
  for (let at = 0; at < samples.length; at += samplesInTurn) {
    bytes.set(toMuLaw(samples.subarray(at, at + samplesInTurn)), at);
    await nextTurn();
  }
  return bytes;
}

/** `20260131T101500Z-ATTEMPT-xxxxxxxxx00.cpdrec` */
function fileName(attemptId: string, number: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const id = attemptId.replace(/[^\w-]/g, '_').slice(0, 64);
  const masked = maskNumber(number.replace(/\D/g, '')).replaceAll('*', 'x');
  return `${time}-${id}-${masked}${recordingSuffix}`;
}

/**
 * The file of an attempt among those that are there: its id is compared with names and is never part of a path. Null
 * for an id that is not in a name as it is, and for what is no file of ours with something in it.
 */
async function fileOf(folder: string, attemptId: string): Promise<string | null> {
  for (const name of await readdir(folder)) {
    if (nameForm.exec(name)?.[1] !== attemptId) continue;
    const file = join(folder, name);
    const about = await lstat(file);
    if (about.isFile() && about.size > 0) return file;
  }
  return null;
}

/** As `fileName` makes them. */
const nameForm = /^\d{8}T\d{6}Z-([\w-]+)-[\dx+]*\.cpdrec$/;

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
