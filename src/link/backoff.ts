/** Waits in wall-clock time; resolves early, without error, when the signal fires. Injected. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface BackoffLimits {
  firstMs: number;
  longestMs: number;
}

/**
 * Pauses that double from `firstMs` to `longestMs`, each shortened by up to half at random, so that many
 * diallers do not come back at the same moment.
 *
 * @param random 0 <= random() < 1
 */
export function createBackoff({ firstMs, longestMs }: BackoffLimits, random: () => number) {
  let failures = 0;
  return {
    next(): number {
      const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures++, 30));
      return Math.round(full * (1 - random() / 2));
    },
    reset(): void {
      failures = 0;
    },
    get failures(): number {
      return failures;
    },
  };
}
