import type { SitCategory, Evidence, Segment, Verdict } from '../domain/outcome.ts';
import type { CheckedNumber } from '../domain/number.ts';
import type { Cpa, DetectionMode } from '../domain/result.ts';
import type { HeardTone } from '../domain/tone.ts';

/**
 * The Board port: one telephony board, or several seen as one, simulated or real. The native adapter and
 * its C++ twin (`native/board/board.h`) have the same names in the same order.
 *
 * A command is checked and accepted at once, or throws a CodedError (UNKNOWN_CHANNEL, CHANNEL_BUSY,
 * CHANNEL_OUT_OF_SERVICE, ILLEGAL_STATE, BAD_ARGUMENT, BOARD_DEAD, NOT_SUPPORTED); its completion comes as
 * an event, never before the command returned. Events carry the call reference that the command carried,
 * so that an event of a former call on the same channel is recognised.
 */
export interface Board extends BoardClock {
  /** Boards, spans and channels. Known once open. */
  inventory(): BoardInventory;
  /** Takes an idle channel for a call: off hook or a line reserved. Ends with `seized` or `failed`. */
  seize(channel: number, ref: CallRef): void;
  /**
   * Dials on a seized channel and listens. Ends with `disconnected`, or goes on after `answered` until the
   * call is dropped. `verdict` comes once; `observation`s before and after it.
   */
  dial(channel: number, ref: CallRef, number: CheckedNumber, parameters: DialParameters): void;
  /**
   * Listens anew to an answered call from its next frame, as if it had been answered there: its far end put
   * somebody else on the line. Deadlines count from here; `verdict` comes once more.
   */
  rearm(channel: number, ref: CallRef): void;
  /** Moves an answered call to an extension of the switch. Ends with `transferred` or `failed`. */
  transfer(channel: number, ref: CallRef, extension: string, style: TransferStyle): void;
  /** Joins the audio of two answered calls; takes effect within one frame. Ends with `joined`. */
  join(channel: number, ref: CallRef, otherChannel: number): void;
  /** Parts a joined channel from its peer; both calls stay up. Ends with `parted`. */
  part(channel: number, ref: CallRef): void;
  /** Plays a WAV file to the far end. Ends with `played`. */
  play(channel: number, ref: CallRef, file: string): void;
  stopPlay(channel: number, ref: CallRef): void;
  /** Collects DTMF until `count` digits, the terminator, or the time limit. Ends with `digits`. */
  collectDigits(channel: number, ref: CallRef, limits: DigitLimits): void;
  /** Ends the call, whatever its state. Ends with `released`; the channel is idle then. */
  drop(channel: number, ref: CallRef): void;
  /** Brings a channel back to idle by force. Ends with `reset` or `failed`. */
  reset(channel: number): void;
  /** Takes a channel out of service, or back into it. */
  setInService(channel: number, inService: boolean): void;
  /** Whether a `score` comes with each score that the detector of the channel makes anew. Off at open. */
  tellScores(channel: number, on: boolean): void;
  /** State of each channel now, for diagnostics. */
  channels(): ChannelState[];
  /**
   * What the board knows of itself for an engineer, as JSON; null where it has nothing to say. `channel` 0, the
   * default: all of them. Telephone numbers in it are masked.
   */
  report(topic: DiagnosticTopic, channel?: number): Promise<unknown>;
  /**
   * Wraps each delivery to the listener and to timers, of one event or of many: what they do in one turn of the event
   * loop can be done together. At most one wrapper.
   */
  onTurn(around: (deliver: () => void) => void): void;
  /** One listener; it is called in order, one event at a time. */
  onEvent(listener: (event: BoardEvent) => void): void;
  /** Closes the board: calls are dropped, no event comes after the promise resolves. Twice is harmless. */
  close(): Promise<void>;
}

/** Board time in ms since open. Simulated boards run it faster or step by step. */
export interface BoardClock {
  now(): number;
  /** Calls `fn` once when board time has moved on by `ms`; the returned function cancels. */
  after(ms: number, fn: () => void): () => void;
}

/** Names one call on a channel; unique within a board's life; never 0. */
export type CallRef = number;

/** See `native/board/diagnostics.h`. */
export const diagnosticTopics = [
  /** Libraries, boards, spans and channels: family, network, encoding, versions. */
  'inventory',
  /** The vendor's states beside ours, and the watchdog that runs. */
  'channels',
  /** Live alarms by span, and counted since open. */
  'alarms',
  /** The vendor's numbers and names of the last calls, our own verdict beside them. */
  'cpa',
  /** The last events and calls of the vendor's library, with names. */
  'trace',
  /** Who listens to whom. */
  'routes',
  /** What was found at the start: symbols, layouts, devices. */
  'self_check',
] as const;
export type DiagnosticTopic = (typeof diagnosticTopics)[number];

export type TrunkKind = 'analog' | 'isdn' | 'sip';
export type TransferStyle = 'blind' | 'consult' | 'bridge';

export interface BoardInventory {
  driver: string;
  name: string;
  /** `cpa`: what a call on the span's lines may ask for. */
  spans: { span: number; kind: TrunkKind; channels: number[]; cpa: Cpa[] }[];
}

export interface DialParameters {
  /** Name of a tone plan known to the board. */
  plan: string;
  mode: DetectionMode;
  ringTimeoutMs: number;
  /** Verdict deadline, counted from answer in media time. */
  cpdTimeoutMs: number;
  callerId?: CheckedNumber;
  /** Set for an agent's engaged leg: no detection, `answered` is all that is wanted. */
  noDetection?: boolean;
  /** Who analyses the call's progress, one of the span's `cpa`; as the line's configuration says when absent. */
  cpa?: Cpa;
  /** Largest share of people one may lose, 0 to 1; as the mode says when absent or 0. */
  maxHumanLoss?: number;
  /** Added to the log odds of a machine: what a calibration found. 0 when absent. */
  scoreOffset?: number;
  /** What the detector hears goes into this file, which must not exist; for `cpdctl replay`. */
  recordFile?: string;
  /** File of known recordings; none when absent. */
  recordings?: string;
  /** Those that were learnt are named in the evidence and decide nothing. */
  checkLearnt?: boolean;
  /** What OCS calls the attempt; an agent’s telephone can be told of it. */
  attemptId?: string;
}

export interface DigitLimits {
  count: number;
  terminator?: string;
  timeoutMs: number;
}

export interface ChannelState {
  channel: number;
  span: number;
  kind: TrunkKind;
  state: 'idle' | 'seized' | 'dialling' | 'ringing' | 'answered' | 'dropping' | 'out_of_service';
  /** Why it is out of service. */
  reason: string | null;
  ref: CallRef;
  lastEvent: string | null;
  lastEventAt: number | null;
}

export type Observation =
  | { kind: 'segment'; segment: Segment }
  | {
      kind: 'tone';
      tone: HeardTone;
      /** Another tone with the same sound: none or one. */
      ambiguousWith: HeardTone[];
      startMs: number;
      endMs: number | null;
      hz: number[];
    }
  | { kind: 'speech_start'; atMs: number }
  | { kind: 'speech_end'; atMs: number }
  | { kind: 'greeting_end'; atMs: number }
  | { kind: 'beep'; startMs: number; endMs: number; hz: number }
  /** The verdict turned out wrong later: a person took over, or a machine was taken for a person. */
  | { kind: 'correction'; verdict: Verdict; atMs: number; confidence: number };

export type AlarmKind = 'red' | 'blue' | 'yellow' | 'layer2' | 'no_loop_current';

/** Why a command failed after it had been accepted. */
export type FailureReason =
  | 'no_dial_tone'
  | 'glare'
  | 'dial_failed'
  | 'no_loop_current'
  | 'transfer_refused'
  | 'transfer_busy'
  | 'transfer_no_answer'
  | 'not_supported'
  | 'hardware';

/** An event of the board; `at` is board time, `ref` the call it belongs to (0: none). */
export type BoardEvent = { channel: number; ref: CallRef; at: number } & (
  | { type: 'seized' }
  | { type: 'dialled' }
  | { type: 'proceeding' }
  | { type: 'ringing'; by: 'signal' | 'audio' }
  | { type: 'answered'; by: 'signal' | 'audio' }
  /**
   * `prints`: with a beep, what was heard before it, where recordings are known or learnt. `recording`: name of the
   * known one that was heard by then, absent if none was.
   */
  | { type: 'observation'; observation: Observation; prints?: Uint32Array; recording?: string }
  | { type: 'verdict'; verdict: Verdict; sit: SitCategory | null; confidence: number; evidence: Evidence }
  /** Before the verdict, of a channel whose scores are told; `atMs` since dialling. A machine from, a person below. */
  | { type: 'score'; atMs: number; machineLogOdds: number; machineFrom: number; liveBelow: number }
  /** The far end or the network released; `cause` is Q.850 when the trunk has one. */
  | { type: 'disconnected'; cause: number | null }
  | { type: 'no_answer' }
  | { type: 'transferred' }
  | { type: 'joined'; other: number }
  | { type: 'parted' }
  | { type: 'played'; completed: boolean }
  | { type: 'digits'; digits: string; reason: 'count' | 'terminator' | 'timeout' }
  | { type: 'released' }
  | { type: 'reset' }
  | { type: 'failed'; command: string; reason: FailureReason }
  /** An alarm on a span came or went; `channel` is the first of the span. */
  | { type: 'alarm'; span: number; alarm: AlarmKind; on: boolean }
  | { type: 'out_of_service'; reason: string }
  | { type: 'in_service' }
  /** Events were dropped because JavaScript did not take them in time; `count` since the last one. */
  | { type: 'overflow'; count: number }
  /** The board is gone: nothing more comes. */
  | { type: 'dead'; reason: string }
);
