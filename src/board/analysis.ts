import { statSync } from 'node:fs';
import { CodedError } from '../domain/errors.ts';
import type { WavChannel } from '../domain/recorded-channels.ts';
import type { AnalyzeOptions, FileAnalysis, NativeAddon, Replay, SteadyTones } from './native-addon.ts';
import { coded, loadNative } from './native.ts';
import { checkPlanCode, checkTonePlan } from './tone-plans.ts';

export type {
  AnalyzeOptions,
  FileObservation,
  FileAnalysis,
  SteadyTones,
  SteadyTone,
  ToneLines,
  Replay,
} from './native-addon.ts';

/** @throws CodedError NO_SUCH_FILE, BAD_AUDIO */
export async function steadyTones(path: string, channel: WavChannel = 'both'): Promise<SteadyTones> {
  return ofFile(path, 'a WAV file', (native) => native.steadyTones(path, channel));
}

/**
 * Runs the recording of a call through the detector again.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_RECORDING
 */
export async function replayFile(path: string): Promise<Replay> {
  return ofFile(path, 'a recording of a call', (native) => native.replayFile(path));
}

/**
 * Analyses a WAV file to its end, away from the JavaScript thread.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_AUDIO, UNKNOWN_PLAN
 */
export async function analyzeFile(path: string, options: AnalyzeOptions = {}): Promise<FileAnalysis> {
  const complete = completeOptions(options);
  return ofFile(path, 'a WAV file', (native) => native.analyzeFile(path, complete));
}

/** What a frame of 20 ms is, in the order of `cpd::FrameKind`. */
export const frameKind = { audio: 0, lost: 1, comfortNoise: 2 } as const;

/**
 * The same for samples: 16 bit linear, 8 kHz.
 *
 * @param kinds a `frameKind` for each frame; null: all are audio
 */
export async function analyzeSamples(
  samples: Int16Array,
  kinds: Uint8Array | null,
  options: AnalyzeOptions = {},
): Promise<FileAnalysis> {
  try {
    return await loadNative().analyzeSamples(samples, kinds, completeOptions(options));
  } catch (error) {
    throw coded(error, 'samples');
  }
}

/** @throws CodedError UNKNOWN_PLAN, BAD_ARGUMENT */
function completeOptions(options: AnalyzeOptions): Required<AnalyzeOptions> {
  const { plan = 'US', from = 'dial', mode = 'accurate_am_detection' } = options;
  const { cpdTimeoutMs = null, maxHumanLoss = null, scoreOffset = 0, samples = false } = options;
  const { channel = 'both', recordings = null } = options;
  if (typeof plan !== 'string') checkTonePlan(plan, 'plan');
  else checkPlanCode(plan, 'plan');
  return { plan, from, mode, cpdTimeoutMs, maxHumanLoss, scoreOffset, samples, channel, recordings };
}

/** What the addon makes of a file, its errors with the file's name. */
export async function ofFile<T>(
  path: string,
  expected: string,
  read: (native: NativeAddon) => Promise<T>,
): Promise<T> {
  if (!isFile(path)) throw new CodedError('NO_SUCH_FILE', `${path}: no such file`, { field: path, expected });
  try {
    return await read(loadNative());
  } catch (error) {
    throw coded(error, path, undefined, expected);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
