import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startBeats } from '../../../../../src/ocs/store/postgres/beats.ts';
import type { Connection } from '../../../../../src/ocs/store/postgres/connection.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A heart whose first beat is on its way until it is answered. */
function beating() {
  const asked: string[] = [];
  const { promise: answer, resolve } = Promise.withResolvers<object>();
  const heart = {
    query: (text: string, _values?: unknown[], name?: string) => {
      asked.push(name ?? text);
      return name === 'beat' ? answer : Promise.resolve({ rows: [] });
    },
    close: () => {
      asked.push('close');
      return Promise.resolve();
    },
  } as unknown as Connection;
  const lost = vi.fn();
  const error = vi.fn();
  const beats = startBeats(heart, { node: 'n1', epoch: 1 }, {
    lost,
    log: { error },
    self: { certificate: () => null },
  } as unknown as Parameters<typeof startBeats>[2]);
  return { asked, beats, lost, answer: (found: object) => resolve({ rows: [found] }) };
}

it('a beat that is on its way while the campaigns are given up ends nothing, and no other follows', async () => {
  const { answer, asked, beats, lost } = beating();
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['beat']);
  const given = beats.giveUp();
  answer({ own: false, there: true });
  await given;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lost).not.toHaveBeenCalled();
  expect(asked.filter((each) => each === 'beat')).toHaveLength(1);
  expect(asked.at(-1)).toBe('close');
});

it('a loss that such a beat finds is written while there is an owner', async () => {
  const { answer, asked, beats, lost } = beating();
  await vi.advanceTimersByTimeAsync(1);
  const given = beats.giveUp();
  answer({ own: true, there: false });
  await given;
  const updates = asked.filter((each) => each.startsWith('update ocs_units'));
  expect(updates.map((each) => each.includes('lost = $3'))).toEqual([true, false]);
  expect(lost).not.toHaveBeenCalled();
});
