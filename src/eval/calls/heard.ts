import type { FileAnalysis } from '../../board/analysis.ts';
import type { Evidence, SitCategory, Verdict } from '../../domain/outcome.ts';
import { countsAsPerson } from '../../domain/verdict-result.ts';
import type { HeardTone } from '../../domain/tone.ts';
import type { LabelledCall } from './manifest.ts';

/** One call with what the detector heard in it. Times in ms from the start of the file. */
export interface HeardCall {
  call: LabelledCall;
  verdict: Verdict;
  sit: SitCategory | null;
  evidence: Evidence;
  /** Verdicts that a recognised tone may as well have meant: some plans have one cadence for two tones. */
  ambiguousWith: HeardTone[];
  beeps: { startMs: number; endMs: number; hz: number }[];
  tones: { tone: HeardTone; startMs: number }[];
  corrections: { verdict: Verdict; atMs: number }[];
  durationMs: number;
}

export function heardCall(call: LabelledCall, analysis: FileAnalysis): HeardCall {
  const { evidence, observations, durationMs } = analysis;
  const verdict = evidence.verdict ?? 'unknown';
  const heard: HeardCall = {
    call,
    verdict,
    sit: evidence.sit,
    evidence,
    ambiguousWith: [],
    beeps: [],
    tones: [],
    corrections: [],
    durationMs,
  };
  for (const each of observations) {
    if (each.kind === 'beep') heard.beeps.push({ startMs: each.startMs, endMs: each.endMs, hz: each.hz });
    if (each.kind === 'correction') heard.corrections.push({ verdict: each.verdict, atMs: each.atMs });
    if (each.kind === 'tone') heard.tones.push({ tone: each.tone, startMs: each.startMs });
    if (each.kind === 'tone' && each.tone === verdict) heard.ambiguousWith.push(...each.ambiguousWith);
  }
  return heard;
}

/**
 * Whether the caller stays on the line: a verdict of live, every doubt, and ringback after an answer. Everything
 * else hangs up, or sends the call to where machines go. The same rule as the call's own.
 */
export function isKept({ verdict, evidence }: HeardCall): boolean {
  return verdict === 'unknown' || countsAsPerson(verdict, evidence.answerMs !== null);
}

/**
 * Whether the verdict leads to what should happen: a kept call for a person; machine or screening for either of
 * the two, fax or modem for either of the two; for a tone its name, or a name that its plan cannot tell from it.
 */
export function isRight(heard: HeardCall): boolean {
  const { call, verdict } = heard;
  switch (call.truth) {
    case 'human':
      return isKept(heard);
    case 'machine':
    case 'screening':
      return verdict === 'machine' || verdict === 'screening';
    case 'fax':
    case 'modem':
      return verdict === 'fax' || verdict === 'modem';
    case 'sit':
    case 'busy':
    case 'congestion':
    case 'ringback':
    case 'dialtone':
    case 'silence':
    case 'false_answer':
      return verdict === call.truth || heard.ambiguousWith.some((tone) => tone === call.truth);
  }
}
