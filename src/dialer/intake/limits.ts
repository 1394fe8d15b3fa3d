import type { BoardClock } from '../../board/board.ts';
import type { CallLimits } from '../../domain/call-limits.ts';
import { CodedError, type ErrorCode } from '../../domain/errors.ts';
import { maskNumber, type CheckedNumber } from '../../domain/number.ts';
import { compilePattern } from '../../domain/pattern.ts';
import type { Journal } from '../../journal/journal.ts';
import { createPrefixLimits } from './prefix-limits.ts';

/**
 * Holds the limits of this dialler: what exceeds one is refused before a channel is seized for it. Own code because
 * they count calls on trunks by the board's clock and survive restarts in the journal; rate limiters for HTTP do
 * neither.
 */
export interface LimitGuard {
  /** Calls that may begin now. */
  room(): number;
  /**
   * Takes a call in: its number is in a call until `ended`.
   *
   * @param digits as they go to the trunk
   * @throws CodedError NUMBER_IN_CALL, NUMBER_LIMIT, PREFIX_LIMIT, CALLER_ID_NOT_ALLOWED; JOURNAL_ERROR
   */
  begin(digits: CheckedNumber, callerId: string | undefined): void;
  /**
   * Takes an engineer's test call in, which is no call of a campaign: no count of the number holds it up, and it does
   * not count.
   *
   * @throws CodedError NUMBER_IN_CALL
   */
  beginTest(digits: CheckedNumber): void;
  ended(digits: CheckedNumber): void;
  /** The call was dialled: it counts. */
  dialled(digits: CheckedNumber): void;
  /**
   * An agent's telephone is to be rung for an engaged leg.
   *
   * @throws CodedError RATE_LIMIT, EXTENSION_LIMIT
   */
  ring(extension: string): void;
}

const hourMs = 3_600_000;

/**
 * @param journal knows how often each number was dialled
 * @throws CodedError BAD_CONFIG naming a pattern that is no regular expression; JOURNAL_ERROR
 */
export function createLimitGuard(
  limits: CallLimits,
  parts: { clock: BoardClock; journal: Pick<Journal, 'now' | 'dials' | 'dialsByHour'> },
): LimitGuard {
  const { clock, journal } = parts;
  const callerIds = limits.callerIds.map((pattern, i) =>
    compilePattern(pattern, `callerIds[${i}]`, 'limits'),
  );
  const inCall = new Set<string>();
  const prefixes = createPrefixLimits(limits.perPrefixDay, journal);
  /** Board ms of each ring of the last hour, by extension. */
  const rings = new Map<string, number[]>();
  /** Below one call a second the next call is still a whole one. */
  const mostTokens = Math.max(1, limits.callsPerSecond);
  let tokens = mostTokens;
  let filledAt = clock.now();

  const refill = (): void => {
    const now = clock.now();
    tokens = Math.min(mostTokens, tokens + ((now - filledAt) * limits.callsPerSecond) / 1_000);
    filledAt = now;
  };

  const checkNotInCall = (digits: CheckedNumber): void => {
    if (inCall.has(digits)) throw breach('NUMBER_IN_CALL', 'number', digits, 'a number that is in no call');
  };

  const hold = (digits: CheckedNumber): void => {
    refill();
    tokens--;
    inCall.add(digits);
  };

  return {
    room() {
      refill();
      const atOnce = limits.callsAtOnce === null ? Infinity : limits.callsAtOnce - inCall.size;
      return Math.max(0, Math.min(Math.floor(tokens), atOnce));
    },
    begin(digits, callerId) {
      if (callerId !== undefined && !callerIds.some((pattern) => pattern.test(callerId))) {
        throw breach(
          'CALLER_ID_NOT_ALLOWED',
          'callerId',
          callerId,
          'one that a pattern of limits.callerIds matches',
        );
      }
      checkNotInCall(digits);
      const { hour, day } = journal.dials(digits);
      if (hour >= limits.perNumberHour || day >= limits.perNumberDay) {
        const most = `at most ${limits.perNumberHour} calls an hour and ${limits.perNumberDay} a day to one number`;
        throw breach('NUMBER_LIMIT', 'number', digits, most);
      }
      const full = prefixes.exceeded(digits);
      if (full !== null) {
        const most = `at most ${full.calls} calls a day to numbers from ${full.prefix}`;
        throw breach('PREFIX_LIMIT', 'number', digits, most);
      }
      prefixes.taken(digits);
      hold(digits);
    },
    beginTest(digits) {
      checkNotInCall(digits);
      hold(digits);
    },
    ended(digits) {
      inCall.delete(digits);
      prefixes.ended(digits);
    },
    dialled(digits) {
      prefixes.dialled(digits);
    },
    ring(extension) {
      refill();
      const now = clock.now();
      if (tokens < 1) {
        throw new CodedError('RATE_LIMIT', 'limits.callsPerSecond is reached', {
          field: 'limits.callsPerSecond',
          found: limits.callsPerSecond,
          expected: 'fewer calls and agent legs a second',
        });
      }
      const recent = (rings.get(extension) ?? []).filter((at) => now - at < hourMs);
      if (recent.length >= limits.perExtensionHour) {
        const most = `at most ${limits.perExtensionHour} rings an hour at one extension`;
        throw breach('EXTENSION_LIMIT', 'extension', extension, most);
      }
      tokens--;
      rings.set(extension, [...recent, now]);
    },
  };
}

function breach(code: ErrorCode, field: string, number: string, expected: string): CodedError {
  const found = maskNumber(number);
  return new CodedError(code, `${field} ${found} is refused by a limit; expected ${expected}`, {
    field,
    found,
    expected,
  });
}
