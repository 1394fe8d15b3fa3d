import type { Board, BoardEvent, ChannelState, TransferStyle } from '../board/board.ts';
import type { CallLimits } from '../domain/call-limits.ts';
import type { CallPhase } from '../domain/call/call-state.ts';
import type { DialPlan } from '../domain/dial-plan.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CalledParty, HeardEvidence, Lesson } from '../domain/recording-lesson.ts';
import type { Cpa, DetectionMode } from '../domain/result.ts';
import type { Journal } from '../journal/journal.ts';
import type { LinkClient } from '../link/client.ts';
import type { Sleep } from '../link/backoff.ts';
import type { ClosedNumbers } from './intake/trunk-numbers.ts';

/** What the dialler does with numbers, tones and hand-offs; the daemon fills it from its configuration. */
export interface DialerConfig {
  dialPlan: DialPlan;
  /** Emergency and premium-rate numbers stay closed; for no country in particular when absent. */
  closed?: ClosedNumbers;
  /** What is never exceeded, whatever OCS asks; the usual limits when absent. */
  limits?: CallLimits;
  /** Extensions that live calls and engaged legs may go to; regular expressions. The usual ones when absent. */
  extensions?: readonly string[];
  /** Tone plan of a request that names none. */
  plan: string;
  /** Tone plans of the board; a request that names another is refused. Left to the board when absent. */
  plans?: readonly string[];
  /** How the detector is set where a request does not say; as its mode says when absent. */
  detection?: DetectionSettings;
  transferStyle: TransferStyle;
  /** Announcement name to WAV file. */
  announcements: Readonly<Record<string, string>>;
  /** Most requests taken in one pull; the free channels limit it anyway. */
  maxPull: number;
  /** Longest long poll asked for, in ms. */
  pullWaitMs: number;
  /** Channels the pull leaves alone, for engaged legs and test calls. */
  reservedChannels: number;
  /** Gives a call that is to be recorded the file for it; no call is recorded when absent. */
  recordFile?: (call: { attemptId: string; number: string }) => string | undefined;
  /** The recording of an attempt as µ-law at 8 000 Hz; null when there is none. No call is recorded when absent. */
  soundOf?: (attemptId: string) => Promise<Uint8Array | null>;
  /** None when absent. */
  knownRecordings?: KnownRecordingsUse;
  /** Numbers in logs in full. Off unless an operator asks for it. */
  showNumbers: boolean;
}

/** Recordings that the detector knows. */
export interface KnownRecordingsUse {
  /** Absolute path; the board reads it, and reads it again when another file is in its place. */
  file: string;
  /** Nothing is learnt when absent. Its functions must not throw. */
  learning?: RecordingLearning;
}

export interface RecordingLearning {
  /** A call has ended. @param lesson what it says about recordings */
  ended(call: HeardCall, lesson: Lesson | null): void;
  /** Somebody who heard the call says who answered. */
  told(attemptId: string, was: CalledParty): void;
}

export interface HeardCall {
  attemptId: string;
  /** As it was asked for, not masked. */
  number: string;
  /** What was heard, as the board told it with the beep; null where no beep came. */
  prints: Uint32Array | null;
  /** Null where nothing was made of it. */
  evidence: HeardEvidence | null;
}

export interface DetectionSettings {
  /** Largest share of live people that may be taken for machines. */
  maxHumanLoss?: number;
  /** Log odds added to the score of a machine, found by `cpdctl calibrate`. */
  scoreOffset?: number;
}

export interface DialerOptions {
  /** Open; the daemon closes it after `stop`. The dialler is its one listener. */
  board: Board;
  /** Open; the daemon closes it after `stop`. */
  journal: Journal;
  link: LinkClient;
  config: DialerConfig;
  log: Log;
  observer?: DialerObserver;
  /** Pauses of the link in wall-clock time; `wallSleep` when absent. */
  sleep?: Sleep;
}

/** The dialler of one board: `createDialer(options)` in dialer.ts. */
export interface Dialer {
  /** Settles what a crash left open, then begins to pull. Twice is harmless. */
  start(): void;
  /**
   * No new requests; what is not dialled is handed back; calls go on to their end. Resolves when the last call
   * ended and its reports were written to the journal and acknowledged, or `stop` was called.
   */
  drain(): Promise<void>;
  /** Drops every call now (second SIGTERM). `drain` then resolves soon. */
  hangup(): void;
  /**
   * Drains no longer: drops calls, tries to write and deliver reports for `flushMs` (default 2 000), ends all loops.
   * Reports that could not even be written to the journal are told in the log: they are lost.
   */
  stop(flushMs?: number): Promise<void>;
  /** Dials a number for an engineer: no OCS, no journal, no agent; dropped `holdMs` after the verdict. */
  testCall(number: string, options: TestCallOptions, onEvent: (event: TestCallEvent) => void): TestCall;
  calls(): CallSnapshot[];
  channels(): ChannelSnapshot[];
  status(): DialerStatus;
}

export interface TestCallOptions {
  mode: DetectionMode;
  plan?: string;
  /** A free channel is chosen when absent. */
  channel?: number;
  ringTimeoutMs?: number;
  cpdTimeoutMs?: number;
  maxHumanLoss?: number;
  /** Who analyses the call's progress; as the line's configuration says when absent. */
  cpa?: Cpa;
  /** Records what the detector hears in this file. */
  recordFile?: string;
  /** How long to listen on after the verdict; 0 when absent. */
  holdMs?: number;
}

export type TestCallEvent =
  | { kind: 'board'; event: BoardEvent }
  | { kind: 'phase'; from: CallPhase; to: CallPhase; atMs: number }
  | { kind: 'end'; outcome: Outcome | null; handBack: string | null };

export interface TestCall {
  channel: number;
  hangup(): void;
  /** The outcome; null when nothing was dialled. */
  done: Promise<Outcome | null>;
}

export interface CallSnapshot {
  attemptId: string;
  campaign: string;
  /** Masked unless `showNumbers`. */
  number: string;
  phase: CallPhase;
  channel: number | null;
  agentId: string | null;
  /** Board ms since the request was taken, and since the present phase began. */
  ageMs: number;
  phaseAgeMs: number;
  test: boolean;
}

export type ChannelUse = 'idle' | 'call' | 'leg' | 'out_of_service';

export interface ChannelSnapshot extends ChannelState {
  use: ChannelUse;
  /** Attempt or engagement that owns it. */
  owner: string | null;
  /** Why the dialler does not use it. */
  outOfServiceReason: string | null;
  /** Faults in a row. */
  faults: number;
}

export interface DialerStatus {
  mode: 'new' | 'running' | 'draining' | 'stopped';
  link: 'up' | 'down';
  /** Code of what the last poll of OCS failed with; null after one that did not fail. */
  linkFault: ErrorCode | null;
  journal: 'ok' | 'failed';
  board: 'ok' | 'dead';
  calls: number;
  channels: { idle: number; busy: number; outOfService: number };
  /** Reports that OCS has not acknowledged. */
  unacknowledged: number;
  /** Events that came for calls already over. */
  lateEvents: number;
  /** Requests and legs refused since the start, by code. */
  refused: Partial<Record<ErrorCode, number>>;
}

/** What metrics want to know; each is called in the turn in which it happens. */
export interface DialerObserver {
  moved?(move: { from: CallPhase; to: CallPhase; campaign: string; test: boolean }): void;
  ended?(end: CallEnd): void;
  channel?(change: { channel: number; from: ChannelUse; to: ChannelUse; reason: string | null }): void;
  link?(state: 'up' | 'down'): void;
  /** Board events lost before JavaScript took them. */
  overflow?(count: number): void;
  alarm?(alarm: { span: number; alarm: string; on: boolean }): void;
  boardDead?(reason: string): void;
  journalFailed?(): void;
  /** A request or an agent leg was refused, by the code of the refusal. */
  refused?(code: ErrorCode): void;
  /** A request was taken whose announcement is not configured. */
  unknownAnnouncement?(name: string): void;
}

export interface CallEnd {
  attemptId: string;
  campaign: string;
  /** Masked unless `showNumbers`. */
  number: string;
  test: boolean;
  outcome: Outcome | null;
  handBack: string | null;
  /** Answer to verdict, in board ms. */
  answerToVerdictMs: number | null;
  /** End of the greeting (the verdict if later) to the agent, in board ms. */
  waitForAgentMs: number | null;
}
