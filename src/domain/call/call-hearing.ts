import type { CallState, Heard } from './call-state.ts';
import { enter, mark, type Turn } from './call-turn.ts';
import { beeped, speechBegan, speechEnded } from './call-message.ts';
import { correct } from './call-verdict.ts';
import { limitWait } from './call-wait.ts';

/**
 * What the detector heard besides its verdict.
 *
 * @param recording name of the known recording that was heard by then, after the verdict perhaps
 */
export function hear(turn: Turn, heard: Heard, recording?: string): void {
  const { s } = turn;
  if (recording !== undefined && s.evidence !== null) s.evidence = { ...s.evidence, recording };
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
      s.speech = { on: true, atMs: heard.atMs };
      speechBegan(turn);
      return;
    case 'speech_end':
      s.speech = { on: false, atMs: heard.atMs };
      speechEnded(turn);
      return;
    case 'greeting_end':
      if (s.dialledAt === null || s.milestones.answered === undefined) return;
      if (s.evidence) s.evidence = { ...s.evidence, greetingEndMs: s.evidence.greetingEndMs ?? heard.atMs };
      mark(turn, 'greetingEnd', s.dialledAt + heard.atMs);
      if (s.agentDeadline !== null) limitWait(turn);
      return;
    case 'beep':
      if (s.evidence) s.evidence = { ...s.evidence, beepMs: s.evidence.beepMs ?? heard.atMs };
      s.beep = { atMs: heard.atMs, endMs: heard.endMs };
      beeped(turn);
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

/**
 * Somebody answered, or may have: where the trunk does not signal it, ringing that stopped, or a sound on a line that
 * never rang, may be a person whom the detector has not heard long enough.
 */
export function mayBeAnswered(s: CallState): boolean {
  if (s.milestones.answered !== undefined) return true;
  if (s.answerSignalled) return false;
  return s.ringbackOverMs !== null || (s.phase === 'dialling' && s.lastSoundMs !== null);
}
