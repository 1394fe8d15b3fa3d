import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeFile, analyzeSamples } from '../../board/analysis.ts';
import { inOrder } from '../../terminal/input-files.ts';
import { CodedError } from '../../domain/errors.ts';
import { channelWarning, type WarnedFile } from '../../domain/recorded-channels.ts';
import type { DetectionMode } from '../../domain/result.ts';
import { decodeFlac, hasGsm, isFlac, requireFlac } from '../line/audio.ts';
import { heardCall, type HeardCall } from './heard.ts';
import { toFloat, toInt16 } from '../line/line.ts';
import type { LabelledCall } from './manifest.ts';
import { movedCall, randomFor, type Variation } from './vary.ts';

const filesAtOnce = 2;
/** Decoded files wait on the disk in groups of so many, not all at once. */
const filesDecoded = 40;
const endSignals = ['SIGINT', 'SIGTERM'] as const;

export interface RunOptions {
  mode: DetectionMode;
  /** Verdict deadline, from answer; null: that of recordings. */
  cpdTimeoutMs: number | null;
  /** Largest share of people one may lose; null: as the mode says. */
  maxHumanLoss?: number | null;
  /** Log odds of a machine added to the detector's own. */
  scoreOffset?: number;
  /** Called after each file. */
  onDone: (done: number) => void;
}

export interface RunResult {
  heard: HeardCall[];
  /** Files that could not be read; they count nowhere. */
  failures: { file: string; error: CodedError }[];
  /** Files whose channels were mixed and should not have been. */
  warned: WarnedFile[];
  /** Processor time of the analysis, reading the files included, decoding FLAC not. */
  cpuMs: number;
}

/**
 * Runs the detector over the calls, two at a time.
 *
 * @throws CodedError NOT_SUPPORTED if there are FLAC files and no program to decode them
 */
export async function runCalls(calls: readonly LabelledCall[], options: RunOptions): Promise<RunResult> {
  const result: RunResult = { heard: [], failures: [], warned: [], cpuMs: 0 };
  const { mode, cpdTimeoutMs, maxHumanLoss = null, scoreOffset = 0 } = options;
  result.cpuMs = await eachWav(
    calls,
    ({ plan, from, channel }, wav) =>
      analyzeFile(wav, { plan, from, channel, mode, cpdTimeoutMs, maxHumanLoss, scoreOffset }),
    (call, analysis, done) => {
      if (analysis instanceof CodedError) result.failures.push({ file: call.file, error: analysis });
      else {
        result.heard.push(heardCall(call, analysis));
        const warning = channelWarning(analysis, call.channel);
        if (warning !== null) result.warned.push({ file: call.file, ...warning });
      }
      options.onDone(done);
    },
  );
  return result;
}

/** One variation over all calls it fits. */
export interface VariedRun {
  variation: Variation;
  /** Why it was not done; null: it was. */
  skipped: string | null;
  heard: HeardCall[];
  /** Whether the verdict is another one than in the call as it was recorded. */
  changed: boolean[];
}

/**
 * Runs the detector over the calls as they would sound on other lines; the same seed gives the same lines. Calls that
 * cannot be read are left out: the run of the calls themselves names them.
 *
 * @throws CodedError NOT_SUPPORTED as above
 */
export async function varyCalls(
  calls: readonly LabelledCall[],
  variations: readonly Variation[],
  seed: number,
  options: RunOptions,
): Promise<VariedRun[]> {
  const gsm = !variations.some(({ name }) => name.startsWith('GSM')) || (await hasGsm());
  const runs = variations.map((variation): VariedRun => {
    const skipped = !gsm && variation.name.startsWith('GSM') ? 'sox with GSM is not installed' : null;
    return { variation, skipped, heard: [], changed: [] };
  });
  const { mode, cpdTimeoutMs, maxHumanLoss = null, scoreOffset = 0 } = options;
  await eachWav(
    calls,
    async (call, wav) => {
      const settings = { plan: call.plan, from: call.from, mode, cpdTimeoutMs, maxHumanLoss, scoreOffset };
      const asRecorded = await analyzeFile(wav, { ...settings, channel: call.channel, samples: true });
      const x = toFloat(asRecorded.wave?.samples ?? new Int16Array());
      const results: (HeardCall | null)[] = [];
      for (const { variation, skipped } of runs) {
        if (skipped !== null || variation.fits?.(call) === false) {
          results.push(null);
          continue;
        }
        const random = randomFor(seed, call, variation.name);
        const { x: varied, kinds, laterMs } = await variation.apply(x, { call, random });
        const analysis = await analyzeSamples(toInt16(varied), kinds, settings);
        results.push(heardCall(movedCall(call, laterMs), analysis));
      }
      return { verdict: asRecorded.evidence.verdict ?? 'unknown', results };
    },
    (_, result, done) => {
      if (!(result instanceof CodedError)) {
        result.results.forEach((heard, at) => {
          if (heard === null) return;
          runs[at]?.heard.push(heard);
          runs[at]?.changed.push(heard.verdict !== result.verdict);
        });
      }
      options.onDone(done);
    },
  );
  return runs;
}

/**
 * Does `work` on the WAV file of each call, two at a time, FLAC files decoded for it, and hands the results to `take`
 * in the order of the calls.
 *
 * @returns processor time of the work in ms, decoding left out
 * @throws CodedError NOT_SUPPORTED if there are FLAC files and no program to decode them
 */
export async function eachWav<T>(
  calls: readonly LabelledCall[],
  work: (call: LabelledCall, wav: string) => Promise<T>,
  take: (call: LabelledCall, result: T | CodedError, done: number) => void,
): Promise<number> {
  if (calls.some(({ path }) => isFlac(path))) await requireFlac();
  const folder = mkdtempSync(join(tmpdir(), 'cpd-eval-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = (signal: NodeJS.Signals) => {
    removeFolder();
    process.kill(process.pid, signal);
  };
  for (const signal of endSignals) process.once(signal, interrupted);
  let cpuMs = 0;
  try {
    for (let first = 0; first < calls.length; first += filesDecoded) {
      const group = calls.slice(first, first + filesDecoded);
      const wavs: (string | CodedError)[] = [];
      await inOrder(
        group,
        filesAtOnce,
        ({ path }, index) => orCoded(isFlac(path) ? decodeFlac(path, folder, index) : Promise.resolve(path)),
        (wav) => void wavs.push(wav),
      );
      const before = process.cpuUsage();
      await inOrder(
        group,
        filesAtOnce,
        async (call, index) => {
          const wav = wavs[index] ?? '';
          return wav instanceof CodedError ? wav : orCoded(work(call, wav));
        },
        (result, index) => take(group[index] as LabelledCall, result, first + index + 1),
      );
      const { user, system } = process.cpuUsage(before);
      cpuMs += (user + system) / 1000;
      group.forEach(({ path }, index) => {
        const wav = wavs[index];
        if (isFlac(path) && typeof wav === 'string') rmSync(wav, { force: true });
      });
    }
  } finally {
    for (const signal of endSignals) process.off(signal, interrupted);
    removeFolder();
  }
  return cpuMs;
}

/** A fault of one file is a result; one of ours ends the run. */
async function orCoded<T>(work: Promise<T>): Promise<T | CodedError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}
