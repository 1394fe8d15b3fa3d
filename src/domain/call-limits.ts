/**
 * What one dialler may do whatever OCS asks of it: the guard of the last program before the trunk, against an OCS
 * that is wrong or was taken over. Counts of a number survive a restart.
 */
export interface CallLimits {
  /** Calls and agent legs begun a second, on average and at once. */
  callsPerSecond: number;
  /** Calls up at once; null: as many as there are channels. */
  callsAtOnce: number | null;
  /** Calls dialled to one number in an hour and in a day of 24 hours. */
  perNumberHour: number;
  perNumberDay: number;
  /** Calls a day to numbers that begin so, as they go to the trunk. */
  perPrefixDay: readonly PrefixLimit[];
  /** Times that one agent's telephone is rung for an engaged leg in an hour. */
  perExtensionHour: number;
  /** A call with an agent is ended after so many minutes, if the board carries it. */
  longestCallMinutes: number;
  /** Regular expressions; a request that names a caller id is dialled only if one of them matches. */
  callerIds: readonly string[];
}

export interface PrefixLimit {
  /** Digits, without `+`. */
  prefix: string;
  calls: number;
}

/** Above what a campaign within the law does, far below what an abuse is worth. */
export const usualLimits: CallLimits = {
  callsPerSecond: 100,
  callsAtOnce: null,
  perNumberHour: 10,
  perNumberDay: 20,
  perPrefixDay: [],
  perExtensionHour: 60,
  longestCallMinutes: 240,
  callerIds: ['^\\+?[0-9]{7,15}$'],
};
