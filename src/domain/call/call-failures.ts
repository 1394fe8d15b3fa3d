import { announce, isToldEverybody } from './call-announcement.ts';
import { beepOverdue, messageEnded, messageReason, quietOver } from './call-message.ts';
import { playEnded } from './call-play.ts';
import type { CallEvent } from './call-state.ts';
import {
  drop,
  end,
  enter,
  handBack,
  isOwedAnAgent,
  isUndialled,
  outcome,
  ruleEvidence,
  settle,
  type Turn,
} from './call-turn.ts';
import { doubt } from './call-verdict.ts';
import { askForAgent, retryAgent } from './call-wait.ts';
import { resultOfCause } from '../causes.ts';
import { callResult } from '../result.ts';

const normalClearing = 16; // Q.850

/** Before answer: a result that is not a verdict of the detector. */
export function unheard(
  turn: Turn,
  result: Parameters<typeof settle>[1],
  rule: string,
  reason: string | null,
): void {
  settle(turn, turn.s.unobtainableTone ? callResult.NuTone : result, ruleEvidence(turn, rule));
  drop(turn, outcome('dropped', reason));
}

/** The far end or the network let go: what that means in this phase. */
export function lose(turn: Turn): void {
  const { s } = turn;
  if (isUndialled(s)) s.ending ??= handBack('line_lost');
  else loseDialled(turn);
}

function loseDialled(turn: Turn): void {
  const { s, at } = turn;
  switch (s.phase) {
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
      s.ending ??= outcome('released', whoLetGo(s));
      return;
    case 'awaiting_agent':
    case 'transferring':
    case 'joining': {
      const waited = isOwedAnAgent(s) && at !== s.verdictAt;
      s.ending ??= outcome(waited ? 'abandoned' : 'released', whoLetGo(s));
      return;
    }
    case 'awaiting_beep':
    case 'leaving_message':
      s.ending ??= outcome('released', messageReason(s));
      return;
    case 'announcing':
      // Nobody was to come; who does not want to hear it is not abandoned.
      if (isToldEverybody(s.ending)) s.ending = outcome('released', 'customer_hung_up');
      return;
    case 'connected':
      // Neither of the two hung up.
      if (s.cause !== null && s.cause !== normalClearing)
        s.ending = outcome('transferred', `cause_${s.cause}`);
      return;
    case 'queued':
    case 'seizing':
    case 'awaiting_key':
    case 'confirming_opt_out':
    case 'dropping':
    case 'resetting':
    case 'ended':
  }
}

/** A far end that says itself that it hangs up does so, whatever is wrong with the span. */
function whoLetGo(s: Turn['s']): string {
  const saidSo = s.answerSignalled && s.cause === normalClearing;
  return s.alarm === null || saidSo ? 'customer_hung_up' : `alarm_${s.alarm}`;
}

/** The board could not carry out a command, or it failed later. */
export function fail(turn: Turn, command: string, reason: string): void {
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
  } else if (command === 'play') {
    if (playEnded(turn)) notPlayed(turn);
  } else if (command === 'collectDigits') {
    s.collecting = false;
  } else if (command === 'drop' && s.phase === 'dropping') {
    s.channelReason = reason;
    reset(turn);
  } else if (command === 'reset' && s.phase === 'resetting') {
    s.channelReason = reason;
    end(turn, 'lost');
  }
}

function notPlayed(turn: Turn): void {
  const { s } = turn;
  // Who was to hear an announcement, and cannot, is a person like any other.
  if (s.phase === 'announcing' && isToldEverybody(s.ending)) askForAgent(turn);
  else if (s.phase === 'announcing') drop(turn, outcome('abandoned', 'no_agent'));
  else if (s.phase === 'confirming_opt_out') drop(turn, outcome('abandoned', 'do_not_call'));
  else if (s.phase === 'leaving_message') messageEnded(turn, false);
}

/**
 * Codes with which a command is refused at once, through no fault of the request: nothing went out. Without its mark in
 * the journal the board never hears of it.
 */
const undialled: ReadonlySet<string> = new Set([
  'JOURNAL_ERROR',
  'BOARD_DEAD',
  'CHANNEL_OUT_OF_SERVICE',
  'CHANNEL_BUSY',
]);

function failDial(turn: Turn, reason: string): void {
  const { s } = turn;
  if (undialled.has(reason)) {
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
export function expire(turn: Turn, name: Extract<CallEvent, { type: 'timer' }>['name']): void {
  const { s } = turn;
  if (name === 'agent') {
    if (s.phase === 'awaiting_agent') announce(turn, outcome('abandoned', 'no_agent'));
    else s.agentTimeUp = true;
    return;
  }
  if (name === 'quiet') {
    quietOver(turn);
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
    case 'awaiting_beep':
      beepOverdue(turn);
      return;
    case 'leaving_message':
      messageEnded(turn, false);
      return;
    case 'announcing':
    case 'awaiting_key':
    case 'confirming_opt_out':
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
