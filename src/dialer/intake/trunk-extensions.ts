import { emergencyNumbers } from '../../domain/emergency-numbers.ts';
import { CodedError } from '../../domain/errors.ts';
import { compileExtensions, type ExtensionCheck } from '../../domain/extension.ts';
import { compileEmergencyCheck } from './emergency-ways.ts';

/** What is never an extension, whatever the patterns say. */
export interface ClosedExtensions {
  /** Country of the trunk, ISO 3166. */
  country: string;
  /** The switch's access digits for an outside line; empty where there are none. */
  prefix: string;
}

/**
 * The extensions that a site allows, but none that is an emergency number, or would be one outside: an extension comes
 * from an agent's log-in, and a switch that does not know it may look for it outside.
 *
 * @throws CodedError BAD_CONFIG naming the pattern that is no regular expression
 */
export function compileTrunkExtensions(allow: readonly string[], closed: ClosedExtensions): ExtensionCheck {
  const allowed = compileExtensions(allow);
  const reachesEmergency = compileEmergencyCheck(closed.country);
  const { prefix } = closed;
  const numbers = new Set(emergencyNumbers(closed.country));
  return (extension, field = 'extension') => {
    allowed(extension, field);
    const outside = prefix !== '' && extension.startsWith(prefix) ? extension.slice(prefix.length) : '';
    // Extensions do not begin with 0: digits that do may go outside, in one of several forms.
    const mayGoOut = [outside, extension.startsWith('0') ? extension : ''];
    if (numbers.has(extension) || mayGoOut.some((digits) => digits !== '' && reachesEmergency(digits))) {
      throw new CodedError('EXTENSION_NOT_ALLOWED', `${field}: it is an emergency number`, {
        field,
        expected: 'an extension of the switch',
      });
    }
  };
}

/** Longest pattern that the link takes. */
const longestPattern = 500;

/**
 * The patterns as OCS is told them: emergency numbers match none, so that an agent who logs in at one is refused there.
 * A pattern that would become longer than the link takes stays as it is.
 */
export function patternsForOcs(allow: readonly string[], { country, prefix }: ClosedExtensions): string[] {
  const access = prefix === '' ? '' : `(?:${prefix})?`;
  const not = `^(?!${access}(?:${emergencyNumbers(country).join('|')})$)`;
  return allow.map((pattern) => {
    const narrowed = `${not}(?=.*(?:${pattern}))`;
    return narrowed.length > longestPattern ? pattern : narrowed;
  });
}
