import { hash } from 'node:crypto';
import { CodedError } from '../../../domain/errors.ts';
import type { CopiedTable } from '../postgres/tables.ts';

/** Values in the order of the table's columns; whole numbers are bigint, in all their 64 bits. */
export type Row = readonly unknown[];

const wanted = { bigint: 'bigint', text: 'string', 'double precision': 'number' } as const;
const inWords = { bigint: 'a whole number', text: 'text', 'double precision': 'a number' } as const;

/**
 * How a row of this table is written as a JSON object: the same text whichever store it comes from. PostgreSQL has no text
 * with NUL in it, so U+FFFD is in its place.
 *
 * @returns throws CodedError DATABASE_ERROR for a value that only SQLite would have in such a column
 */
export function rowTextOf({ name, columns }: CopiedTable): (row: Row) => string {
  const members = columns.map((column, at) => ({
    ...column,
    before: `${at === 0 ? '{' : ','}${JSON.stringify(column.name)}:`,
  }));
  return (row) => {
    let text = '';
    members.forEach(({ before, type, name: column }, at) => {
      const value = row[at];
      if (value !== null && (typeof value !== wanted[type] || value === Infinity || value === -Infinity)) {
        throw new CodedError('DATABASE_ERROR', `table ${name} has ${found(value)} in column ${column}`, {
          field: `${name}.${column}`,
          found: found(value),
          expected: `${inWords[type]}, or null`,
        });
      }
      text += before + valueText(value);
    });
    return `${text}}`;
  };
}

function found(value: unknown): string {
  if (typeof value === 'string') return 'text';
  return Buffer.isBuffer(value) ? 'bytes' : String(value);
}

function valueText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value);
}

/** What a table holds, in any order of its rows. */
export interface TableSum {
  rows: number;
  /** Sum of the first 64 bits of the SHA-256 of each row's text, modulo 2^64: 16 hexadecimal digits. */
  checksum: string;
}

export interface Summing {
  add(rowText: string): void;
  sum(): TableSum;
}

export function createSumming(): Summing {
  let rows = 0;
  let sum = 0n;
  return {
    add: (rowText) => {
      rows += 1;
      sum = BigInt.asUintN(64, sum + hash('sha256', rowText, 'buffer').readBigUInt64BE(0));
    },
    sum: () => ({ rows, checksum: sum.toString(16).padStart(16, '0') }),
  };
}
