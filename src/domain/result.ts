/**
 * Call results, by the numbers of the field (Genesys call results 0-53; reference table "Call results").
 * What was heard. What happened to the call is a separate axis, {@link CallStatus}.
 */
export const callResult = {
  Ok: 0,
  Transferred: 1,
  Conferenced: 2,
  GeneralError: 3,
  SystemError: 4,
  RemoteRelease: 5,
  Busy: 6,
  NoAnswer: 7,
  SitDetected: 8,
  AnsweringMachine: 9,
  AllTrunksBusy: 10,
  SitInvalidNumber: 11,
  SitVacantCode: 12,
  SitOperatorIntercept: 13,
  SitUnknown: 14,
  SitNoCircuit: 15,
  SitReorder: 16,
  Fax: 17,
  QueueFull: 18,
  Cleared: 19,
  Overflowed: 20,
  Abandoned: 21,
  Redirected: 22,
  Forwarded: 23,
  Consult: 24,
  PickedUp: 25,
  Dropped: 26,
  DroppedOnNoAnswer: 27,
  Unknown: 28,
  Covered: 29,
  ConverseOn: 30,
  Bridged: 31,
  Silence: 32,
  Answer: 33,
  NuTone: 34,
  NoDialTone: 35,
  NoProgress: 36,
  NoRingBack: 37,
  NoEstablishedDetected: 38,
  PagerDetected: 39,
  WrongParty: 40,
  DialError: 41,
  CallDropError: 42,
  SwitchError: 43,
  NoFreePort: 44,
  TransferError: 45,
  Stale: 46,
  AgentCallBackError: 47,
  GroupCallBackError: 48,
  Deafened: 49,
  Held: 50,
  DoNotCall: 51,
  CancelRecord: 52,
  WrongNumber: 53,
} as const;

export type CallResultName = keyof typeof callResult;
export type CallResult = (typeof callResult)[CallResultName];

/** Readable names, as the field writes them. */
export const callResultLabel: Record<CallResult, string> = {
  0: 'Ok',
  1: 'Transferred',
  2: 'Conferenced',
  3: 'General Error',
  4: 'System Error',
  5: 'Remote Release',
  6: 'Busy',
  7: 'No Answer',
  8: 'SIT Detected',
  9: 'Answering Machine',
  10: 'All Trunks Busy',
  11: 'SIT Invalid Number',
  12: 'SIT Vacant Code',
  13: 'SIT Operator Intercept',
  14: 'SIT Unknown',
  15: 'SIT No Circuit',
  16: 'SIT Reorder',
  17: 'Fax',
  18: 'Queue Full',
  19: 'Cleared',
  20: 'Overflowed',
  21: 'Abandoned',
  22: 'Redirected',
  23: 'Forwarded',
  24: 'Consult',
  25: 'Picked up',
  26: 'Dropped',
  27: 'Dropped on No Answer',
  28: 'Unknown',
  29: 'Covered',
  30: 'Converse-On',
  31: 'Bridged',
  32: 'Silence',
  33: 'Answer',
  34: 'NU Tone',
  35: 'No Dial Tone',
  36: 'No Progress',
  37: 'No RingBack',
  38: 'No Established Detected',
  39: 'Pager Detected',
  40: 'Wrong Party',
  41: 'Dial Error',
  42: 'Call Drop Error',
  43: 'Switch Error',
  44: 'No Free Port',
  45: 'Transfer Error',
  46: 'Stale',
  47: 'Agent CallBack Error',
  48: 'Group CallBack Error',
  49: 'Deafened',
  50: 'Held',
  51: 'Do Not Call',
  52: 'Cancel Record',
  53: 'Wrong Number',
};

/** True when `value` is one of the numbers 0-53. */
export function isCallResult(value: number): value is CallResult {
  return Number.isInteger(value) && value >= 0 && value <= 53;
}

/** What happened to the call, apart from what was heard. */
export const callStatuses = [
  'transferred',
  'dropped',
  'abandoned',
  'released',
  'dial_error',
  'cancelled',
] as const;
export type CallStatus = (typeof callStatuses)[number];

/** Recognition modes, chosen per request (`call_answer_type_recognition`). */
export const detectionModes = [
  'no_progress_detection',
  'no_am_detection',
  'positive_am_detection',
  'full_positive_am_detection',
  'accurate_am_detection',
  'telephony_preset',
] as const;
export type DetectionMode = (typeof detectionModes)[number];

/**
 * Who analyses the progress of a call: the board's own call progress analysis, our detector on the board's audio, or
 * both side by side.
 */
export const cpaChoices = ['board', 'ours', 'both'] as const;
export type Cpa = (typeof cpaChoices)[number];
