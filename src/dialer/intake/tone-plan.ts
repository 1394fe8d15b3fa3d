import { CodedError } from '../../domain/errors.ts';

/**
 * Refuses a tone plan that the board does not know before a channel is seized for it: the board itself would say so
 * only when it is to dial.
 *
 * @param plan what a request names; nothing: the dialler's own, which was checked with its configuration
 * @param known codes of the board's plans; absent where the board alone knows them
 * @throws CodedError UNKNOWN_PLAN
 */
export function checkTonePlan(plan: string | undefined, known: readonly string[] | undefined): void {
  if (plan === undefined || known === undefined || known.includes(plan)) return;
  throw new CodedError('UNKNOWN_PLAN', `plan: no tone plan ${JSON.stringify(plan)}`, {
    field: 'plan',
    found: plan,
    expected: `one of ${known.join(', ')}`,
  });
}
