import { expect, it } from 'vitest';
import { createStartProgress } from '../../../../src/daemon/ocsd/start-progress.ts';

it('a long start gets more time with each step, and a line in the log for each tenth', () => {
  const told: string[] = [];
  const logged: unknown[] = [];
  const progress = createStartProgress((state) => told.push(state), {
    info: (fields, message) => logged.push([message, fields]),
  });
  for (const done of [0, 5, 9, 10, 100]) progress('numbers', done, 100);
  expect(told).toHaveLength(5);
  expect(told[1]).toBe('EXTEND_TIMEOUT_USEC=120000000\nSTATUS=starting: numbers: 5 of 100');
  progress('schema', 0, 1, 119_999);
  progress('schema', 0, 1, 600_000);
  expect(told.slice(5).map((line) => line.split('\n')[0])).toEqual([
    'EXTEND_TIMEOUT_USEC=120000000',
    'EXTEND_TIMEOUT_USEC=600000000',
  ]);
  expect(logged).toEqual([
    ['numbers', { done: 0, of: 100 }],
    ['numbers', { done: 10, of: 100 }],
    ['numbers', { done: 100, of: 100 }],
    ['schema', { done: 0, of: 1 }],
  ]);
});
