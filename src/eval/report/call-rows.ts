import type { Verdict } from '../../domain/outcome.ts';
import { isRight, type HeardCall } from '../calls/heard.ts';
import type { GroundTruth } from '../calls/manifest.ts';
import { greetingName, type GreetingName } from '../measures/greetings.ts';

/** One call of a report. */
export interface CallRow {
  file: string;
  truth: GroundTruth;
  /** Of people whose manifest has the times. */
  greeting: GreetingName | null;
  verdict: Verdict;
  right: boolean;
  rule: string;
  /** From the start of the file. */
  decidedMs: number | null;
  /** At the verdict; null where the detector gives none. */
  machineLogOdds: number | null;
}

export function callRows(heard: readonly HeardCall[]): CallRow[] {
  return heard.map((each) => ({
    file: each.call.file,
    truth: each.call.truth,
    greeting: each.call.truth === 'human' ? greetingName(each.call) : null,
    verdict: each.verdict,
    right: isRight(each),
    rule: each.evidence.rule,
    decidedMs: each.evidence.decidedMs,
    machineLogOdds: each.evidence.scores['machineLogOdds'] ?? null,
  }));
}
