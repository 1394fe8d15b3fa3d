import { CodedError } from './errors.ts';
import { hasTrunkZero, startsWithTrunkZero } from './numbering.ts';

/** A telephone number that passed {@link checkNumber}: an optional + and digits, nothing else. */
export type CheckedNumber = string & { readonly __checked: 'number' };

/** What may reach a trunk. */
export const numberForm = /^\+?[0-9]{2,20}$/;

/**
 * The one check that a number may reach a trunk. Twin of `native/board/number.h`; `test/vectors/dial-numbers.txt` holds
 * the two to each other.
 */
export function isDialable(value: string): value is CheckedNumber {
  return numberForm.test(value);
}

/**
 * Lets through what is certainly one telephone number. Dial-string control characters (flash, pause, wait, mode
 * letters) never come from a record; they come from configuration.
 *
 * @param value the number as a record, a request or a person gave it, with what makes it readable
 * @param field the name the error shall carry
 * @returns an optional + and the digits
 * @throws CodedError BAD_NUMBER saying what was expected
 */
export function checkNumber(value: string, field = 'number'): CheckedNumber {
  const read = readWrittenNumber(value);
  if ('number' in read) return read.number as CheckedNumber;
  throw badNumber(value, field, read.expected);
}

/**
 * Lets digits through that go to a trunk, with access digits in front.
 *
 * @throws CodedError BAD_NUMBER
 */
export function checkDialled(value: string, field: string): CheckedNumber {
  if (isDialable(value)) return value;
  throw badNumber(value, field, 'an optional + and 2 to 20 digits');
}

function badNumber(found: string, field: string, expected: string): CodedError {
  return new CodedError('BAD_NUMBER', `${field}: ${JSON.stringify(found)} is not a telephone number`, {
    field,
    found,
    expected,
  });
}

/** The number for a log line: all but the last two digits hidden. */
export function maskNumber(value: string): string {
  return value.length <= 2 ? '**' : '*'.repeat(value.length - 2) + value.slice(-2);
}

/** Most digits of a number with its country code (ITU-T E.164), and of one behind an international prefix. */
const longest = { number: 15, dialledAbroad: 19 };

/** What every number is, in words for an error. */
export const numberWords = `an optional + and 2 to ${String(longest.number)} digits`;

/** Digits with what stands before them. */
interface Group {
  digits: string;
  before: string;
}

/**
 * Reads one telephone number as people write it: digits in groups with blanks, hyphens, dots, one slash or brackets
 * between them. What could be anything else is refused and not mended: two numbers, a decimal of a spreadsheet, a
 * date, an extension. The only digit that is left out is a trunk zero in brackets behind the code of a country that
 * has one, as in `+44 (0)20`.
 *
 * @returns the number as an optional + and digits, or what was expected instead
 */
export function readWrittenNumber(value: string): { number: string } | { expected: string } {
  const text = value
    .trim()
    .replace(/\p{Zs}/gu, ' ')
    .replace(/[\u2010-\u2014]/g, '-');
  const [, opening = '', rest = ''] = /^([(+ ]*)(.*)$/s.exec(text) ?? [];
  const groups = groupsOf(rest);
  if (groups === null || !/^(?:\(?|\+ ?|\(\+|\+ ?\()$/.test(opening)) return { expected: strangeWords(text) };
  const plus = opening.includes('+');
  const marks = text.replace(/[^()]/g, '');
  if (!/^(?:\(\)){0,2}$/.test(marks)) return { expected: 'brackets in pairs' };
  const fault = shapeFault(groups, plus);
  if (fault !== null) return { expected: fault };
  const kept = withoutTrunkZero(groups, plus, opening.endsWith('('));
  if (kept === null) {
    return { expected: 'no 0 in brackets, unless behind the code of a country with that trunk prefix' };
  }
  const digits = kept.map((group) => group.digits).join('');
  const expected = digitsFault(digits, plus);
  return expected === null ? { number: (plus ? '+' : '') + digits } : { expected };
}

/** The groups of digits; null when something else is between, before or behind them. */
function groupsOf(text: string): Group[] | null {
  const groups = [...text.matchAll(/([^0-9]*)([0-9]+)/g)].map(([, before = '', digits = '']) => ({
    before,
    digits,
  }));
  const fits = groups.every(({ before }, index) =>
    index === 0 ? before === '' : before !== '' && /^ *(?:\) *)?(?:[-./] *)?(?:\( *)?$/.test(before),
  );
  return fits && groups.length > 0 && /[0-9]$/.test(text) ? groups : null;
}

/** What was expected in place of a text that has other characters than a number. */
function strangeWords(text: string): string {
  const hidden = /[\p{Cf}\p{Cc}]/u.exec(text)?.[0];
  if (hidden !== undefined) {
    const code = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `one number without characters that are not seen (U+${code})`;
  }
  if (/^\+?\d+(?:[.,]\d+)?e[+-]?\d+$/i.test(text)) return 'all digits of the number, not a power of ten';
  if (/\d.*(?:x|ext|extn|extension|durchwahl|poste|#|;ext=)[. :=]*\d+$/i.test(text)) {
    return 'a number without an extension';
  }
  if (/[^0-9\P{Nd}]/u.test(text)) return 'the digits 0 to 9';
  if (/\d.*\+/.test(text) || /\d\s*(?:[,;|&]|or|und|et|y|o)\s*[+(]?\d/i.test(text)) return 'one number';
  return numberWords;
}

/** What is wrong with the way in which the digits are grouped, in words of what was expected; null when nothing is. */
function shapeFault(groups: readonly Group[], plus: boolean): string | null {
  const last = groups.at(-1);
  if (groups.length > 1 && last?.before.endsWith('(')) return 'digits behind the brackets';
  if (isDecimal(groups, plus)) return 'a number as text, not a decimal number';
  if (isDate(groups, plus)) return 'a telephone number, not a date';
  return areTwo(groups, plus) ? 'one number' : null;
}

/** `12125550100.0`, as a spreadsheet writes a number that it took for an amount. */
function isDecimal(groups: readonly Group[], plus: boolean): boolean {
  const last = groups.at(-1);
  if (last?.before.trim() !== '.') return false;
  const dots = groups.filter(({ before }) => before.trim() === '.').length;
  const { length } = last.digits;
  if (dots > 1) return length === 1;
  if (groups.length > 2) return length <= 2;
  const before = groups[0]?.digits.length ?? 0;
  return (
    length <= 2 || before + length < 7 || before >= 7 || (before === 1 && !plus) || /^0+$/.test(last.digits)
  );
}

function isDate(groups: readonly Group[], plus: boolean): boolean {
  if (plus || groups.length !== 3) return false;
  const [first = '', second = '', third = ''] = groups.map(({ digits }) => digits);
  const isYear = (digits: string) => /^(?:19|20)\d\d$/.test(digits);
  const isDay = (digits: string) => digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= 31;
  return isDay(second) && ((isYear(first) && isDay(third)) || (isDay(first) && isYear(third)));
}

/** Two numbers in one cell: each group or each half is long enough, or is written, as a number of its own. */
function areTwo(groups: readonly Group[], plus: boolean): boolean {
  const lengths = groups.map(({ digits }) => digits.length);
  if (lengths.filter((length) => length >= 7).length > 1) return true;
  if (lengths.slice(0, -1).some((length) => length >= 9)) return true;
  const slashes = groups.flatMap(({ before }, index) => (before.includes('/') ? [index] : []));
  if (slashes.length > 1) return true;
  const [slash] = slashes;
  if (slash !== undefined) return !isAreaCode(groups, slash, plus);
  if (plus) return false;
  if (hasWholeNumberAtAnEnd(groups)) return true;
  if (groups.length % 2 !== 0) return false;
  const middle = groups.length / 2;
  const [left, right] = [groups.slice(0, middle), groups.slice(middle)];
  if (left.some(({ digits }, index) => digits.length !== right[index]?.digits.length)) return false;
  const { length } = joined(left);
  if (middle === 1) return length >= 6;
  const gap = right[0]?.before.trim() ?? '';
  const inner = [...left, ...right.slice(1)].slice(1).map(({ before }) => before.trim());
  const apart = inner.every((each) => each !== gap);
  const bothNational = joined(left).startsWith('0') && joined(right).startsWith('0');
  return length >= 7 || (length >= 5 && (apart || bothNational));
}

/** Whether the first group of a local number's length, or the last one, has beside it the digits of another number. */
function hasWholeNumberAtAnEnd(groups: readonly Group[]): boolean {
  const at = groups.findIndex(({ digits }) => digits.length >= 7);
  if (at === -1) return false;
  const [before, after] = [joined(groups.slice(0, at)), joined(groups.slice(at + 1))];
  return after.length >= 5 || (before.length >= 7 && !/^(?:00|011)/.test(before));
}

/** Whether what is before a slash can be but an area code, and what is behind it a number: `030/5550101`. */
function isAreaCode(groups: readonly Group[], slash: number, plus: boolean): boolean {
  const [before, after] = [joined(groups.slice(0, slash)), joined(groups.slice(slash))];
  if (after.startsWith('0') && (plus || before.startsWith('0'))) return false;
  if (plus || before.startsWith('00')) return before.length >= 3 && before.length <= 9 && after.length >= 4;
  if (before.startsWith('0')) return before.length >= 3 && before.length <= 6 && after.length >= 4;
  return /^1?[2-9]\d\d$/.test(before) && after.length === 7;
}

function joined(groups: readonly Group[]): string {
  return groups.map(({ digits }) => digits).join('');
}

/** The groups without a trunk zero in brackets behind a country code; null when it cannot be known to be one. */
function withoutTrunkZero(
  groups: readonly Group[],
  plus: boolean,
  bracketFirst: boolean,
): readonly Group[] | null {
  const zeros = groups.flatMap(({ digits, before }, index) => {
    const opened = index === 0 ? bracketFirst : before.endsWith('(');
    return digits === '0' && opened && groups[index + 1]?.before.trim().startsWith(')') ? [index] : [];
  });
  const [at] = zeros;
  // `(0)20 7946 0958` is a national number, its 0 is dialled.
  if (at === undefined || (at === 0 && zeros.length === 1)) return groups;
  if (zeros.length > 1) return null;
  const before = joined(groups.slice(0, at));
  const code = plus ? before : (/^(?:00|011)(\d+)$/.exec(before)?.[1] ?? '');
  return hasTrunkZero(code) ? groups.filter((_group, index) => index !== at) : null;
}

/** What is wrong with the digits as a whole. */
function digitsFault(digits: string, plus: boolean): string | null {
  const abroad = !plus && /^(?:00|011|810)/.test(digits);
  if (digits.length < 2 || digits.length > (abroad ? longest.dialledAbroad : longest.number))
    return numberWords;
  if (!plus) return null;
  if (digits.startsWith('0')) return 'a country code behind the +';
  return startsWithTrunkZero(digits) ? 'no 0 behind the country code' : null;
}
