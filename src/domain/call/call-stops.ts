import { announce } from './call-announcement.ts';
import type { Ending } from './call-state.ts';
import { drop, end, handBack, isOwedAnAgent, outcome, ruleEvidence, settle, type Turn } from './call-turn.ts';
import { callResult } from '../result.ts';

/** A transfer or a join under way cannot be called back, and reaches an agent in a moment: it goes on. */
export function cancel(turn: Turn): void {
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
    case 'awaiting_beep':
    case 'leaving_message':
      drop(turn, cancelled);
      return;
    case 'answered':
    case 'awaiting_agent':
      // Somebody is on the line: the announcement before the end is owed to them all the same.
      announce(turn, cancelled);
      return;
    case 'transferring':
    case 'joining':
    case 'connected':
    case 'announcing':
    case 'awaiting_key':
    case 'confirming_opt_out':
    case 'dropping':
    case 'resetting':
    case 'ended':
  }
}

/** Our side ends the call now. */
export function hangup(turn: Turn, reason: string): void {
  const { s } = turn;
  if (s.phase === 'dropping' || s.phase === 'resetting') return;
  s.ending ??= abrupt(turn, reason);
  if (s.phase === 'queued') end(turn, 'kept');
  else drop(turn, s.ending);
}

/** How a call ends when the dialler, not the call, is the cause. */
export function abrupt(turn: Turn, reason: string): Ending {
  const { s } = turn;
  if (s.dialledAt === null) return handBack(reason);
  if (s.phase === 'answered') settle(turn, callResult.Answer, ruleEvidence(turn, reason));
  // Nobody had answered, and we let go: not reached, and no result of the number.
  const letGo = reason === 'shutdown' || reason === 'no_ocs';
  if (letGo && (s.phase === 'dialling' || s.phase === 'alerting')) {
    settle(turn, callResult.DroppedOnNoAnswer, ruleEvidence(turn, reason));
  }
  // A person was on the line and got nobody: that counts, whoever is to blame.
  const person = isOwedAnAgent(s);
  if (!person && s.result === null && !letGo) {
    settle(turn, callResult.SystemError, ruleEvidence(turn, reason));
  }
  return outcome(person ? 'abandoned' : 'dropped', reason);
}
