import { CodedError } from '../domain/errors.ts';
import type { Cadence, TonePlan, TonePlanSource } from './native-addon.ts';
import { coded, loadNative } from './native.ts';

export {
  toneNames,
  type ToneStep,
  type Cadence,
  type ToneName,
  type TonePlan,
  type TonePlanSource,
} from './native-addon.ts';

/** The names of tones in the detector's observations, in its own order. */
export function nativeHeardTones(): string[] {
  return loadNative().heardTones();
}

/** The tone plans that come with the product. */
export function tonePlans(): TonePlan[] {
  return loadNative().tonePlans();
}

/**
 * Checks the cadences of a site's own plan.
 *
 * @throws CodedError BAD_ARGUMENT naming the cadence, the step and what is expected
 */
export function checkTonePlan(plan: TonePlanSource, field: string): void {
  const { code: _code, name: _name, ...cadences } = plan;
  for (const [tone, notation] of Object.entries(cadences)) parseCadence(notation, `${field}.${tone}`);
}

/**
 * Parses the notation of tone plans, e.g. `440+480/2000,0/4000`.
 *
 * @throws CodedError BAD_ARGUMENT naming the step and what is expected
 */
export function parseCadence(notation: string, field = 'cadence'): Cadence {
  try {
    return loadNative().parseCadence(notation);
  } catch (error) {
    throw coded(error, field, notation);
  }
}

/** @throws CodedError UNKNOWN_PLAN if it is no code of a built-in plan */
export function checkPlanCode(plan: string, field: string): void {
  if (!tonePlans().some(({ code }) => code === plan)) throw unknownPlan(plan, field);
}

export function unknownPlan(plan: string, field: string): CodedError {
  const known = tonePlans().map((each) => each.code);
  return new CodedError('UNKNOWN_PLAN', `${field}: no tone plan ${JSON.stringify(plan)}`, {
    field,
    found: plan,
    expected: `one of ${known.join(', ')}`,
  });
}
