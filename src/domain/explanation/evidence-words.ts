import type { Evidence, Outcome, Segment } from '../outcome.ts';
import { callResultLabel } from '../result.ts';
import { correctionWords, ruleWords } from './rule-words.ts';

/** A Q.850 cause as an engineer names it; the ones that outbound calls meet. */
const causeNames: Record<number, string> = {
  1: 'unallocated number',
  16: 'normal clearing',
  17: 'user busy',
  18: 'no user responding',
  19: 'no answer from user',
  20: 'subscriber absent',
  21: 'call rejected',
  22: 'number changed',
  27: 'destination out of order',
  28: 'invalid number format',
  31: 'normal, unspecified',
  34: 'no circuit available',
  38: 'network out of order',
  41: 'temporary failure',
  42: 'switch congestion',
  44: 'channel not available',
};

/** `17 (user busy)` */
export function causeText(cause: number): string {
  const name = causeNames[cause];
  return name === undefined ? String(cause) : `${cause} (${name})`;
}

/** `Busy (6), released` */
export function outcomeText(outcome: Outcome): string {
  const reason = outcome.reason === null ? '' : `, reason ${outcome.reason}`;
  return `${callResultLabel[outcome.result]} (${outcome.result}), ${outcome.status.replace('_', ' ')}${reason}`;
}

/**
 * Why the verdict is what it is, in sentences, one a line: what was decided, by which rule and why, and when. Times as
 * after dialling, and after answer where there was one.
 */
export function explainVerdict(evidence: Evidence): string[] {
  const at = (ms: number) => {
    const answered = evidence.answerMs;
    const since = answered === null || ms <= answered ? '' : `, ${seconds(ms - answered)} after answer`;
    return `${seconds(ms)} after dialling${since}`;
  };
  const lines: string[] = [];
  const verdict = evidence.verdict ?? 'none';
  const sit = evidence.sit === null ? '' : ` (category ${evidence.sit})`;
  const sure = `${Math.round(evidence.confidence * 100)} % sure`;
  lines.push(`Verdict: ${verdict}${sit}, by rule ${evidence.rule || 'none'}, ${sure}.`);
  lines.push(...ruleWords(evidence));
  if (evidence.correction !== undefined) lines.push(correctionWords(evidence.correction, at));
  if (evidence.decidedMs !== null) lines.push(`Decided ${at(evidence.decidedMs)}.`);
  if (evidence.cause !== null) lines.push(`The network gave cause ${causeText(evidence.cause)}.`);
  lines.push(evidence.answerMs === null ? 'Nobody answered.' : `Answered ${at(evidence.answerMs)}.`);
  if (evidence.speechStartMs !== null) {
    const pause =
      evidence.answerMs === null
        ? ''
        : ` (a pause of ${seconds(Math.max(0, evidence.speechStartMs - evidence.answerMs))})`;
    lines.push(`Speech began ${at(evidence.speechStartMs)}${pause}.`);
  }
  if (evidence.greetingEndMs !== null) {
    const length =
      evidence.speechStartMs === null
        ? ''
        : `; it lasted ${seconds(evidence.greetingEndMs - evidence.speechStartMs)}`;
    lines.push(`The greeting ended ${at(evidence.greetingEndMs)}${length}.`);
  }
  if (evidence.beepMs !== null) lines.push(`A beep began ${at(evidence.beepMs)}.`);
  return lines;
}

/** The same with what was heard, in order, and the figures behind the decision. */
export function explainEvidence(evidence: Evidence): string[] {
  const lines = explainVerdict(evidence);
  if (evidence.segments.length > 0) {
    lines.push('Heard, in order:', ...evidence.segments.map((segment) => `  ${segmentText(segment)}`));
  }
  const scores = Object.entries(evidence.scores).filter(([, value]) => value !== 0);
  if (scores.length > 0) {
    lines.push('Figures behind the decision:');
    lines.push(...scores.map(([name, value]) => `  ${name} ${Number(value.toFixed(3))}`));
  }
  return lines;
}

/** `4.02 to 4.38 s  speech, -21 dBm0` */
export function segmentText(segment: Segment): string {
  const hz = segment.hz?.filter((value) => value > 0) ?? [];
  const tone = hz.length === 0 ? '' : ` ${hz.map((value) => Math.round(value)).join(' + ')} Hz`;
  const level = segment.dbm0 === undefined ? '' : `, ${Math.round(segment.dbm0)} dBm0`;
  const from = (segment.startMs / 1_000).toFixed(2).padStart(6);
  const to = (segment.endMs / 1_000).toFixed(2).padStart(6);
  return `${from} to ${to} s  ${segment.kind}${tone}${level}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
