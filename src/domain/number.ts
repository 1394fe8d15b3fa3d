import { CodedError } from './errors.ts';

/** A telephone number that passed {@link checkNumber}: an optional + and 2 to 20 digits, nothing else. */
export type CheckedNumber = string & { readonly __checked: 'number' };

const numberForm = /^\+?[0-9]{2,20}$/;

/**
 * Lets a number through only if it is an optional `+` followed by 2 to 20 digits. Dial-string control
 * characters (flash, pause, wait, mode letters) never come from a record; they come from configuration.
 *
 * @param value the number as a record, a request or a person gave it; blanks, dots, dashes, slashes and
 *   parentheses used for readability are removed first
 * @param field the name the error shall carry
 * @throws CodedError BAD_NUMBER
 */
export function checkNumber(value: string, field = 'number'): CheckedNumber {
  const bare = value.replace(/[\s.\-/()]/g, '');
  if (!numberForm.test(bare)) {
    throw new CodedError('BAD_NUMBER', `${field}: ${JSON.stringify(value)} is not a telephone number`, {
      field,
      found: value,
      expected: 'an optional + and 2 to 20 digits',
    });
  }
  return bare as CheckedNumber;
}

/** The number for a log line: all but the last two digits hidden. */
export function maskNumber(value: string): string {
  return value.length <= 2 ? '**' : '*'.repeat(value.length - 2) + value.slice(-2);
}
