import type { CallInput, CallPhase, Heard } from './call-state.ts';
import { drop, enter, isTest, mark, outcome, ruleEvidence, settle, type Turn } from './call-turn.ts';
import { announce, isForAll, toldEverybody } from './call-announcement.ts';
import { leaveMessage } from './call-message.ts';
import { stopPlaying } from './call-play.ts';
import { awaitAgent, hold, transfer } from './call-wait.ts';
import type { Evidence, SitCategory, Verdict } from '../outcome.ts';
import type { MachinePolicy } from '../request.ts';
import { callResult, type CallResult } from '../result.ts';
import { countsAsPerson, resultOfVerdict, unobtainableRule } from '../verdict-result.ts';

/** A person waits: only a correction at least so sure (0 to 1) sends them away again. */
const sureCorrection = 0.9;

/**
 * The detector's verdict, taken once. Live, and every doubt about an answered call, is a person. An unknown
 * before answer decides nothing: the signalling, the ring time limit or the watchdog will.
 */
export function decide(turn: Turn, event: Extract<CallInput, { type: 'verdict' }>): void {
  const { s } = turn;
  if (s.phase !== 'dialling' && s.phase !== 'alerting' && s.phase !== 'answered') {
    // The watchdog was quicker; what the detector says now corrects the doubt.
    if (s.evidence?.rule === 'watchdog') {
      const { verdict, confidence, evidence } = event;
      correct(turn, { verdict, confidence, atMs: evidence.decidedMs ?? turn.at - (s.dialledAt ?? turn.at) });
    }
    return;
  }
  const evidence: Evidence = { ...event.evidence, cause: event.evidence.cause ?? s.cause };
  const answered = s.milestones.answered !== undefined || evidence.answerMs !== null;
  if (event.verdict === 'unknown' && !answered) {
    s.evidence = evidence;
    return;
  }
  if (answered || answers.has(event.verdict)) answer(turn, evidence);
  mark(turn, 'cpdCompleted', turn.at);
  s.verdictAt = turn.at;
  settle(turn, resultOf(turn, event.verdict, event.sit, evidence), evidence);
  act(turn, event.verdict);
}

/** The verdict did not come by its deadline: a doubt, so a person. */
export function doubt(turn: Turn): void {
  turn.s.verdictAt = turn.at;
  mark(turn, 'cpdCompleted', turn.at);
  settle(turn, callResult.Answer, { ...ruleEvidence(turn, 'watchdog'), verdict: 'unknown' });
  act(turn, 'unknown');
}

/**
 * The verdict turned out wrong. A person who takes over from a machine is live as long as the line is not being
 * dropped; a person who turns out to be a machine is let go only while nobody was found for them. What comes too
 * late, or is not sure enough, is kept in the evidence all the same.
 */
export function correct(
  turn: Turn,
  { verdict, confidence, atMs }: Omit<Extract<Heard, { kind: 'correction' }>, 'kind'>,
): void {
  const { s } = turn;
  if (s.evidence === null || s.verdictAt === null) return;
  const { evidence: known } = s;
  const insteadOf = { rule: known.rule, verdict: known.verdict, confidence: known.confidence };
  const correction = { verdict, confidence, atMs, insteadOf };
  const person = isPerson(turn, verdict);
  const sure = person || confidence >= sureCorrection;
  // On the way to where machines go, a person waits for an agent like any other if that fails.
  const atMachine =
    s.phase === 'transferring' || s.phase === 'awaiting_beep' || s.phase === 'leaving_message';
  const inTime = (s.phase === 'awaiting_agent' && sure) || (atMachine && person);
  if (!inTime) {
    s.evidence = { ...known, correction: { ...correction, taken: false } };
    return;
  }
  const evidence: Evidence = {
    ...known,
    rule: 'correction',
    verdict,
    confidence,
    correction: { ...correction, taken: true },
  };
  // Somebody who comes to a telephone that rang on was counted as a person before.
  if (person === (s.result === callResult.Answer)) {
    s.evidence = evidence;
    return;
  }
  settle(turn, resultOf(turn, verdict, null, evidence), evidence);
  if (s.phase === 'awaiting_agent' && !isTest(s)) {
    turn.effects.push({ kind: 'release_agent' });
    act(turn, verdict);
  } else if (s.phase === 'awaiting_beep' || s.phase === 'leaving_message') {
    stopPlaying(turn);
    act(turn, verdict);
  }
}

function act(turn: Turn, verdict: Verdict): void {
  const { s } = turn;
  const { request } = s;
  if (request.handoff.kind === 'test' && s.phase === 'answered') {
    hold(turn, request.handoff.holdMs);
    return;
  }
  if (isPerson(turn, verdict)) {
    if (isForAll(request)) announce(turn, toldEverybody);
    else awaitAgent(turn);
    return;
  }
  switch (verdict) {
    case 'machine':
    case 'screening':
      follow(turn, request.onMachine);
      return;
    case 'fax':
    case 'modem':
      follow(turn, request.onFax);
      return;
    case 'silence':
      if (s.phase === 'answered') follow(turn, request.onSilence);
      else drop(turn, outcome('dropped', null));
      return;
    case 'sit':
    case 'busy':
    case 'congestion':
    case 'dialtone':
    case 'live':
    case 'unknown':
    case 'ringback':
    case 'false_answer':
      drop(turn, outcome('dropped', null));
      return;
  }
}

function follow(turn: Turn, policy: MachinePolicy): void {
  switch (policy.action) {
    case 'drop':
      drop(turn, outcome('dropped', null));
      return;
    case 'transfer':
      transfer(turn, policy.extension);
      return;
    case 'message':
      leaveMessage(turn, policy.maxWaitMs);
      return;
  }
}

/** Verdicts that somebody or something must have answered for, even if the answer event was lost. */
const answers: ReadonlySet<Verdict> = new Set(['live', 'machine', 'screening', 'fax', 'modem']);

function answer(turn: Turn, evidence: Evidence): void {
  const { s, at } = turn;
  const dialledAt = s.dialledAt ?? at;
  if (s.phase !== 'answered') {
    mark(turn, 'answered', evidence.answerMs === null ? at : dialledAt + evidence.answerMs);
    enter(turn, 'answered');
  }
  if (evidence.speechStartMs !== null) mark(turn, 'greetingStart', dialledAt + evidence.speechStartMs);
  if (evidence.greetingEndMs !== null) mark(turn, 'greetingEnd', dialledAt + evidence.greetingEndMs);
}

/** Doubt of a call that this is asked about is always a person: before the answer an unknown decides nothing. */
function isPerson({ s }: Turn, verdict: Verdict): boolean {
  return verdict === 'unknown' || countsAsPerson(verdict, isAnswered(s.phase));
}

function isAnswered(phase: CallPhase): boolean {
  return phase !== 'dialling' && phase !== 'alerting';
}

/** The result of a verdict in the light of what the call knows besides. */
function resultOf(turn: Turn, verdict: Verdict, sit: SitCategory | null, evidence: Evidence): CallResult {
  const { s } = turn;
  // Nothing at all is No RingBack; ringing that stopped is silence only where an answer would not be told.
  if (verdict === 'silence' && s.phase === 'dialling') return callResult.NoRingBack;
  if (verdict === 'silence' && s.phase === 'alerting' && s.answerSignalled) return callResult.NoAnswer;
  return resultOfVerdict(verdict, sit, {
    answered: isAnswered(s.phase),
    unobtainable: s.unobtainableTone || evidence.rule === unobtainableRule,
  });
}
