import { expect, it } from 'vitest';
import { createBadLines } from '../../../../src/ocs/api/bad-lines.ts';

const line = (n: number, found: string) => ({ line: n, field: 'phone', found, expected: 'a number' });

it('bad lines are told by their place, the first hundred, with a count of all', () => {
  const bad = createBadLines();
  bad.add(Array.from({ length: 250 }, (_, index) => line(300 - index, 'x')));
  expect(bad.count()).toBe(250);
  expect(bad.first().map(({ line: n }) => n)).toEqual(Array.from({ length: 100 }, (_, index) => 51 + index));
  expect(() => {
    bad.refuse();
  }).toThrow(expect.objectContaining({ code: 'BAD_CSV' }));
});

it('a bad cell is told whole up to a hundred characters, a longer one by its beginning', () => {
  const bad = createBadLines();
  bad.add([line(1, 'y'.repeat(100)), line(2, 'z'.repeat(101))]);
  expect(bad.first().map(({ found }) => found)).toEqual(['y'.repeat(100), `${'z'.repeat(100)}...`]);
});

it('a file without bad lines is not refused', () => {
  const bad = createBadLines();
  expect(() => {
    bad.refuse();
  }).not.toThrow();
});
