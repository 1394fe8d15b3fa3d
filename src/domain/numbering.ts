/** How numbers are written where the lists come from; digits only. */
export interface Numbering {
  /** Country code of the lists' own country, e.g. `49`. */
  countryCode: string;
  /** What is dialled before a national number within the country, e.g. `0`; empty where there is none. */
  nationalPrefix: string;
  /** What is dialled before a number abroad, e.g. `00` or `011`. */
  internationalPrefix: string;
  /**
   * A number without any prefix is a national one if it has at most so many digits, else an international one
   * whose + was lost. When absent: 10 where there is no national prefix, else 0, so that no such number is
   * taken for national.
   */
  nationalDigits?: number | undefined;
}

/**
 * The form under which two ways to write the same number are equal. For comparison only, never to be dialled.
 *
 * Without a numbering plan these are the digits as written; with one, those of the E.164 form (ITU-T E.164:
 * country code and national number, without +). `canonicalNumber('+' + key)` is `key` again.
 *
 * @param number an optional + and digits; anything else in it is ignored
 */
export function canonicalNumber(number: string, numbering?: Numbering): string {
  const digits = number.replace(/\D/g, '');
  if (numbering === undefined) return digits;
  const { countryCode, nationalPrefix, internationalPrefix } = numbering;
  const national = (rest: string) => withoutTrunkPrefix(countryCode + rest, numbering);
  const international = (rest: string) => withoutTrunkPrefix(rest, numbering);
  if (number.startsWith('+')) return international(digits);
  if (startsWith(digits, internationalPrefix)) return international(digits.slice(internationalPrefix.length));
  if (startsWith(digits, nationalPrefix)) return national(digits.slice(nationalPrefix.length));
  const nationalDigits = numbering.nationalDigits ?? (nationalPrefix === '' ? 10 : 0);
  // Where national numbers have a prefix, one that begins with the country code has lost its +.
  const complete = nationalPrefix !== '' && startsWith(digits, countryCode);
  return digits.length > nationalDigits || complete ? international(digits) : national(digits);
}

/** `+44 (0)20 ...` is a common way to write what is `+44 20 ...`. */
function withoutTrunkPrefix(digits: string, { countryCode, nationalPrefix }: Numbering): string {
  let key = digits;
  while (nationalPrefix !== '' && startsWith(key, countryCode + nationalPrefix)) {
    key = countryCode + key.slice(countryCode.length + nationalPrefix.length);
  }
  return key;
}

/** Begins with the prefix, there is one, and something comes after it. */
function startsWith(digits: string, prefix: string): boolean {
  return prefix !== '' && digits.length > prefix.length && digits.startsWith(prefix);
}
