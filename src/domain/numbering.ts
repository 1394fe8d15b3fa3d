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
   * whose + was lost. When absent, the numbering plans of the countries say which of the two it is.
   */
  nationalDigits?: number | undefined;
}

/**
 * Says of a number without any prefix whether it is a national one; null when the numbering plans know it neither so
 * nor as an international one whose + was lost.
 */
export type IsNational = (digits: string) => boolean | null;

/**
 * The form under which two ways to write the same number are equal. For comparison only, never to be dialled.
 *
 * Without a numbering plan these are the digits as written, without the 00 that most countries dial for +; with one,
 * those of the E.164 form (ITU-T E.164: country code and national number, without +). `canonicalNumber('+' + key)` is
 * `key` again.
 *
 * @param number an optional + and digits; anything else in it is ignored
 * @param isNational asked only where the plan has no `nationalDigits`; when absent or without an answer, numbers of at
 *   most 10 digits are national where there is no national prefix, and none where there is one
 */
export function canonicalNumber(number: string, numbering?: Numbering, isNational?: IsNational): string {
  const digits = number.replace(/\D/g, '');
  if (numbering === undefined) return digits.replace(/^00(?=[1-9]\d{5})/, '');
  const { countryCode, nationalPrefix, internationalPrefix } = numbering;
  const national = (rest: string) => withoutTrunkPrefix(countryCode + rest, numbering);
  const international = (rest: string) => withoutTrunkPrefix(rest, numbering);
  if (number.startsWith('+')) return international(digits);
  if (startsWith(digits, internationalPrefix)) return international(digits.slice(internationalPrefix.length));
  if (startsWith(digits, nationalPrefix)) return national(digits.slice(nationalPrefix.length));
  const known = numbering.nationalDigits === undefined ? isNational?.(digits) : null;
  if (typeof known === 'boolean') return known ? national(digits) : international(digits);
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

/**
 * Country codes whose national numbers are dialled with a trunk prefix 0 at home and without it from abroad, so that
 * `+44 (0)20 ...` is `+44 20 ...`. Where a 0 belongs to the number (Italy, Gabon ...) or the prefix is another one, the
 * code is not here. From the national numbering plans as libphonenumber has them; a test compares the two.
 */
const trunkZeroCodes: ReadonlySet<string> = new Set(
  (
    '20 27 31 32 33 40 41 43 44 46 49 51 53 54 55 57 58 60 61 62 63 64 66 81 82 84 86 90 91 92 93 94 95 98 ' +
    '211 212 213 218 231 232 233 234 243 249 250 251 252 254 255 256 260 261 262 263 264 265 291 ' +
    '353 355 358 359 370 373 374 377 380 381 382 383 385 386 387 389 421 423 ' +
    '508 590 591 593 594 595 596 598 686 ' +
    '850 855 856 880 886 961 962 963 964 966 967 970 971 972 976 977 994 995 996'
  ).split(' '),
);

/** Whether the trunk prefix of a country is a 0 that nobody dials from abroad. */
export function hasTrunkZero(countryCode: string): boolean {
  return trunkZeroCodes.has(countryCode);
}

/** Whether an international number, without its +, has a 0 behind its country code that cannot be there. */
export function startsWithTrunkZero(digits: string): boolean {
  return [2, 3].some((length) => hasTrunkZero(digits.slice(0, length)) && digits[length] === '0');
}
