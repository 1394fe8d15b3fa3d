import { describe, expect, it } from 'vitest';
import { createSumming, rowTextOf } from '../../../../../src/ocs/store/moving/row-text.ts';

const table = {
  name: 't',
  columns: [
    { name: 'id', type: 'bigint' as const },
    { name: 'te"xt', type: 'text' as const },
    { name: 'share', type: 'double precision' as const },
  ],
  key: ['id'],
};

describe('a row as text', () => {
  const textOf = rowTextOf(table);

  it('has all 64 bits of numbers, nulls, and U+FFFD in place of NUL', () => {
    expect(textOf([2n ** 63n - 1n, 'a\0b\\u0000"', 0.1])).toBe(
      String.raw`{"id":9223372036854775807,"te\"xt":"a` + '\ufffd' + String.raw`b\\u0000\"","share":0.1}`,
    );
    expect(textOf([-1n, null, null])).toBe(String.raw`{"id":-1,"te\"xt":null,"share":null}`);
  });

  it.each([
    ['id', [1.5, '', 1], '1.5', 'a whole number, or null'],
    ['id', ['7', '', 1], 'text', 'a whole number, or null'],
    ['te"xt', [1n, Buffer.from('x'), 1], 'bytes', 'text, or null'],
    ['share', [1n, '', Infinity], 'Infinity', 'a number, or null'],
  ])('refuses what only SQLite would have in column %s', (column, row, found, expected) => {
    expect(() => textOf(row)).toThrow(
      expect.objectContaining({ code: 'DATABASE_ERROR', field: `t.${column}`, found, expected }),
    );
  });
});

describe('the checksum of a table', () => {
  const sumOf = (...rows: string[]) => {
    const summing = createSumming();
    for (const row of rows) summing.add(row);
    return summing.sum();
  };

  it('is the same in any order of the rows, and another one where a row is another, or there twice', () => {
    // SHA-256 of nothing begins with these 64 bits.
    expect(sumOf('')).toEqual({ rows: 1, checksum: 'e3b0c44298fc1c14' });
    expect(sumOf()).toEqual({ rows: 0, checksum: '0000000000000000' });
    expect(sumOf('a', 'b')).toEqual(sumOf('b', 'a'));
    expect(sumOf('a', 'b').checksum).not.toBe(sumOf('a', 'c').checksum);
    expect(sumOf('a', 'a').checksum).not.toBe(sumOf('b', 'b').checksum);
  });
});
