import { describe, expect, it } from 'vitest';
import { countTable, quantile, share, spread } from '../../../../src/eval/measures/statistics.ts';
import { percent, withInterval } from '../../../../src/eval/measures/words.ts';

describe('a share with its interval', () => {
  // Newcombe, Two-sided confidence intervals for the single proportion (Statistics in Medicine 17, 1998),
  // table I, method 3 (score without continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('is as published for %d of %d', (count, n, low, high) => {
    const found = share(count, n);
    expect(found.share).toBe(count / n);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it('is the mirror of its complement, and exact at the ends', () => {
    const lost = share(3, 126);
    const kept = share(123, 126);
    expect(kept.low).toBeCloseTo(1 - (lost.high ?? NaN), 12);
    expect(kept.high).toBeCloseTo(1 - (lost.low ?? NaN), 12);
    expect(share(7, 7).high).toBe(1);
    expect(share(0, 7).low).toBe(0);
  });

  it('is nothing of nothing', () => {
    expect(share(0, 0)).toEqual({ n: 0, count: 0, share: null, low: null, high: null });
    expect(withInterval(share(0, 0))).toBe('-');
  });

  it('is read in percent', () => {
    expect(withInterval(share(2, 126))).toBe('1.6 % (0.44 to 5.6 %)');
    expect([0, 0.0079, 0.5, 1, null].map(percent)).toEqual(['0 %', '0.79 %', '50.0 %', '100 %', '-']);
  });
});

describe('quantiles', () => {
  it('are those of type 7', () => {
    // R: quantile(c(15, 20, 35, 40, 50), c(0.4, 0.5, 0.95))
    const values = [50, 15, 40, 20, 35];
    expect(quantile(values, 0.4)).toBeCloseTo(29, 9);
    expect(quantile(values, 0.5)).toBe(35);
    expect(quantile(values, 0.95)).toBeCloseTo(48, 9);
    expect(values).toEqual([50, 15, 40, 20, 35]);
  });

  it('sum up times, negative ones too', () => {
    expect(spread([-400, 600, 100])).toEqual({ n: 3, p50: 100, p90: 500, p95: 550, max: 600 });
    expect(spread([])).toEqual({ n: 0, p50: null, p90: null, p95: null, max: null });
  });
});

describe('the table of counts', () => {
  it('counts each pair in its place', () => {
    const pairs = [
      { row: 'human', column: 'live' },
      { row: 'machine', column: 'live' },
      { row: 'human', column: 'live' },
    ];
    expect(countTable(pairs, ['human', 'machine'], ['live', 'machine'])).toEqual({
      rows: ['human', 'machine'],
      columns: ['live', 'machine'],
      counts: [
        [2, 0],
        [1, 0],
      ],
    });
  });

  it('refuses what has no place', () => {
    expect(() => countTable([{ row: 'human', column: 'fax' }], ['human'], ['live'])).toThrow(RangeError);
  });
});
