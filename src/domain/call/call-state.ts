import { CodedError } from '../errors.ts';
import type { Evidence, MilestoneName, Milestones, Outcome, SitCategory, Verdict } from '../outcome.ts';
import type { CallRequest } from '../request.ts';
import type { CallResult, CallStatus } from '../result.ts';

/**
 * The words of one call: phases and the moves between them, what comes in, what goes out. `step` in call.ts
 * turns them over. All times are ms of the board's clock.
 */
export const callPhases = [
  /** In the journal; waits for a channel. */
  'queued',
  /** Going off hook, or reserving a line. */
  'seizing',
  /** Digits are out; nothing came back yet. */
  'dialling',
  /** Ringback heard, or alerting signalled. */
  'alerting',
  /** Answered; the detector listens. */
  'answered',
  /** A live person (or a doubt) waits for an agent. In a test call: the engineer listens on. */
  'awaiting_agent',
  /** The switch moves the call to an extension. */
  'transferring',
  /** The board joins the call with an engaged leg. */
  'joining',
  /** With an agent. */
  'connected',
  /** A machine: its beep, or silence behind its greeting, is waited for. */
  'awaiting_beep',
  /** The message for the machine plays. */
  'leaving_message',
  /** No agent came, or none is to come: the announcement plays. */
  'announcing',
  /** The announcement is over: a key may still be pressed. */
  'awaiting_key',
  /** The person put the number on Do Not Call, and is told so. */
  'confirming_opt_out',
  /** Being released; how it ended is decided. */
  'dropping',
  /** The release did not come: the channel is brought back by force. */
  'resetting',
  /** Over: nothing more is done with it. */
  'ended',
] as const;
export type CallPhase = (typeof callPhases)[number];

/** The one door into a phase. A dead board or a lost channel ends a call from anywhere. */
export const callMoves: Record<CallPhase, readonly CallPhase[]> = {
  queued: ['seizing', 'ended'],
  seizing: ['dialling', 'dropping', 'resetting', 'ended'],
  dialling: ['alerting', 'answered', 'dropping', 'ended'],
  alerting: ['answered', 'dropping', 'ended'],
  answered: [
    'awaiting_agent',
    'transferring',
    'awaiting_beep',
    'leaving_message',
    'dropping',
    'announcing',
    'ended',
  ],
  awaiting_agent: [
    'transferring',
    'joining',
    'awaiting_beep',
    'leaving_message',
    'announcing',
    'dropping',
    'ended',
  ],
  transferring: ['awaiting_agent', 'connected', 'announcing', 'dropping', 'ended'],
  joining: ['awaiting_agent', 'connected', 'announcing', 'dropping', 'ended'],
  connected: ['dropping', 'ended'],
  awaiting_beep: ['leaving_message', 'awaiting_agent', 'announcing', 'dropping', 'ended'],
  leaving_message: ['awaiting_beep', 'awaiting_agent', 'announcing', 'dropping', 'ended'],
  announcing: ['awaiting_key', 'confirming_opt_out', 'awaiting_agent', 'dropping', 'ended'],
  awaiting_key: ['confirming_opt_out', 'awaiting_agent', 'dropping', 'ended'],
  confirming_opt_out: ['dropping', 'ended'],
  dropping: ['resetting', 'ended'],
  resetting: ['ended'],
  ended: [],
};

/** @throws CodedError ILLEGAL_STATE naming both phases */
export function checkMove(from: CallPhase, to: CallPhase): void {
  if (!callMoves[from].includes(to)) {
    throw new CodedError('ILLEGAL_STATE', `a call cannot go from ${from} to ${to}`, {
      field: 'phase',
      found: to,
      expected: callMoves[from].join(', ') || 'nothing more',
    });
  }
}

/**
 * A phase's watchdog carries the phase's name; `agent` is the time limit of the person's wait, `quiet` the silence behind
 * a machine's greeting.
 */
export type TimerName = CallPhase | 'agent' | 'quiet';

/** What happens to a call. */
export type CallSignal =
  | CallInput
  /** A channel was found. */
  | { type: 'start'; channel: number; answerSignalled: boolean }
  /** Its mark is in the journal: the number goes to the board now. */
  | { type: 'number_sent' }
  /** OCS named an agent. */
  | { type: 'agent'; agentId: string; extension: string }
  /** An engaged leg of the group is ours. */
  | { type: 'leg'; agentId: string; channel: number }
  /** The agent's leg went away. */
  | { type: 'leg_lost' }
  | { type: 'timer'; name: TimerName }
  /** OCS is gone, so no agent can be had: what is not answered yet ends, or is handed back. */
  | { type: 'no_agents' }
  /** OCS does not want the attempt any more. */
  | { type: 'cancel' }
  /** `drain`: what is not dialled goes back; `hangup`: everything ends now. */
  | { type: 'shutdown'; how: 'drain' | 'hangup' };

/** ... and when, in board ms. */
export type CallEvent = { at: number } & CallSignal;

/** What the board says, as far as a call cares; a board event of the same shape fits. */
export type CallInput =
  | { type: 'seized' }
  | { type: 'dialled' }
  | { type: 'proceeding' }
  | { type: 'ringing' }
  | { type: 'answered' }
  /** `recording`: name of the known recording that was heard by then. */
  | { type: 'heard'; heard: Heard; recording?: string }
  | { type: 'verdict'; verdict: Verdict; sit: SitCategory | null; confidence: number; evidence: Evidence }
  | { type: 'disconnected'; cause: number | null }
  | { type: 'no_answer' }
  | { type: 'transferred' }
  | { type: 'joined' }
  | { type: 'played'; completed: boolean }
  | { type: 'digits'; digits: string }
  | { type: 'released' }
  | { type: 'reset' }
  /** A command failed, at once or later; `reason` of the board, or the code of the error it threw. */
  | { type: 'failed'; command: string; reason: string }
  /** Null: the last one is over. */
  | { type: 'alarm'; alarm: string | null }
  | { type: 'out_of_service'; reason: string }
  | { type: 'dead'; reason: string };

/** What the detector heard besides its verdict; times in ms since dialling began. */
export type Heard =
  | { kind: 'number_unobtainable' }
  /** Ringback is there; or it has not come again for longer than its cadence, and was last heard at `atMs`. */
  | { kind: 'ringback' }
  | { kind: 'ringback_over'; atMs: number }
  /** Anything but silence began at `atMs`. */
  | { kind: 'sound'; atMs: number }
  | { kind: 'speech_start'; atMs: number }
  | { kind: 'speech_end'; atMs: number }
  | { kind: 'greeting_end'; atMs: number }
  | { kind: 'beep'; atMs: number; endMs: number }
  | { kind: 'correction'; verdict: Verdict; confidence: number; atMs: number };

/** What the dialler shall do, in this order. */
export type CallEffect =
  | { kind: 'seize' }
  /** Marked in the journal before the board hears of it. At most one in the life of a call. */
  | { kind: 'dial' }
  | { kind: 'transfer'; extension: string }
  | { kind: 'join'; channel: number }
  | { kind: 'play'; announcement: string }
  | { kind: 'stop_play' }
  /** One key of the person's telephone, waited for so long. */
  | { kind: 'collect_key'; ms: number }
  | { kind: 'drop' }
  | { kind: 'reset' }
  /** Ask OCS for an agent until one comes or the request is withdrawn. */
  | { kind: 'request_agent'; failed: readonly string[] }
  /** Take an idle leg of the group, or wait for one. */
  | { kind: 'request_leg'; group: string }
  /** The wish for an agent or a leg is over; a leg that was joined goes back to its group. */
  | { kind: 'release_agent' }
  | { kind: 'start_timer'; name: TimerName; ms: number }
  | { kind: 'cancel_timer'; name: TimerName }
  | { kind: 'moved'; from: CallPhase; to: CallPhase }
  | { kind: 'report'; report: CallReport }
  /** The channel is the pool's again; `lost`: it answers nothing any more. */
  | { kind: 'free_channel'; condition: 'good' | 'suspect' | 'lost'; reason: string | null };

/** What OCS shall know. `outcome` or `hand_back` comes exactly once and last. */
export type CallReport =
  | { kind: 'milestone'; name: MilestoneName; atMs: number }
  | { kind: 'result'; result: CallResult; evidence: Evidence | null }
  | { kind: 'connected'; agentId: string | null; extension: string | null }
  /** The person pressed the key that puts their number on Do Not Call. */
  | { kind: 'do_not_call'; key: string }
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'hand_back'; reason: string };

/** What a call must know of its dialler. */
export interface CallSettings {
  /** After a bridge the channel stays in the call; after the other styles it is free. */
  bridgedTransfer: boolean;
  /** A call that the board carries is ended after so long with an agent; ms. */
  longestCallMs: number;
}

/** How a call will end, once that is decided. Only what was never dialled can be handed back. */
export type Ending =
  { kind: 'outcome'; status: CallStatus; reason: string | null } | { kind: 'hand_back'; reason: string };

export interface CallState {
  readonly phase: CallPhase;
  readonly request: CallRequest;
  readonly settings: CallSettings;
  readonly takenAt: number;
  readonly phaseSince: number;
  readonly channel: number | null;
  /** Board time at which the number went to the board; null: never dialled. */
  readonly dialledAt: number | null;
  readonly verdictAt: number | null;
  readonly milestones: Milestones;
  /** What was heard so far. */
  readonly result: CallResult | null;
  readonly evidence: Evidence | null;
  readonly cause: number | null;
  readonly unobtainableTone: boolean;
  /** The trunk tells of an answer; if not, it is inferred from what is heard. */
  readonly answerSignalled: boolean;
  /** End of the ringback, if it stopped, and the last sound; ms since dialling. */
  readonly ringbackOverMs: number | null;
  readonly lastSoundMs: number | null;
  /** The last change between speech and silence, and the last beep; ms since dialling; null: none heard yet. */
  readonly speech: { on: boolean; atMs: number } | null;
  readonly beep: { atMs: number; endMs: number } | null;
  /** Board time after which no message is begun; null: none is to be left. */
  readonly messageDeadline: number | null;
  /** How often the message was begun, and whether somebody spoke or a beep came while it plays for the last time. */
  readonly messageStarts: number;
  readonly messageSpoiled: boolean;
  /** What plays, or is being stopped; what is to play then. */
  readonly playing: 'on' | 'stopping' | null;
  readonly playNext: string | null;
  /** The board waits for a key. */
  readonly collecting: boolean;
  /** How often the person asked for an agent by key. */
  readonly agentKeys: number;
  /** An alarm that came up on the span during the call, as long as it is there. */
  readonly alarm: string | null;
  readonly agentId: string | null;
  readonly extension: string | null;
  /** Board time from which the wait for an agent counts. */
  readonly agentWantedAt: number | null;
  /** Board time by which an agent must have been found; null: nobody waits. */
  readonly agentDeadline: number | null;
  readonly agentTimeUp: boolean;
  readonly transferTries: number;
  /** Agents whom the switch could not reach. */
  readonly failedAgents: readonly string[];
  readonly ending: Ending | null;
  /** What is wrong with the channel; null: nothing. */
  readonly channelReason: string | null;
  /** Events that came after the end. */
  readonly lateEvents: number;
}

export interface CallStep {
  state: CallState;
  effects: CallEffect[];
}
