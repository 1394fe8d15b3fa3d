import { maskNumber } from '../../domain/number.ts';

/** Keys whose values are secrets, whatever they hold. The file of a token is only named: it stays. */
const secretKeys = /^(token|tokens|password|secret|authorization)$/i;

/** Keys whose values are telephone numbers, however short. */
const numberKeys = /^(number|phone|caller_?id|called|calling|destination|extension)$/i;

/** Keys whose values are names or measures, though they may look like numbers. */
const plainKeys = /(id|version|path|file|folder|release|at)$/i;

/** Five digits or more in a row, with or without a +: to be taken for a telephone number. */
const numberInText = /\+?\d{5,}/g;

/** User and password in an address. */
const credentials = /:\/\/[^/\s"'<>]*@/g;

/**
 * A copy of a JSON value that can be sent away: secrets, and user and password in addresses, are replaced by `(withheld)`, telephone numbers are masked
 * but for their last two digits, also within texts.
 */
export function redact(value: unknown, key = ''): unknown {
  if (secretKeys.test(key) && value !== null && value !== undefined) return '(withheld)';
  if (Array.isArray(value)) return value.map((each) => redact(each, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redact(each, name)]));
  }
  if (typeof value !== 'string') return value;
  if (numberKeys.test(key)) return maskNumber(value);
  const open = value.replace(credentials, '://(withheld)@');
  return plainKeys.test(key) ? open : open.replace(numberInText, maskNumber);
}
