import type { CallState } from './call-state.ts';
import type { MessageReason } from '../outcome.ts';
import { play, stopPlaying } from './call-play.ts';
import { drop, enter, interruptionMs, outcome, type Turn } from './call-turn.ts';

/** Silence behind a greeting after which the message is left where no beep comes; ms. */
const quietMs = 2_000;

/** Speech that ends so soon after a beep is its own sound or the last of the greeting under it; ms. */
const beepTailMs = 200;

/**
 * The message is begun anew when the greeting goes on, at most so often. The last time it is played to its end whatever
 * is heard: on some lines what is heard is its own echo.
 */
const mostStarts = 3;

/** Who has just spoken is waited for beyond the message's deadline, at most so long; ms. */
const longestOverrunMs = 10_000;

/** A machine gets a message: as soon as its beep was heard, or it has been silent for long enough. */
export function leaveMessage(turn: Turn, maxWaitMs: number): void {
  const { s, at } = turn;
  s.messageDeadline = at + maxWaitMs;
  if (isAfterBeep(s)) begin(turn);
  else awaitBeep(turn);
}

/** Somebody on the line began to speak. */
export function speechBegan(turn: Turn): void {
  const { s } = turn;
  if (s.phase === 'awaiting_beep') turn.effects.push({ kind: 'cancel_timer', name: 'quiet' });
  else if (s.phase === 'leaving_message') interrupt(turn);
}

export function speechEnded(turn: Turn): void {
  const { s } = turn;
  if (s.phase !== 'awaiting_beep') return;
  if (isAfterBeep(s)) begin(turn);
  else awaitQuiet(turn);
}

/** What was said into the machine before its beep was not recorded. */
export function beeped(turn: Turn): void {
  const { s } = turn;
  if (s.phase === 'awaiting_beep') {
    if (isAfterBeep(s)) begin(turn);
  } else if (s.phase === 'leaving_message') {
    if (s.messageStarts >= mostStarts) s.messageSpoiled = true;
    else {
      s.messageStarts++;
      play(turn, fileOf(s));
    }
  }
}

/** The silence behind the greeting has lasted long enough. */
export function quietOver(turn: Turn): void {
  if (turn.s.phase === 'awaiting_beep') begin(turn);
}

/** No beep and no silence in time. Who speaks just now may be a person: they are heard to their end. */
export function beepOverdue(turn: Turn): void {
  const { s, at } = turn;
  const isLate = at >= (s.messageDeadline ?? at) + longestOverrunMs;
  const spokeMs = sinceSpeechChangedMs(turn);
  if (!isLate && spokeMs !== null && spokeMs < interruptionMs) {
    turn.effects.push({ kind: 'start_timer', name: 'awaiting_beep', ms: interruptionMs });
  } else giveUpMessage(turn);
}

/** How the call ends when its message does. */
export function messageEnded(turn: Turn, completed: boolean): void {
  const { s } = turn;
  const reason: MessageReason = completed && !s.messageSpoiled ? 'message_left' : 'message_cut';
  drop(turn, outcome('dropped', reason));
}

/** What has become of the message when the call ends before it does. */
export function messageReason({ messageStarts }: Pick<CallState, 'messageStarts'>): MessageReason {
  return messageStarts > 0 ? 'message_cut' : 'no_beep';
}

function giveUpMessage(turn: Turn): void {
  drop(turn, outcome('dropped', messageReason(turn.s)));
}

function awaitBeep(turn: Turn): void {
  enter(turn, 'awaiting_beep');
  // A line on which nobody was heard speaking is not listened to: where its greeting ends is not known.
  if (turn.s.speech?.on === false) awaitQuiet(turn);
}

function awaitQuiet(turn: Turn): void {
  const sinceMs = Math.max(0, sinceSpeechChangedMs(turn) ?? 0);
  turn.effects.push({ kind: 'start_timer', name: 'quiet', ms: Math.max(0, quietMs - sinceMs) });
}

/** Since somebody began to speak, or fell silent; null: nobody was heard. */
function sinceSpeechChangedMs({ at, s: { speech, dialledAt } }: Turn): number | null {
  return speech === null || dialledAt === null ? null : at - dialledAt - speech.atMs;
}

/** Who was heard out beyond the deadline gets none, even where the beep comes then. */
function begin(turn: Turn): void {
  const { s, at } = turn;
  if (at > (s.messageDeadline ?? at)) {
    giveUpMessage(turn);
    return;
  }
  enter(turn, 'leaving_message');
  s.messageStarts++;
  play(turn, fileOf(s));
}

function interrupt(turn: Turn): void {
  const { s, at } = turn;
  if (s.messageStarts >= mostStarts || at >= (s.messageDeadline ?? at)) {
    s.messageSpoiled = true;
    return;
  }
  stopPlaying(turn);
  enter(turn, 'awaiting_beep');
}

/** The beep was heard, and nobody has gone on speaking since. */
function isAfterBeep({ beep, speech }: CallState): boolean {
  if (beep === null) return false;
  if (speech === null) return true;
  return !speech.on && speech.atMs <= beep.endMs + beepTailMs;
}

function fileOf({ request: { onMachine } }: CallState): string {
  return onMachine.action === 'message' ? onMachine.file : '';
}
