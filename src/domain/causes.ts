import { callResult, type CallResult } from './result.ts';

/**
 * What a Q.850 cause means for a call that was not answered.
 *
 * Decisions, where the field's names do not settle it: a destination out of order (27) is a number that cannot
 * be reached, NU Tone as the network would play it; a rejected call (21) and a normal clearing (16, 31) are
 * Remote Release, because somebody or something at the far end ended it; everything about missing circuits and
 * resources (class 2) is All Trunks Busy, except a network out of order (No Circuit) and a temporary failure
 * (Reorder); services, options and protocol (classes 3 to 6) are Switch Error: dialling the same number
 * through the same trunk will not help.
 */
const resultByCause: Readonly<Record<number, CallResult>> = {
  1: callResult.SitVacantCode, // unallocated number
  2: callResult.SitNoCircuit, // no route to transit network
  3: callResult.SitInvalidNumber, // no route to destination
  4: callResult.SitUnknown, // send special information tone
  5: callResult.SitInvalidNumber, // misdialled trunk prefix
  16: callResult.RemoteRelease, // normal clearing
  17: callResult.Busy, // user busy
  18: callResult.NoAnswer, // no user responding
  19: callResult.NoAnswer, // alerted, no answer
  20: callResult.NoAnswer, // subscriber absent
  21: callResult.RemoteRelease, // call rejected
  22: callResult.SitOperatorIntercept, // number changed
  23: callResult.SitOperatorIntercept, // redirection to new destination
  25: callResult.SitReorder, // exchange routing error
  26: callResult.RemoteRelease, // non-selected user clearing
  27: callResult.NuTone, // destination out of order
  28: callResult.SitInvalidNumber, // invalid number format
  29: callResult.SwitchError, // facility rejected
  30: callResult.SwitchError, // response to status enquiry
  31: callResult.RemoteRelease, // normal, unspecified
  38: callResult.SitNoCircuit, // network out of order
  41: callResult.SitReorder, // temporary failure
  43: callResult.SwitchError, // access information discarded
  102: callResult.NoProgress, // recovery on timer expiry
  127: callResult.Unknown, // interworking: the far network said no more
};

/**
 * @param cause Q.850 cause, 1 to 127; null when the trunk gives none
 * @param alerting the called side was ringing
 */
export function resultOfCause(cause: number | null, alerting: boolean): CallResult {
  if (cause === null) return alerting ? callResult.RemoteRelease : callResult.NoProgress;
  const known = resultByCause[cause];
  if (known !== undefined) return known;
  if (cause >= 32 && cause <= 47) return callResult.AllTrunksBusy;
  if (cause >= 48 && cause <= 111) return callResult.SwitchError;
  return callResult.Unknown;
}
