import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CodedError, errorCodes, type ErrorCode } from '../domain/errors.ts';
import type { Evidence, SitCategory, Verdict } from '../domain/outcome.ts';
import type { DetectionMode } from '../domain/result.ts';
import type {
  BoardEvent,
  BoardInventory,
  CallRef,
  ChannelState,
  DiagnosticTopic,
  DialParameters,
  DigitLimits,
  Observation,
  TransferStyle,
} from './board.ts';
import type { DialogicBoardConfig } from './dialogic-config.ts';
import type { SimBoardConfig, SimFault, SimTruth, SimWorld } from './sim-config.ts';

/**
 * The boundary to the native addon: everything that C++ offers to JavaScript. Twin of `native/addon/addon.cc`
 * and `native/addon/native_board.cc`; same names, same order. Nothing else loads the addon.
 */
export interface NativeAddon {
  NativeBoard: new (
    config: NativeBoardConfig,
    onWake: (() => void) | null,
    options: BridgeOptions,
  ) => NativeBoard;
  analyzeFile(path: string, options: Required<AnalyzeOptions>): Promise<FileAnalysis>;
  analyzeSamples(
    samples: Int16Array,
    kinds: Uint8Array | null,
    options: Required<AnalyzeOptions>,
  ): Promise<FileAnalysis>;
  steadyTones(path: string): Promise<SteadyTones>;
  replayFile(path: string): Promise<Replay>;
  tonePlans(): TonePlan[];
  parseCadence(notation: string): Cadence;
  /** A JSON document: HostCheck. */
  checkHost(config: NativeBoardConfig, hostProgram: string | null): Promise<string>;
  /** A JSON document: DecodedNumbers. */
  decodeVendorNumber(family: string, text: string): string;
  sdNotify(socket: string, state: string): void;
  version(): string;
  detectorVersion(): string;
}

/** A board in C++. A command returns the name of its status; its events wait in a queue to be drained. */
export interface NativeBoard {
  /** To be awaited before anything else. Rejects with a code when the board does not open. */
  open(): Promise<void>;
  inventory(): BoardInventory;
  seize(channel: number, ref: CallRef): NativeStatus;
  dial(channel: number, ref: CallRef, number: string, parameters: DialParameters): NativeStatus;
  rearm(channel: number, ref: CallRef): NativeStatus;
  transfer(channel: number, ref: CallRef, extension: string, style: TransferStyle): NativeStatus;
  join(channel: number, ref: CallRef, otherChannel: number): NativeStatus;
  part(channel: number, ref: CallRef): NativeStatus;
  play(channel: number, ref: CallRef, file: string): NativeStatus;
  stopPlay(channel: number, ref: CallRef): NativeStatus;
  collectDigits(channel: number, ref: CallRef, limits: DigitLimits): NativeStatus;
  drop(channel: number, ref: CallRef): NativeStatus;
  reset(channel: number): NativeStatus;
  setInService(channel: number, inService: boolean): NativeStatus;
  channels(): ChannelState[];
  /** One JSON document. */
  report(topic: DiagnosticTopic, channel: number): Promise<string>;
  now(): number;
  /** Ends with a `timer` event, `afterMs` of board time from now. */
  setTimer(timer: number, afterMs: number): void;
  clearTimer(timer: number): void;
  /** Takes up to `max` events, oldest first. */
  drain(max: number): NativeEvent[];
  /** Resolves when the board's threads have ended. Its last events are still to be drained. */
  close(): Promise<void>;
  /** The same, waiting for the threads here and now: for the end of the process. */
  closeNow(): void;
  /** Simulated boards only: moves a stepped clock on, here and now. */
  advance(ms: number): NativeStatus;
  truths(): SimTruth[];
  injectFault(fault: SimFault): NativeStatus;
}

/** A checked configuration; of a simulated board with the world itself, its WAV names absolute. */
export type NativeBoardConfig = (
  | (Omit<SimBoardConfig, 'world' | 'host'> & { world: SimWorld })
  | Omit<DialogicBoardConfig, 'host' | 'hostBits'>
) & {
  /** Tone plans beside the built-in ones. */
  plans: TonePlanSource[];
};

export interface BridgeOptions {
  /** Events that wait for JavaScript before observations (at half of it) and line events are dropped. */
  eventCapacity: number;
  /** The boardhost program in whose process the board is to be; null: in this one. */
  hostProgram: string | null;
  /** The hosted board's clock moves by `advance`; of a simulated board that says itself. */
  stepped: boolean;
}

/** A BoardEvent, or a timer that ran out. */
export type NativeEvent = BoardEvent | { channel: 0; ref: 0; at: number; type: 'timer'; timer: number };

/** In the order of `board::Status`. */
export type NativeStatus =
  | 'OK'
  | 'UNKNOWN_CHANNEL'
  | 'CHANNEL_BUSY'
  | 'CHANNEL_OUT_OF_SERVICE'
  | 'ILLEGAL_STATE'
  | 'BAD_ARGUMENT'
  | 'BOARD_DEAD'
  | 'NOT_SUPPORTED';

/** One step of a tone: up to three frequencies at once for `ms` (0: without end); none is silence. */
export interface ToneStep {
  hz: number[];
  modulationHz: number | null;
  ms: number;
}

export interface Cadence {
  steps: ToneStep[];
  /** Played once, then silence; otherwise repeated. */
  once: boolean;
}

export const toneNames = [
  'dial',
  'ringback',
  'busy',
  'congestion',
  'callWaiting',
  'info',
  'numberUnobtainable',
] as const;
export type ToneName = (typeof toneNames)[number];

/** The tones of a country; null where unknown. */
export type TonePlan = { code: string; name: string } & Record<ToneName, Cadence | null>;

/** A site's own tone plan, each cadence in its notation. */
export type TonePlanSource = { code: string; name: string } & Partial<Record<ToneName, string>>;

export interface AnalyzeOptions {
  /** Tone plan: the code of a built-in one, or one of the site's own; default US. */
  plan?: string | TonePlanSource;
  /** Where the file starts; default `dial`. */
  from?: 'dial' | 'answer';
  /** Default `accurate_am_detection`. */
  mode?: DetectionMode;
  /** Verdict deadline, from answer; null, the default: as late as the detector gains from waiting. */
  cpdTimeoutMs?: number | null;
  /** Largest share of people one may lose; null, the default: as the mode says. */
  maxHumanLoss?: number | null;
  /** Log odds of a machine added to the detector's own; default 0. */
  scoreOffset?: number;
  /** Return the samples too, for a picture; default false. */
  samples?: boolean;
}

/** An observation of a live call, or what comes as an event of its own there. */
export type FileObservation =
  | Observation
  | { kind: 'answered'; atMs: number }
  | { kind: 'verdict'; verdict: Verdict; sit: SitCategory | null; atMs: number; confidence: number };

/** What the detector heard in a file. Times from the start of the file. */
export interface FileAnalysis {
  evidence: Evidence;
  /** What was heard, in the order in which it was known. */
  observations: FileObservation[];
  durationMs: number;
  /** 16 bit linear, 8 kHz, if asked for. */
  wave: { rateHz: number; samples: Int16Array } | null;
}

/** Stretches of steady tone in a recording, edges to about 5 ms, and the recording itself at 8 kHz. */
export interface SteadyTones {
  tones: { startMs: number; endMs: number; dbm0: number }[];
  samples: Int16Array;
}

/** @throws CodedError NO_SUCH_FILE, BAD_AUDIO */
export async function steadyTones(path: string): Promise<SteadyTones> {
  return ofFile(path, 'a WAV file', (native) => native.steadyTones(path));
}

/** The recording of a call, heard again by the detector of today. */
export interface Replay extends FileAnalysis {
  /** Version of the detector that heard the call. */
  detector: string;
  /** The number, masked. */
  label: string;
  settings: {
    startAt: 'dial' | 'answer';
    plan: string;
    mode: DetectionMode;
    cpdTimeoutMs: number;
    /** The trunk does not signal answer. */
    inferAnswer: boolean;
    /** 0: as the mode says. */
    maxHumanLoss: number;
    scoreOffset: number;
  };
  /** The recording was full before the call ended. */
  full: boolean;
  frames: { audio: number; lost: number; comfortNoise: number };
  /** Observations and pieces of evidence compared, and how many of them are not the same bit for bit. */
  compared: number;
  differences: number;
  /** The first of the differences in words; null: nothing was said then, or is now. */
  first: { atMs: number; recorded: string | null; replayed: string | null }[];
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
  if (typeof plan !== 'string') checkTonePlan(plan, 'plan');
  else checkPlanCode(plan, 'plan');
  return { plan, from, mode, cpdTimeoutMs, maxHumanLoss, scoreOffset, samples };
}

/** What the addon makes of a file, its errors with the file's name. */
async function ofFile<T>(
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

/** The tone plans that come with the product. */
export function tonePlans(): TonePlan[] {
  return loadNative().tonePlans();
}

/**
 * Checks the cadences of a site's own plan.
 *
 * @throws CodedError BAD_ARGUMENT naming the cadence, the step and what is expected
 */
export function checkTonePlan(plan: TonePlanSource, field: string): void {
  const { code: _code, name: _name, ...cadences } = plan;
  for (const [tone, notation] of Object.entries(cadences)) parseCadence(notation, `${field}.${tone}`);
}

/**
 * Parses the notation of tone plans, e.g. `440+480/2000,0/4000`.
 *
 * @throws CodedError BAD_ARGUMENT naming the step and what is expected
 */
export function parseCadence(notation: string, field = 'cadence'): Cadence {
  try {
    return loadNative().parseCadence(notation);
  } catch (error) {
    throw coded(error, field, notation);
  }
}

/** Whether boards of a configuration could be opened in a process, and what each library and part says to it. */
export interface HostCheck {
  ok: boolean;
  checks: { check: string; ok: boolean; text: string }[];
}

/** Constants of the vendor's libraries that have a number or a name; `error` says why there is none. */
export interface DecodedNumbers {
  found: { family: string; name: string; value: number; hex: string; cause?: number }[];
  error?: string;
}

/**
 * The name of a number of the vendor's libraries, or the number of a name.
 *
 * @param family `GCEV`, `CR`, `TDX` ...; empty for all of them
 * @param text a number, decimal or 0x..., or a name with or without its prefix
 */
export function decodeVendorNumber(family: string, text: string): DecodedNumbers {
  return JSON.parse(loadNative().decodeVendorNumber(family, text)) as DecodedNumbers;
}

/**
 * Tells the service manager, e.g. `READY=1` or `WATCHDOG=1`, by the protocol of sd_notify(3).
 *
 * @returns false where there is no service manager (NOTIFY_SOCKET unset)
 * @throws CodedError BAD_CONFIG if it cannot be reached
 */
export function sdNotify(state: string): boolean {
  const socket = process.env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return false;
  try {
    loadNative().sdNotify(socket, state);
    return true;
  } catch (error) {
    throw coded(error, 'NOTIFY_SOCKET', socket);
  }
}

/** Version of the native addon. */
export function nativeVersion(): string {
  return loadNative().version();
}

/** Version of the detector with a hash of its sources: another one may hear other things in the same call. */
export function detectorVersion(): string {
  return loadNative().detectorVersion();
}

/** @throws CodedError UNKNOWN_PLAN if it is no code of a built-in plan */
export function checkPlanCode(plan: string, field: string): void {
  if (!tonePlans().some(({ code }) => code === plan)) throw unknownPlan(plan, field);
}

export function unknownPlan(plan: string, field: string): CodedError {
  const known = tonePlans().map((each) => each.code);
  return new CodedError('UNKNOWN_PLAN', `${field}: no tone plan ${JSON.stringify(plan)}`, {
    field,
    found: plan,
    expected: `one of ${known.join(', ')}`,
  });
}

/** Makes a CodedError of what the addon threw; other errors are our own mistakes and pass as they are. */
export function coded(error: unknown, field: string, found?: unknown, expected?: string): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(errorCodes, code)) return error;
  return new CodedError(code as ErrorCode, `${field}: ${error.message}`, {
    field,
    ...(found === undefined ? {} : { found }),
    expected: expected ?? error.message,
    cause: error,
  });
}

/**
 * The addon, loaded once per environment.
 *
 * @throws CodedError NOT_SUPPORTED if it has not been built, or not for this machine
 */
export function loadNative(): NativeAddon {
  loaded ??= requireAddon();
  return loaded;
}

let loaded: NativeAddon | undefined;

function requireAddon(): NativeAddon {
  // The same place seen from src/board and from dist/board.
  const path = fileURLToPath(new URL('../../build/Release/cpd.node', import.meta.url));
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new CodedError('NOT_SUPPORTED', `the native addon cannot be loaded: ${reason}`, {
      field: path,
      expected: 'an addon built with: npm run build:addon (needs python3, make and g++)',
      cause,
    });
  }
}
