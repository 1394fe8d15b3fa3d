import { CodedError } from './errors.ts';

/**
 * An agent's leg for engaged hand-off (ASM): it is dialled once, stays up, and is joined with one call after
 * another. Like the call, a pure step function: state and event in, state and effects out.
 */
export const legPhases = [
  'seizing',
  'dialling',
  /** Up; nobody has it. */
  'idle',
  /** A call has it. */
  'taken',
  /** Its call is over; the board parts the two. */
  'parting',
  'dropping',
  /** The release did not come: the channel is brought back by force. */
  'resetting',
  /** Over: nothing more is done with it. */
  'ended',
] as const;
export type LegPhase = (typeof legPhases)[number];

/** The one door into a phase. A dead board or a lost channel ends a leg from anywhere. */
export const legMoves: Record<LegPhase, readonly LegPhase[]> = {
  seizing: ['dialling', 'dropping', 'ended'],
  dialling: ['idle', 'dropping', 'ended'],
  idle: ['taken', 'dropping', 'ended'],
  taken: ['parting', 'dropping', 'ended'],
  parting: ['idle', 'dropping', 'ended'],
  dropping: ['resetting', 'ended'],
  resetting: ['ended'],
  ended: [],
};

/** What happens to a leg; a board event of the same shape fits. */
export type LegEvent =
  | { type: 'seized' }
  | { type: 'answered' }
  | { type: 'parted' }
  | { type: 'no_answer' }
  | { type: 'disconnected'; cause: number | null }
  | { type: 'released' }
  | { type: 'reset' }
  | { type: 'failed'; reason: string }
  | { type: 'out_of_service'; reason: string }
  | { type: 'dead'; reason: string }
  /** The board did not take a command. */
  | { type: 'refused'; command: LegCommand }
  | { type: 'timer'; phase: LegPhase }
  /** A call takes the leg. */
  | { type: 'take'; attemptId: string }
  /** The call does not want it any more. */
  | { type: 'give_back' }
  /** Let go once its present call has ended. */
  | { type: 'disengage' }
  /** The OCS that asked for it does not know it any more. */
  | { type: 'forgotten' }
  /** OCS asks for it again under another id. */
  | { type: 'adopted'; engagementId: string }
  /** OCS asks for it again under the same id: a report of ours was lost. */
  | { type: 'asked_again' }
  /** Ends now. */
  | { type: 'shutdown' };

export type LegCommand = 'seize' | 'dial' | 'part' | 'drop' | 'reset';

/** What is to be done, in this order. */
export type LegEffect =
  | { kind: LegCommand }
  | { kind: 'start_timer'; phase: LegPhase; ms: number }
  | { kind: 'cancel_timer' }
  /** Nobody has the leg: a call that waits may take it. */
  | { kind: 'offer' }
  /** The leg is the call's. */
  | { kind: 'give'; attemptId: string }
  /** The leg went away while it was the call's. */
  | { kind: 'take_away'; attemptId: string }
  | { kind: 'report'; state: 'up' | 'failed' | 'released'; reason: string | null }
  /** The last effect: the channel is the pool's again. */
  | { kind: 'free_channel'; condition: 'good' | 'suspect' | 'lost'; reason: string | null };

export interface LegState {
  readonly phase: LegPhase;
  readonly engagementId: string;
  readonly group: string;
  readonly agentId: string;
  readonly extension: string;
  /** The call that has it. */
  readonly attemptId: string | null;
  /** To be dropped when its call ended. */
  readonly leaving: boolean;
  /** OCS does not know of it. */
  readonly forgotten: boolean;
  readonly wasUp: boolean;
  /** Board ms; the agent who waited longest comes first. */
  readonly idleSince: number;
  /** Why it ends; the first reason stands. */
  readonly reason: string | null;
}

export interface LegStep {
  state: LegState;
  effects: LegEffect[];
}

/** Board ms before an expected event of a leg counts as lost; null: it ends by other means. */
const watchdogMs: Record<LegPhase, number | null> = {
  seizing: 10_000,
  dialling: 60_000,
  idle: null,
  taken: null,
  parting: 1_000,
  dropping: 8_000,
  resetting: 10_000,
  ended: null,
};

/** A leg whose channel was just taken. */
export function newLeg(
  engagement: Pick<LegState, 'engagementId' | 'group' | 'agentId' | 'extension'>,
): LegStep {
  const { engagementId, group, agentId, extension } = engagement;
  const state: LegState = {
    phase: 'seizing',
    engagementId,
    group,
    agentId,
    extension,
    attemptId: null,
    leaving: false,
    forgotten: false,
    wasUp: false,
    idleSince: 0,
    reason: null,
  };
  const ms = watchdogMs.seizing ?? 0;
  return { state, effects: [{ kind: 'start_timer', phase: 'seizing', ms }, { kind: 'seize' }] };
}

/** Up or on its way there: a call may have it, or OCS may take it over. */
export function isWanted(state: LegState): boolean {
  return !state.leaving && !isLettingGo(state);
}

/** The telephone was hung up, or is being. */
export function isLettingGo({ phase }: LegState): boolean {
  return phase === 'dropping' || phase === 'resetting' || phase === 'ended';
}

interface Turn {
  readonly at: number;
  readonly s: { -readonly [K in keyof LegState]: LegState[K] };
  readonly effects: LegEffect[];
}

/**
 * One event in, the next state and what is to be done out. Every event may come in every phase: one that means
 * nothing there changes nothing, and after the end nothing does.
 *
 * @param at board ms
 */
export function stepLeg(state: LegState, event: LegEvent, at: number): LegStep {
  const turn: Turn = { at, s: { ...state }, effects: [] };
  if (state.phase !== 'ended') take(turn, event);
  return { state: turn.s, effects: turn.effects };
}

function take(turn: Turn, event: LegEvent): void {
  const { s } = turn;
  const settingUp = s.phase === 'seizing' || s.phase === 'dialling';
  const ending = s.phase === 'dropping' || s.phase === 'resetting';
  switch (event.type) {
    case 'seized':
      if (s.phase !== 'seizing') return;
      enter(turn, 'dialling');
      turn.effects.push({ kind: 'dial' });
      return;
    case 'answered':
      if (s.phase !== 'dialling') return;
      s.wasUp = true;
      tellUp(turn);
      rest(turn);
      return;
    case 'parted':
      if (s.phase === 'parting') rest(turn);
      return;
    case 'no_answer':
      if (settingUp) drop(turn, 'no_answer');
      return;
    case 'disconnected':
      if (!ending) drop(turn, event.cause === null ? 'disconnected' : `cause_${event.cause}`);
      return;
    case 'released':
      end(turn, 'good');
      return;
    case 'reset':
      if (s.phase === 'resetting') end(turn, 'suspect');
      return;
    case 'failed':
      if (settingUp) drop(turn, event.reason);
      else if (ending) expire(turn);
      return;
    case 'out_of_service':
    case 'dead':
      s.reason ??= event.reason;
      end(turn, 'lost');
      return;
    case 'refused':
      refused(turn, event.command);
      return;
    case 'timer':
      if (event.phase === s.phase) expire(turn);
      return;
    case 'take':
      if (s.phase !== 'idle') return;
      enter(turn, 'taken');
      s.attemptId = event.attemptId;
      turn.effects.push({ kind: 'give', attemptId: event.attemptId });
      return;
    case 'give_back':
      if (s.phase !== 'taken') return;
      s.attemptId = null;
      enter(turn, 'parting');
      turn.effects.push({ kind: 'part' });
      return;
    case 'disengage':
      s.leaving = true;
      if (settingUp || s.phase === 'idle') drop(turn, 'disengaged');
      return;
    case 'forgotten':
      s.forgotten = true;
      return;
    case 'adopted':
      s.engagementId = event.engagementId;
      s.forgotten = false;
      tellUp(turn);
      return;
    case 'asked_again':
      // The end of one that is being hung up is told in a moment.
      if (ending) return;
      s.leaving = false;
      s.forgotten = false;
      tellUp(turn);
      return;
    case 'shutdown':
      if (!ending) drop(turn, 'shutdown');
      return;
  }
}

function enter({ s, effects }: Turn, to: LegPhase): void {
  if (!legMoves[s.phase].includes(to)) {
    throw new CodedError('ILLEGAL_STATE', `a leg cannot go from ${s.phase} to ${to}`, {
      field: 'phase',
      found: to,
      expected: legMoves[s.phase].join(', ') || 'nothing more',
    });
  }
  if (watchdogMs[s.phase] !== null) effects.push({ kind: 'cancel_timer' });
  s.phase = to;
  const ms = watchdogMs[to];
  if (ms !== null) effects.push({ kind: 'start_timer', phase: to, ms });
}

function tellUp({ s, effects }: Turn): void {
  if (s.wasUp) effects.push({ kind: 'report', state: 'up', reason: null });
}

/** Nobody has it: the next call may, unless it is to go. */
function rest(turn: Turn): void {
  if (turn.s.leaving) {
    drop(turn, 'disengaged');
    return;
  }
  enter(turn, 'idle');
  turn.s.idleSince = turn.at;
  turn.effects.push({ kind: 'offer' });
}

function takeAway({ s, effects }: Turn): void {
  if (s.attemptId !== null) effects.push({ kind: 'take_away', attemptId: s.attemptId });
  s.attemptId = null;
}

function drop(turn: Turn, reason: string): void {
  turn.s.reason ??= reason;
  enter(turn, 'dropping');
  takeAway(turn);
  turn.effects.push({ kind: 'drop' });
}

/** An expected event did not come. */
function expire(turn: Turn): void {
  const { s } = turn;
  if (s.phase === 'parting') rest(turn);
  else if (s.phase === 'dropping') {
    s.reason ??= 'no_release';
    enter(turn, 'resetting');
    turn.effects.push({ kind: 'reset' });
  } else if (s.phase === 'resetting') end(turn, 'lost');
  else if (s.phase === 'seizing' || s.phase === 'dialling') drop(turn, 'no_answer');
}

function refused(turn: Turn, command: LegCommand): void {
  const { s } = turn;
  if (command === 'seize' && s.phase === 'seizing') {
    s.reason = 'seize_refused';
    end(turn, 'suspect');
  } else if (command === 'dial' && s.phase === 'dialling') drop(turn, 'dial_failed');
  // A leg that was never joined, or whose peer is gone already, has nothing to part from.
  else if (command === 'part' && s.phase === 'parting') rest(turn);
  // A channel with nothing to drop is free already.
  else if (command === 'drop' && s.phase === 'dropping') end(turn, 'good');
  else if (command === 'reset' && s.phase === 'resetting') end(turn, 'lost');
}

function end(turn: Turn, condition: 'good' | 'suspect' | 'lost'): void {
  const { s, effects } = turn;
  enter(turn, 'ended');
  takeAway(turn);
  effects.push({ kind: 'report', state: s.wasUp ? 'released' : 'failed', reason: s.reason });
  const reason = condition === 'good' ? null : (s.reason ?? 'no_release');
  effects.push({ kind: 'free_channel', condition, reason });
}
