import type { SitCategory, Verdict } from './outcome.ts';
import { callResult, type CallResult } from './result.ts';

/**
 * The call result that a verdict of the detector stands for, when nothing else (a network cause, a command,
 * a fault) says more. A call that kept ringing is No Answer; a dial tone that never went away, No Progress.
 *
 * @param sit category of a `sit` verdict; null when the detector could not tell
 */
export function resultOfVerdict(verdict: Verdict, sit: SitCategory | null): CallResult {
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
