import type { CallEvent, CallState, CallStep } from './call-state.ts';
import { announced, takeKey } from './call-announcement.ts';
import { expire, fail, lose, unheard } from './call-failures.ts';
import { hear, mayBeAnswered } from './call-hearing.ts';
import { messageEnded } from './call-message.ts';
import { playEnded } from './call-play.ts';
import { abrupt, cancel, hangup } from './call-stops.ts';
import { decide } from './call-verdict.ts';
import { drop, end, enter, handBack, isUndialled, mark, openTurn, outcome, type Turn } from './call-turn.ts';
import { askForAgent, join, retryAgent, transfer } from './call-wait.ts';
import { callResult } from '../result.ts';

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
      enter(turn, 'dialling');
      mark(turn, 'dialling', at);
      turn.effects.push({ kind: 'dial' });
      return;
    case 'number_sent':
      if (s.phase === 'dialling') s.dialledAt ??= at;
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
      // Until now the network spoke.
      s.speech = null;
      s.beep = null;
      enter(turn, 'answered');
      return;
    case 'heard':
      hear(turn, event.heard, event.recording);
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
      played(turn, event.completed);
      return;
    case 'digits':
      if (takeKey(turn, event.digits)) askForAgent(turn);
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
      else if (s.phase === 'queued' || isUndialled(s)) hangup(turn, 'drain');
      return;
    case 'no_agents':
      if (s.request.handoff.kind !== 'agent' || mayBeAnswered(s)) return;
      hangup(turn, 'no_ocs');
      return;
    case 'alarm':
      raised(turn, event.alarm);
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

function raised(turn: Turn, alarm: string | null): void {
  const { s } = turn;
  s.alarm = alarm;
  if (alarm === null) return;
  const reason = `alarm_${alarm}`;
  if (isUndialled(s)) drop(turn, handBack(reason));
  else if (s.phase === 'dialling' || s.phase === 'alerting') {
    unheard(turn, callResult.SwitchError, 'alarm', reason);
  }
}

function played(turn: Turn, completed: boolean): void {
  const { s } = turn;
  if (!playEnded(turn)) return;
  if (s.phase === 'announcing') announced(turn);
  else if (s.phase === 'confirming_opt_out') drop(turn, outcome('abandoned', 'do_not_call'));
  else if (s.phase === 'leaving_message') messageEnded(turn, completed);
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
