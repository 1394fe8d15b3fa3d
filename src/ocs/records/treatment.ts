import type { CallResult } from '../../domain/result.ts';
import type { Treatment } from '../../api/campaign-definition.ts';

/** Retries a record has used, by call result number. */
export type UsedRetries = Readonly<Record<string, number>>;

export type Treated =
  | { action: 'retry'; afterMs: number; used: UsedRetries }
  | { action: 'next_in_chain' | 'mark'; used: UsedRetries };

/**
 * What becomes of a record after an unsuccessful result. The k-th retry comes
 * `retryMinutes + (k - 1) x incrementMinutes` later. A treatment for this reason of the outcome goes before
 * one without a reason. A result without a treatment goes to the next number
 * of the chain.
 */
export function treat(
  result: CallResult,
  treatments: readonly Treatment[],
  used: UsedRetries,
  reason: string | null = null,
): Treated {
  const candidates = treatments.filter((candidate) => candidate.result.includes(result));
  const treatment =
    candidates.find((candidate) => candidate.reason?.some((one) => one === reason)) ??
    candidates.find((candidate) => candidate.reason === undefined);
  if (treatment === undefined) return { action: 'next_in_chain', used };
  const before = used[result] ?? 0;
  if (before >= treatment.retries) return { action: treatment.then, used };
  const minutes = treatment.retryMinutes + before * treatment.incrementMinutes;
  return {
    action: 'retry',
    afterMs: Math.round(minutes * 60_000),
    used: { ...used, [result]: before + 1 },
  };
}
