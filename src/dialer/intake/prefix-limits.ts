import type { PrefixLimit } from '../../domain/call-limits.ts';
import type { CheckedNumber } from '../../domain/number.ts';
import type { Journal } from '../../journal/journal.ts';

/**
 * Counts calls to numbers that begin so. A call counts from when it is taken, not from when it is dialled: one pull
 * may bring many, and all of them are to be dialled.
 */
export interface PrefixLimits {
  /** The limit that one more call to the number would exceed; null when there is none. */
  exceeded(digits: CheckedNumber): PrefixLimit | null;
  taken(digits: CheckedNumber): void;
  dialled(digits: CheckedNumber): void;
  /** The call is over. One that was never dialled counts no more. */
  ended(digits: CheckedNumber): void;
}

const hourMs = 3_600_000;

/** @param journal knows what was dialled before the start */
export function createPrefixLimits(
  limits: readonly PrefixLimit[],
  journal: Pick<Journal, 'now' | 'dialsByHour'>,
): PrefixLimits {
  const prefixes = limits.map((limit) => ({
    limit,
    byHour: journal.dialsByHour(limit.prefix),
    /** Numbers of calls that were taken and not dialled yet; a number is in one call at most. */
    undialled: new Set<string>(),
  }));
  const of = (digits: CheckedNumber) => {
    const plain = digits.replace(/^\+/, '');
    return prefixes.filter(({ limit }) => plain.startsWith(limit.prefix));
  };

  const today = (byHour: Map<number, number>): number => {
    const present = Math.floor(journal.now() / hourMs);
    let sum = 0;
    for (const [hour, count] of [...byHour]) {
      if (hour >= present - 23) sum += count;
      if (hour >= present - 23 && hour <= present) continue;
      byHour.delete(hour);
      // The clock was put back: what was dialled by the wrong one counts for a day from now, not until then.
      if (hour > present) byHour.set(present, (byHour.get(present) ?? 0) + count);
    }
    return sum;
  };

  return {
    exceeded(digits) {
      const full = of(digits).find(
        ({ limit, byHour, undialled }) => today(byHour) + undialled.size >= limit.calls,
      );
      return full?.limit ?? null;
    },
    taken(digits) {
      for (const { undialled } of of(digits)) undialled.add(digits);
    },
    dialled(digits) {
      const hour = Math.floor(journal.now() / hourMs);
      for (const { byHour, undialled } of of(digits)) {
        undialled.delete(digits);
        byHour.set(hour, (byHour.get(hour) ?? 0) + 1);
      }
    },
    ended(digits) {
      for (const { undialled } of of(digits)) undialled.delete(digits);
    },
  };
}
