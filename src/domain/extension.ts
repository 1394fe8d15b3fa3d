import { CodedError } from './errors.ts';
import { compilePattern } from './pattern.ts';

/** An extension of the switch, whichever of them a site allows. */
export const extensionForm = /^[0-9]{2,20}$/;

/** Lets an extension through or throws CodedError EXTENSION_NOT_ALLOWED. */
export type ExtensionCheck = (extension: string, field?: string) => void;

/**
 * Extensions of a switch as most sites have them: three to five digits that begin neither with an outside line
 * (0, 9) nor look like an emergency number of three digits (110, 112, 119 ...).
 */
export const usualExtensions: readonly string[] = ['^(?!1[0-9]{2}$)[1-8][0-9]{2,4}$'];

/**
 * Where live calls may be moved to and whose telephones may be rung. An extension comes from an agent's log-in
 * or from a campaign, so without this check a desktop could have calls bridged to any number at the site's cost.
 *
 * @param allow regular expressions; an extension is used only if one of them matches
 * @throws CodedError BAD_CONFIG naming the pattern that is no regular expression
 */
export function compileExtensions(allow: readonly string[]): ExtensionCheck {
  const patterns = allow.map((pattern, i) => compilePattern(pattern, `allow[${i}]`, 'extensions'));
  return (extension, field = 'extension') => {
    if (extensionForm.test(extension) && patterns.some((pattern) => pattern.test(extension))) return;
    // The number is not named: it may be a telephone number outside.
    throw new CodedError('EXTENSION_NOT_ALLOWED', `${field}: extensions.allow does not permit it`, {
      field,
      expected: 'an extension that a pattern of extensions.allow matches',
    });
  };
}
