import {
  checkMove,
  type CallEffect,
  type CallPhase,
  type CallSettings,
  type CallState,
  type CallStep,
  type Ending,
} from './call-state.ts';
import type { Evidence, MilestoneName, Outcome } from '../outcome.ts';
import type { CallRequest } from '../request.ts';
import { callResult, type CallResult } from '../result.ts';

/**
 * One turn of a call: a copy of its state that its neighbours change, and the effects gathered on the
 * way. Here is what holds in every turn: moves, watchdogs, milestones, the end.
 */
export interface Turn {
  readonly at: number;
  readonly s: { -readonly [K in keyof CallState]: CallState[K] };
  readonly effects: CallEffect[];
}

/** Margin of the verdict's watchdog over the detector's own deadline, in ms. */
export const verdictMarginMs = 250;

/** A message for a machine is not longer; ms. */
export const longestMessageMs = 180_000;

/** Who speaks into a message is listened to at least so long: a person is told from a machine by then. Ms. */
export const interruptionMs = 4_000;

/** A key counts so long after the end of the announcement; ms. */
export const keyMs = 5_000;

/**
 * How long a phase may last before its expected event counts as lost; null: it ends by other means.
 * Ringing is limited by the board; the margins cover set-up through slow networks (about 20 s for the slowest
 * international routes) and the board's own work. A consult transfer may ring at an agent's desk.
 */
function watchdogMs(
  phase: CallPhase,
  { request, settings, extension, messageDeadline, phaseSince }: CallState,
): number | null {
  switch (phase) {
    case 'queued':
    case 'seizing':
    case 'resetting':
      return 10_000;
    case 'dialling':
      return request.ringTimeoutMs + 20_000;
    case 'alerting':
      return request.ringTimeoutMs + 5_000;
    case 'answered':
      return request.cpdTimeoutMs + verdictMarginMs;
    case 'transferring':
      return 45_000;
    case 'joining':
      return 2_000;
    case 'connected':
      // Joined and bridged calls last as long as people talk, within the dialler's limit.
      return settings.bridgedTransfer || extension === null ? settings.longestCallMs : 10_000;
    case 'awaiting_beep':
      return Math.max((messageDeadline ?? phaseSince) - phaseSince, interruptionMs);
    case 'leaving_message':
      return longestMessageMs;
    case 'announcing':
      return 90_000;
    case 'awaiting_key':
      return keyMs;
    case 'confirming_opt_out':
      return 30_000;
    case 'dropping':
      return 8_000;
    case 'awaiting_agent':
    case 'ended':
      return null;
  }
}

/** A call that was just taken. */
export function newCall(request: CallRequest, settings: CallSettings, at: number): CallStep {
  const state: CallState = {
    phase: 'queued',
    request,
    settings,
    takenAt: at,
    phaseSince: at,
    channel: null,
    dialledAt: null,
    verdictAt: null,
    milestones: {},
    result: null,
    evidence: null,
    cause: null,
    unobtainableTone: false,
    answerSignalled: true,
    ringbackOverMs: null,
    lastSoundMs: null,
    speech: null,
    beep: null,
    messageDeadline: null,
    messageStarts: 0,
    messageSpoiled: false,
    playing: null,
    playNext: null,
    collecting: false,
    agentKeys: 0,
    alarm: null,
    agentId: null,
    extension: null,
    agentWantedAt: null,
    agentDeadline: null,
    agentTimeUp: false,
    transferTries: 0,
    failedAgents: [],
    ending: null,
    channelReason: null,
    lateEvents: 0,
  };
  const turn = openTurn(state, at);
  mark(turn, 'queued', at);
  startWatchdog(turn);
  return { state: turn.s, effects: turn.effects };
}

export function openTurn(state: CallState, at: number): Turn {
  return { at, s: { ...state }, effects: [] };
}

/** Moves the call on; each phase's watchdog goes with it. */
export function enter(turn: Turn, to: CallPhase): void {
  const { s, effects } = turn;
  const from = s.phase;
  checkMove(from, to);
  effects.push({ kind: 'moved', from, to });
  if (watchdogMs(from, s) !== null) effects.push({ kind: 'cancel_timer', name: from });
  const waits = from === 'awaiting_agent' || from === 'joining' || from === 'connected';
  if (waits && (to === 'announcing' || to === 'dropping' || to === 'ended') && !isTest(s)) {
    effects.push({ kind: 'release_agent' });
  }
  if (from === 'awaiting_beep') effects.push({ kind: 'cancel_timer', name: 'quiet' });
  if (s.agentDeadline !== null && to !== 'awaiting_agent' && to !== 'transferring' && to !== 'joining') {
    s.agentDeadline = null;
    effects.push({ kind: 'cancel_timer', name: 'agent' });
  }
  s.phase = to;
  s.phaseSince = turn.at;
  startWatchdog(turn);
}

function startWatchdog({ s, effects }: Turn): void {
  const ms = watchdogMs(s.phase, s);
  if (ms !== null) effects.push({ kind: 'start_timer', name: s.phase, ms });
}

/** Notes a milestone the first time it comes. @param boardMs when it was */
export function mark({ s, effects }: Turn, name: MilestoneName, boardMs: number): void {
  if (s.milestones[name] !== undefined) return;
  const atMs = Math.max(0, boardMs - s.takenAt);
  s.milestones = { ...s.milestones, [name]: atMs };
  effects.push({ kind: 'report', report: { kind: 'milestone', name, atMs } });
}

/** Settles what was heard, and says so at once. */
export function settle({ s, effects }: Turn, result: CallResult, evidence: Evidence): void {
  s.result = result;
  s.evidence = evidence;
  effects.push({ kind: 'report', report: { kind: 'result', result, evidence } });
}

/** What is known so far, decided by something other than the detector. */
export function ruleEvidence({ s, at }: Turn, rule: string): Evidence {
  const heard: Evidence = s.evidence ?? {
    rule,
    confidence: 0,
    verdict: null,
    sit: null,
    decidedMs: null,
    answerMs: sinceDial(s, s.milestones.answered),
    speechStartMs: sinceDial(s, s.milestones.greetingStart),
    greetingEndMs: sinceDial(s, s.milestones.greetingEnd),
    beepMs: null,
    segments: [],
    scores: {},
    cause: null,
  };
  const decidedMs = s.dialledAt === null ? null : at - s.dialledAt;
  return { ...heard, rule, decidedMs, cause: s.cause };
}

function sinceDial(s: CallState, milestone: number | undefined): number | null {
  return milestone === undefined || s.dialledAt === null ? null : milestone + s.takenAt - s.dialledAt;
}

/** The call has a channel, and its number has not gone to the board. */
export function isUndialled({ phase, dialledAt }: Pick<CallState, 'phase' | 'dialledAt'>): boolean {
  return phase === 'seizing' || (phase === 'dialling' && dialledAt === null);
}

/** An engineer's call: nobody waits for an agent in it. */
export function isTest({ request }: Pick<CallState, 'request'>): boolean {
  return request.handoff.kind === 'test';
}

/** Somebody is on the line, or in doubt is, and an agent is owed to them. */
export function isOwedAnAgent(s: Pick<CallState, 'request' | 'result'>): boolean {
  return s.result === callResult.Answer && !isTest(s);
}

/** Releases the line; the first reason stands. */
export function drop(turn: Turn, ending: Ending): void {
  turn.s.ending ??= ending;
  enter(turn, 'dropping');
  turn.effects.push({ kind: 'drop' });
}

/** The last move: one outcome or hand-back, then the channel. After it, silence. */
export function end(turn: Turn, channel: 'kept' | 'lost'): void {
  const { s, effects } = turn;
  if (s.milestones.seized !== undefined) mark(turn, 'released', turn.at);
  enter(turn, 'ended');
  const ending = s.ending ?? { kind: 'outcome', status: 'dropped', reason: 'unexplained' };
  effects.push({
    kind: 'report',
    report:
      ending.kind === 'hand_back'
        ? { kind: 'hand_back', reason: ending.reason }
        : { kind: 'outcome', outcome: outcomeOf(s, ending) },
  });
  if (s.channel !== null) {
    const condition = channel === 'lost' ? 'lost' : s.channelReason === null ? 'good' : 'suspect';
    effects.push({ kind: 'free_channel', condition, reason: s.channelReason });
  }
}

function outcomeOf(s: CallState, ending: Extract<Ending, { kind: 'outcome' }>): Outcome {
  return {
    result: s.result ?? (s.dialledAt === null ? callResult.Ok : callResult.Unknown),
    status: ending.status,
    reason: ending.reason,
    evidence: s.evidence,
    milestones: s.milestones,
    channel: s.channel,
    agentId: s.agentId,
  };
}

export function outcome(
  status: Extract<Ending, { kind: 'outcome' }>['status'],
  reason: string | null,
): Ending {
  return { kind: 'outcome', status, reason };
}

export function handBack(reason: string): Ending {
  return { kind: 'hand_back', reason };
}
