import type { Evidence, RecordingVerdict, SitCategory, Verdict } from '../domain/outcome.ts';
import type { RecordedChannels, WavChannel } from '../domain/recorded-channels.ts';
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
import type { SimFault, SimGroundTruth } from './sim/config.ts';

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
  steadyTones(path: string, channel: WavChannel): Promise<SteadyTones>;
  replayFile(path: string): Promise<Replay>;
  fingerprintFile(path: string, channel: WavChannel): Promise<FileFingerprint>;
  readRecordings(file: Uint8Array): StoredRecording[];
  writeRecordings(recordings: readonly StoredRecording[]): Uint8Array;
  KnownLibrary: new (prints: readonly Uint32Array[]) => KnownLibrary;
  tonePlans(): TonePlan[];
  /** The names of tones in observations. */
  heardTones(): string[];
  parseCadence(notation: string): Cadence;
  /** A JSON document: BoardHostCheck. */
  checkBoardHost(config: NativeBoardConfig, boardHostProgram: string | null): Promise<string>;
  /** A JSON document: DecodedNumbers. */
  decodeVendorNumber(family: string, text: string): string;
  sdNotify(socket: string, state: string): void;
  version(): string;
  detectorVersion(): string;
}

/** The prints of a file, as `cpd::known::fingerprint` makes them. */
export interface FileFingerprint extends RecordedChannels {
  prints: Uint32Array;
  /** Of them, those that have enough sound to be looked for: frames of 20 ms. */
  usable: number;
  durationMs: number;
}

/** A known recording as its file has it; see `native/cpd/known/library_file.h`. */
export interface StoredRecording {
  name: string;
  /** Of a call on which it is heard. */
  verdict: RecordingVerdict;
  /** With the verdict `sit`, and with no other. */
  sit: SitCategory | null;
  /** By an engineer, by calls, by another site. */
  origin: 'taught' | 'learnt' | 'imported';
  /** Seconds since 1970, UTC. */
  knownSince: number;
  /** It was heard from so many numbers before it was known; 0 where it was taught. */
  numbers: number;
  prints: Uint32Array;
}

/** What prints may be those of: made once of the prints of several recordings. */
export interface KnownLibrary {
  /** `recording`: place in the list. `differing`: share of the bits compared. Null: none of them. */
  match(prints: Uint32Array): { recording: number; comparedPrints: number; differing: number } | null;
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
  tellScores(channel: number, on: boolean): NativeStatus;
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
  groundTruth(): SimGroundTruth[];
  injectFault(fault: SimFault): NativeStatus;
}

/** A checked configuration as its driver has prepared it. */
export interface NativeBoardConfig {
  driver: string;
  name: string;
  /** Tone plans beside the built-in ones. */
  plans: TonePlanSource[];
}

export interface BridgeOptions {
  /** Events that wait for JavaScript before observations (at half of it) and line events are dropped. */
  eventCapacity: number;
  /** The boardhost program in whose process the board is to be; null: in this one. */
  boardHostProgram: string | null;
  /** The board's clock moves by `advance`; of a simulated board that says itself. */
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
  /** Of a file with several channels; default `both`. */
  channel?: WavChannel;
  /** File of known recordings; null, the default: none. */
  recordings?: string | null;
}

/** An observation of a live call, or what comes as an event of its own there. */
export type FileObservation =
  | Observation
  | { kind: 'answered'; atMs: number }
  | { kind: 'verdict'; verdict: Verdict; sit: SitCategory | null; atMs: number; confidence: number };

/** What the detector heard in a file. Times from the start of the file. */
export interface FileAnalysis extends RecordedChannels {
  evidence: Evidence;
  /** What was heard, in the order in which it was known. */
  observations: FileObservation[];
  durationMs: number;
  /** 16 bit linear, 8 kHz, if asked for. */
  wave: { rateHz: number; samples: Int16Array } | null;
}

/** The stretches of tone in a recording, each measured over the whole of it. */
export interface SteadyTones extends RecordedChannels {
  tones: SteadyTone[];
  durationMs: number;
}

/** A stretch of tone, edges to about 5 ms. */
export interface SteadyTone extends ToneLines {
  startMs: number;
  endMs: number;
  dbm0: number;
  /** Both halves have the same frequency: a vowel glides, a tone does not. */
  steady: boolean;
}

/** The frequencies of a tone: a pair 20 Hz apart is told from one tone where the tone lasts 0.2 s. */
export interface ToneLines {
  /** In Hz, rising; none of a stretch below 50 ms. Of a modulated tone its carrier. */
  hz: number[];
  modulationHz: number | null;
  /** Share of the power that the lines have, 0 to 1: 0.94 in noise 12 dB below. */
  share: number;
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
