import type { FileObservation } from '../../board/analysis.ts';
import type { Correction, Evidence, Segment, SitCategory, Verdict } from '../../domain/outcome.ts';
import type { ChannelWarning } from '../../domain/recorded-channels.ts';
import { callResultLabel, type CallResult } from '../../domain/result.ts';
import { resultOfVerdict, unobtainableRule } from '../../domain/verdict-result.ts';

/** What the detector made of a recording. Times in ms from the start of the file; null: never happened. */
export interface AnalyzeResult {
  file: string;
  verdict: Verdict;
  sit: SitCategory | null;
  result: CallResult;
  resultName: string;
  /** 0 to 1. */
  confidence: number;
  decidedMs: number | null;
  speechStartMs: number | null;
  greetingEndMs: number | null;
  /** Start of the beep. */
  beepMs: number | null;
  segments: Segment[];
  evidence: Evidence;
}

/** One line of `cpdctl analyze --json`. */
export interface AnalyzedFile extends AnalyzeResult {
  /** Channels were mixed that should not be; null: all is well. */
  warning: ChannelWarning | null;
  /** What was heard after the verdict says otherwise. A call whose agent was not yet found changes its result. */
  correction: Pick<Correction, 'verdict' | 'confidence' | 'atMs'> | null;
}

/** The detector corrects a verdict at most once. */
export function correctionOf(observations: readonly FileObservation[]): AnalyzedFile['correction'] {
  const found = observations.find((each) => each.kind === 'correction');
  return found === undefined
    ? null
    : { verdict: found.verdict, confidence: found.confidence, atMs: found.atMs };
}

/** Behind the line of `describeResult`. */
export function describeCorrection(correction: AnalyzedFile['correction']): string {
  if (correction === null) return '';
  const { verdict, confidence, atMs } = correction;
  return `; ${verdict} after all, ${Math.round(confidence * 100)} % sure, at ${seconds(atMs)} s`;
}

/** The line for a file that could not be analysed. */
export interface AnalyzeFailure {
  file: string;
  error: { code: string; message: string };
}

export function analyzeResult(file: string, evidence: Evidence): AnalyzeResult {
  const verdict = evidence.verdict ?? 'unknown';
  const result = resultOfVerdict(verdict, evidence.sit, {
    answered: evidence.answerMs !== null,
    unobtainable: evidence.rule === unobtainableRule,
  });
  return {
    file,
    verdict,
    sit: evidence.sit,
    result,
    resultName: callResultLabel[result],
    confidence: evidence.confidence,
    decidedMs: evidence.decidedMs,
    speechStartMs: evidence.speechStartMs,
    greetingEndMs: evidence.greetingEndMs,
    beepMs: evidence.beepMs,
    segments: evidence.segments,
    evidence,
  };
}

/** `live-01.wav  live (Answer 33), 94 % sure, by greeting-short at 1.24 s; greeting 0.40 to 0.98 s`. */
export function describeResult(result: AnalyzeResult): string {
  const verdict = result.sit === null ? result.verdict : `${result.verdict} ${result.sit}`;
  const sure = `${Math.round(result.confidence * 100)} % sure`;
  const decided = result.decidedMs === null ? '' : ` at ${seconds(result.decidedMs)} s`;
  const greeting =
    result.speechStartMs === null
      ? ''
      : `; speech from ${seconds(result.speechStartMs)} s` +
        (result.greetingEndMs === null ? '' : `, greeting ends ${seconds(result.greetingEndMs)} s`);
  const beep = result.beepMs === null ? '' : `; beep at ${seconds(result.beepMs)} s`;
  return (
    `${result.file}  ${verdict} (${result.resultName} ${result.result}), ${sure}, ` +
    `by ${result.evidence.rule || 'no rule'}${decided}${greeting}${beep}`
  );
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
