import { describe, expect, it } from 'vitest';
import { alignedTable, duration, tabbedTable, type Column } from '../../../src/terminal/output.ts';

describe('output', () => {
  interface Row {
    name: string;
    count: number | null;
  }
  const columns: Column<Row>[] = [
    { heading: 'NAME', value: ({ name }) => name },
    { heading: 'COUNT', value: ({ count }) => count, align: 'right' },
  ];
  const rows = [
    { name: 'autumn', count: 7 },
    { name: 'x\ty', count: null },
  ];

  it('aligns on a terminal and separates by tabs in a pipe', () => {
    expect(alignedTable(columns, rows.slice(0, 1))).toBe('NAME    COUNT\nautumn      7\n');
    expect(tabbedTable(columns, rows)).toBe('autumn\t7\nx y\t-\n');
  });

  it('aligns by what a terminal shows: a wide character takes two places, an accent none', () => {
    const wide = [
      { name: '東京', count: 7 },
      { name: 'e\u0301te\u0301', count: 12 },
    ];
    expect(alignedTable(columns, wide)).toBe('NAME  COUNT\n東京      7\ne\u0301te\u0301      12\n');
  });

  it.each([
    [340, '340 ms'],
    [12_400, '12.4 s'],
    [185_000, '3 min 05 s'],
    [7_620_000, '2 h 07 min'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
