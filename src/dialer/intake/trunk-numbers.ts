import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { compileDialPlan, type DialPlan, type NumberDialer } from '../../domain/dial-plan.ts';
import { emergencyNumbers } from '../../domain/emergency-numbers.ts';
import { CodedError } from '../../domain/errors.ts';
import { maskNumber, type CheckedNumber } from '../../domain/number.ts';
import { compilePattern } from '../../domain/pattern.ts';
import { compileEmergencyCheck } from './emergency-ways.ts';

/** Numbers that stay closed although the dial plan lets them through. */
export interface ClosedNumbers {
  /** Country of the trunk, ISO 3166. */
  country: string;
  /** Regular expressions; a premium-rate number, as a record has it, is dialled only if one of them matches. */
  openPremium: readonly string[];
}

/**
 * The dial plan with what it may never let through: an emergency number of the trunk's country, on any of the ways in
 * which the digits could reach one, and premium-rate numbers of any country unless they are opened. Premium ranges
 * are those of libphonenumber, which follows the national numbering plans.
 *
 * @returns as the dial plan's; it throws CodedError NUMBER_CLOSED as well
 * @throws CodedError BAD_CONFIG naming a pattern that is no regular expression
 */
export function compileTrunkNumbers(plan: DialPlan, closed: ClosedNumbers): NumberDialer {
  const dialled = compileDialPlan(plan);
  const reachesEmergency = compileEmergencyCheck(closed.country);
  const open = closed.openPremium.map((pattern, i) =>
    compilePattern(pattern, `openPremium[${i}]`, 'dial plan'),
  );
  return (number) => {
    const digits = dialled(number);
    const bare =
      plan.prefix !== '' && digits.startsWith(plan.prefix) ? digits.slice(plan.prefix.length) : digits;
    if ([number, digits, bare].some(reachesEmergency)) throw closedNumber(number, 'an emergency number');
    const premium = isPremium(number, closed.country) || isPremium(bare, closed.country);
    if (premium && !open.some((pattern) => pattern.test(number))) {
      throw closedNumber(number, 'a premium-rate number');
    }
    return digits;
  };
}

function closedNumber(number: string, what: string): CodedError {
  return new CodedError('NUMBER_CLOSED', `${maskNumber(number)} is ${what}`, {
    field: 'number',
    found: maskNumber(number),
    expected: 'a number that is neither an emergency number nor, unless opened, a premium-rate number',
  });
}

function isPremium(number: CheckedNumber | string, country: string): boolean {
  const known: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  return parsePhoneNumberFromString(number, known)?.getType() === 'PREMIUM_RATE';
}

/** For diagnostics: what is closed by this setting. */
export function closedSummary({ country, openPremium }: ClosedNumbers): string {
  const premium =
    openPremium.length === 0
      ? 'all premium-rate numbers'
      : 'premium-rate numbers that openPremium does not open';
  return `emergency numbers of ${country} (${emergencyNumbers(country).join(', ')}) and ${premium}`;
}
