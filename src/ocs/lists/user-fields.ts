import { knownColumn } from './columns.ts';
import { listColumnRules } from './csv.ts';

/**
 * What is wrong with the name of a user field that an agent gives a record, in words of what was expected: it must be
 * one that an export can have as a column and an import takes for no other.
 *
 * @returns null when nothing is
 */
export function userFieldFault(name: string): string | null {
  const column = knownColumn(name, listColumnRules);
  if (column !== null) return `the name of a user field; ${column} is a column of every calling list`;
  if (Object.hasOwn(Object.prototype, name)) return 'the name of a user field; this one is reserved';
  const fits = name !== '' && name === name.trim() && name.isWellFormed() && !/[\p{Cc}\ufffd]/u.test(name);
  return fits
    ? null
    : 'the name of a user field: text without control characters and without blanks at its ends';
}

/** Whether an export could have the value: text that UTF-8 can write, as an import takes it again. */
export function isUserValue(value: string | number): boolean {
  return typeof value === 'number' || (value.isWellFormed() && !value.includes('\ufffd'));
}
