import type { SitCategory, Verdict } from './outcome.ts';
import { callResult, type CallResult } from './result.ts';

/** The detector's rule for the tone of a number that is not in service. */
export const unobtainableRule = 'number-unobtainable';

/** What is known of the call beside the verdict. */
export interface VerdictContext {
  /** The call was answered: doubt is a person from then on. */
  answered: boolean;
  /** The tone of a number that is not in service was heard. */
  unobtainable: boolean;
}

/**
 * Live, or in doubt. A call that was answered and rings on (a switchboard, a forwarded call) is a doubt too:
 * somebody may come to the telephone, and must not find a dead line.
 */
export function countsAsPerson(verdict: Verdict, answered: boolean): boolean {
  const doubtful = verdict === 'unknown' || verdict === 'ringback' || verdict === 'false_answer';
  return verdict === 'live' || (doubtful && answered);
}

/**
 * The call result that a verdict of the detector stands for, when nothing else (a network cause, a command,
 * a fault) says more; the same for a call and for a recording. A call that kept ringing is No Answer; a dial
 * tone that never went away, No Progress.
 *
 * @param sit category of a `sit` verdict; null when the detector could not tell
 */
export function resultOfVerdict(
  verdict: Verdict,
  sit: SitCategory | null,
  { answered, unobtainable }: VerdictContext,
): CallResult {
  if (countsAsPerson(verdict, answered)) return callResult.Answer;
  const mayBeUnobtainable =
    verdict === 'congestion' || verdict === 'busy' || (verdict === 'sit' && sit === null);
  if (unobtainable && mayBeUnobtainable) return callResult.NuTone;
  switch (verdict) {
    case 'live':
      return callResult.Answer;
    case 'machine':
    case 'screening':
      return callResult.AnsweringMachine;
    case 'fax':
    case 'modem':
      return callResult.Fax;
    case 'sit':
      return resultOfSit(sit);
    case 'busy':
      return callResult.Busy;
    case 'congestion':
      return callResult.AllTrunksBusy;
    case 'ringback':
    case 'false_answer':
      return callResult.NoAnswer;
    case 'dialtone':
      return callResult.NoProgress;
    case 'silence':
      return callResult.Silence;
    case 'unknown':
      return callResult.Unknown;
  }
}

function resultOfSit(sit: SitCategory | null): CallResult {
  switch (sit) {
    case 'IC':
      return callResult.SitOperatorIntercept;
    case 'VC':
      return callResult.SitVacantCode;
    case "RO'":
    case 'RO"':
      return callResult.SitReorder;
    case "NC'":
    case 'NC"':
      return callResult.SitNoCircuit;
    case 'R1':
    case 'R2':
    case 'ITU':
    case null:
      return callResult.SitUnknown;
  }
}
