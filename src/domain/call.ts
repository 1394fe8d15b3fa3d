import type { CallEvent, CallState, CallStep, Ending, Heard } from './call-state.ts';
import { correct, decide, doubt } from './call-verdict.ts';
import {
  drop,
  end,
  enter,
  handBack,
  mark,
  openTurn,
  outcome,
  ruleEvidence,
  settle,
  type Turn,
} from './call-turn.ts';
import { giveUp, join, limitWait, retryAgent, transfer } from './call-wait.ts';
import { resultOfCause } from './causes.ts';
import { callResult } from './result.ts';

export { newCall } from './call-turn.ts';

/**
 * The call: one event in, the next state and what is to be done out. Pure. Every event may come in every
 * phase: one that means nothing there changes nothing, and after the end they are only counted.
 */
export function step(state: CallState, event: CallEvent): CallStep {
  if (state.phase === 'ended') return { state: { ...state, lateEvents: state.lateEvents + 1 }, effects: [] };
  const turn = openTurn(state, event.at);
  take(turn, event);
  return { state: turn.s, effects: turn.effects };
}

function take(turn: Turn, event: CallEvent): void {
  const { s, at } = turn;
  switch (event.type) {
    case 'start':
      if (s.phase !== 'queued') return;
      s.channel = event.channel;
      s.answerSignalled = event.answerSignalled;
      enter(turn, 'seizing');
      turn.effects.push({ kind: 'seize' });
      return;
    case 'seized':
      if (s.phase !== 'seizing') return;
      mark(turn, 'seized', at);
      s.dialledAt = at;
      enter(turn, 'dialling');
      mark(turn, 'dialling', at);
      turn.effects.push({ kind: 'dial' });
      return;
    case 'dialled':
    case 'proceeding':
      return;
    case 'ringing':
      if (s.phase !== 'dialling') return;
      mark(turn, 'ringing', at);
      enter(turn, 'alerting');
      return;
    case 'answered':
      if (s.phase !== 'dialling' && s.phase !== 'alerting') return;
      mark(turn, 'answered', at);
      enter(turn, 'answered');
      return;
    case 'heard':
      hear(turn, event.heard);
      return;
    case 'verdict':
      decide(turn, event);
      return;
    case 'disconnected':
      s.cause = event.cause;
      if (s.phase === 'queued' || s.phase === 'dropping' || s.phase === 'resetting') return;
      lose(turn);
      drop(turn, outcome('released', null));
      return;
    case 'released':
      if (s.phase === 'queued') return;
      lose(turn);
      end(turn, 'kept');
      return;
    case 'no_answer':
      if (s.phase === 'dialling') unheard(turn, callResult.NoRingBack, 'ring-timeout', null);
      else if (s.phase === 'alerting') unheard(turn, callResult.NoAnswer, 'ring-timeout', null);
      return;
    case 'transferred':
      if (s.phase === 'transferring') connect(turn);
      return;
    case 'joined':
      if (s.phase === 'joining') connect(turn);
      return;
    case 'played':
      if (s.phase === 'announcing') drop(turn, outcome('abandoned', 'no_agent'));
      return;
    case 'reset':
      if (s.phase === 'resetting') end(turn, 'kept');
      return;
    case 'failed':
      fail(turn, event.command, event.reason);
      return;
    case 'agent':
      if (s.phase !== 'awaiting_agent' || s.request.handoff.kind !== 'agent') return;
      s.agentId = event.agentId;
      transfer(turn, event.extension);
      return;
    case 'leg':
      if (s.phase === 'awaiting_agent') join(turn, event.agentId, event.channel);
      else turn.effects.push({ kind: 'release_agent' });
      return;
    case 'leg_lost':
      if (s.phase === 'joining') retryAgent(turn, 'leg_lost');
      else if (s.phase === 'connected') drop(turn, outcome('transferred', null));
      return;
    case 'timer':
      expire(turn, event.name);
      return;
    case 'cancel':
      cancel(turn);
      return;
    case 'shutdown':
      if (event.how === 'hangup') hangup(turn, 'shutdown');
      else if (s.phase === 'queued' || s.phase === 'seizing') hangup(turn, 'drain');
      return;
    case 'alarm':
      s.alarm = event.alarm;
      if (s.phase === 'seizing') drop(turn, handBack(`alarm_${event.alarm}`));
      else if (s.phase === 'dialling' || s.phase === 'alerting') {
        unheard(turn, callResult.SwitchError, 'alarm', `alarm_${event.alarm}`);
      }
      return;
    case 'out_of_service':
      if (s.phase === 'queued') return;
      s.channelReason = event.reason;
      s.ending ??= abrupt(turn, 'out_of_service');
      end(turn, 'lost');
      return;
    case 'dead':
      s.channelReason = 'board_dead';
      s.ending ??= abrupt(turn, 'board_dead');
      end(turn, 'lost');
      return;
  }
}

function hear(turn: Turn, heard: Heard): void {
  const { s } = turn;
  switch (heard.kind) {
    case 'number_unobtainable':
      s.unobtainableTone = true;
      return;
    case 'ringback':
      s.ringbackOverMs = null;
      return;
    case 'ringback_over':
      s.ringbackOverMs = heard.atMs;
      inferAnswer(turn);
      return;
    case 'sound':
      s.lastSoundMs = heard.atMs;
      inferAnswer(turn);
      return;
    case 'speech_start':
      if (s.dialledAt !== null && s.milestones.answered !== undefined) {
        mark(turn, 'greetingStart', s.dialledAt + heard.atMs);
      }
      return;
    case 'greeting_end':
      if (s.dialledAt === null || s.milestones.answered === undefined) return;
      if (s.evidence) s.evidence = { ...s.evidence, greetingEndMs: s.evidence.greetingEndMs ?? heard.atMs };
      mark(turn, 'greetingEnd', s.dialledAt + heard.atMs);
      if (s.agentDeadline !== null) limitWait(turn);
      return;
    case 'beep':
      if (s.evidence) s.evidence = { ...s.evidence, beepMs: s.evidence.beepMs ?? heard.atMs };
      return;
    case 'correction':
      correct(turn, heard);
      return;
  }
}

/** Between the end of the ringback and a sound that is not its tail, in ms. */
const ringbackTailMs = 300;

/**
 * Where the trunk does not signal answer: ringing that stopped and something else heard after it mean that somebody
 * answered, even if the detector made nothing of it. Its verdict, or the watchdog, comes next.
 */
function inferAnswer(turn: Turn): void {
  const { s } = turn;
  if (s.answerSignalled || s.phase !== 'alerting' || s.dialledAt === null) return;
  if (s.ringbackOverMs === null || s.lastSoundMs === null) return;
  if (s.lastSoundMs < s.ringbackOverMs + ringbackTailMs) return;
  mark(turn, 'answered', turn.at);
  enter(turn, 'answered');
}

/** Before answer: a result that is not a verdict of the detector. */
function unheard(
  turn: Turn,
  result: Parameters<typeof settle>[1],
  rule: string,
  reason: string | null,
): void {
  settle(turn, turn.s.unobtainableTone ? callResult.NuTone : result, ruleEvidence(turn, rule));
  drop(turn, outcome('dropped', reason));
}

/** The far end or the network let go: what that means in this phase. */
function lose(turn: Turn): void {
  const { s, at } = turn;
  switch (s.phase) {
    case 'seizing':
      s.ending ??= handBack('line_lost');
      return;
    case 'dialling':
    case 'alerting': {
      const rule = s.cause === null ? 'disconnected' : `cause-${s.cause}`;
      const result = s.unobtainableTone ? callResult.NuTone : resultOfCause(s.cause, s.phase === 'alerting');
      settle(turn, result, ruleEvidence(turn, rule));
      s.ending ??= outcome('released', null);
      return;
    }
    case 'answered':
      // Nobody had decided yet; in doubt it was a person, who did not stay to be connected.
      settle(turn, callResult.Answer, ruleEvidence(turn, 'released-before-verdict'));
      s.ending ??= outcome('released', s.alarm === null ? 'customer_hung_up' : `alarm_${s.alarm}`);
      return;
    case 'awaiting_agent':
    case 'transferring':
    case 'joining': {
      const waited = s.result === callResult.Answer && s.settings.testHoldMs === null && at !== s.verdictAt;
      const reason = s.alarm === null ? 'customer_hung_up' : `alarm_${s.alarm}`;
      s.ending ??= outcome(waited ? 'abandoned' : 'released', reason);
      return;
    }
    case 'queued':
    case 'connected':
    case 'announcing':
    case 'dropping':
    case 'resetting':
    case 'ended':
  }
}

function connect(turn: Turn): void {
  const { s } = turn;
  enter(turn, 'connected');
  mark(turn, 'agentConnected', turn.at);
  s.ending = outcome('transferred', null);
  turn.effects.push({
    kind: 'report',
    report: { kind: 'connected', agentId: s.agentId, extension: s.extension },
  });
}

function fail(turn: Turn, command: string, reason: string): void {
  const { s } = turn;
  if (command === 'seize' && s.phase === 'seizing') {
    if (reason === 'no_dial_tone') noDialTone(turn);
    else {
      if (reason !== 'glare') s.channelReason = reason;
      drop(turn, handBack(reason));
    }
  } else if (command === 'dial' && (s.phase === 'dialling' || s.phase === 'alerting')) {
    failDial(turn, reason);
  } else if (command === 'transfer' && s.phase === 'transferring') {
    retryAgent(turn, reason);
  } else if (command === 'join' && s.phase === 'joining') {
    retryAgent(turn, reason);
  } else if (command === 'play' && s.phase === 'announcing') {
    drop(turn, outcome('abandoned', 'no_agent'));
  } else if (command === 'drop' && s.phase === 'dropping') {
    s.channelReason = reason;
    reset(turn);
  } else if (command === 'reset' && s.phase === 'resetting') {
    s.channelReason = reason;
    end(turn, 'lost');
  }
}

function failDial(turn: Turn, reason: string): void {
  const { s } = turn;
  if (reason === 'JOURNAL_ERROR') {
    // The mark comes before the board: without it nothing went out.
    s.dialledAt = null;
    drop(turn, handBack(reason));
  } else if (reason === 'no_dial_tone') noDialTone(turn);
  else {
    if (reason === 'hardware' || reason === 'no_loop_current') s.channelReason = reason;
    settle(turn, callResult.DialError, ruleEvidence(turn, 'dial-failed'));
    drop(turn, outcome('dial_error', reason));
  }
}

function noDialTone(turn: Turn): void {
  turn.s.channelReason = 'no_dial_tone';
  settle(turn, callResult.NoDialTone, ruleEvidence(turn, 'no-dial-tone'));
  drop(turn, outcome('dial_error', 'no_dial_tone'));
}

function reset(turn: Turn): void {
  enter(turn, 'resetting');
  turn.effects.push({ kind: 'reset' });
}

/** Time is up for something that was expected. A timer of a phase that is over says nothing. */
function expire(turn: Turn, name: Extract<CallEvent, { type: 'timer' }>['name']): void {
  const { s } = turn;
  if (name === 'agent') {
    if (s.phase === 'awaiting_agent') giveUp(turn, outcome('abandoned', 'no_agent'));
    else s.agentTimeUp = true;
    return;
  }
  if (name !== s.phase) return;
  switch (s.phase) {
    case 'queued':
      s.ending = handBack('no_channel');
      end(turn, 'kept');
      return;
    case 'seizing':
      s.ending = handBack('no_seize');
      s.channelReason = 'no_seize';
      reset(turn);
      return;
    case 'dialling':
      unheard(turn, callResult.NoProgress, 'watchdog', 'no_progress');
      return;
    case 'alerting':
      unheard(turn, callResult.NoAnswer, 'watchdog', 'no_answer_lost');
      return;
    case 'answered':
      doubt(turn);
      return;
    case 'transferring':
      retryAgent(turn, 'transfer_lost');
      return;
    case 'joining':
      retryAgent(turn, 'join_lost');
      return;
    case 'connected':
      drop(turn, outcome('transferred', null));
      return;
    case 'announcing':
      drop(turn, outcome('abandoned', 'no_agent'));
      return;
    case 'dropping':
      s.channelReason = 'no_release';
      reset(turn);
      return;
    case 'resetting':
      s.channelReason = 'no_reset';
      end(turn, 'lost');
      return;
    case 'awaiting_agent':
    case 'ended':
  }
}

/** A transfer or a join under way cannot be called back, and reaches an agent in a moment: it goes on. */
function cancel(turn: Turn): void {
  const { s } = turn;
  const cancelled = outcome('cancelled', 'cancel');
  switch (s.phase) {
    case 'queued':
      s.ending = cancelled;
      end(turn, 'kept');
      return;
    case 'seizing':
    case 'dialling':
    case 'alerting':
      drop(turn, cancelled);
      return;
    case 'answered':
    case 'awaiting_agent':
      // Somebody is on the line: the announcement before the end is owed to them all the same.
      giveUp(turn, cancelled);
      return;
    case 'transferring':
    case 'joining':
    case 'connected':
    case 'announcing':
    case 'dropping':
    case 'resetting':
    case 'ended':
  }
}

function hangup(turn: Turn, reason: string): void {
  const { s } = turn;
  if (s.phase === 'dropping' || s.phase === 'resetting') return;
  s.ending ??= abrupt(turn, reason);
  if (s.phase === 'queued') end(turn, 'kept');
  else drop(turn, s.ending);
}

/** How a call ends when the house, not the call, is the cause. */
function abrupt(turn: Turn, reason: string): Ending {
  const { s } = turn;
  if (s.dialledAt === null) return handBack(reason);
  if (s.phase === 'answered') settle(turn, callResult.Answer, ruleEvidence(turn, reason));
  // A person was on the line and got nobody: that counts, whoever is to blame.
  const person = s.result === callResult.Answer && s.settings.testHoldMs === null;
  if (!person && s.result === null && reason !== 'shutdown') {
    settle(turn, callResult.SystemError, ruleEvidence(turn, reason));
  }
  return outcome(person ? 'abandoned' : 'dropped', reason);
}
