import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLane, type Lane } from '../../../../../src/ocs/store/postgres/lane.ts';
import type { Answer } from '../../../../../src/ocs/store/postgres/sender.ts';

/** A database that answers when the test says so. */
const open = () => {
  let unsent: string[] = [];
  const asked: {
    seq: number;
    set: string;
    answer: (answer: Answer) => void;
    fail: (error: unknown) => void;
  }[] = [];
  const ran: string[] = [];
  const told: (string | null)[] = [];
  const refused: string[] = [];
  const fenced = vi.fn();
  const lane: Lane = createLane({
    changes: {
      take: () => {
        const set = unsent.length === 0 ? null : unsent.join(',');
        unsent = [];
        return set;
      },
    },
    newest: 7,
    send: (seq, set) =>
      new Promise((answer, fail) => {
        asked.push({ seq, set, answer, fail });
      }),
    fenced,
    lost: () => refused.push('lost'),
    told: (trouble) => told.push(trouble),
    refused: (why) => refused.push(why),
    clock: () => Date.now(),
  });
  const commit = (name: string, wrote = true) => {
    if (wrote) unsent.push(name);
    lane.committed(wrote, () => ran.push(name));
  };
  const write = (name: string) => unsent.push(name);
  return { asked, commit, fenced, lane, ran, refused, told, write };
};
const turns = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('lets nobody hear of a change before the database has it, and sends what came meanwhile as one', async () => {
  const { asked, commit, lane, ran } = open();
  commit('a');
  await turns();
  commit('b');
  commit('c');
  expect([asked.map(({ seq, set }) => [seq, set]), ran]).toEqual([[[8, 'a']], []]);
  asked[0]?.answer('kept');
  await turns();
  expect([asked.map(({ seq, set }) => [seq, set]), ran]).toEqual([
    [
      [8, 'a'],
      [9, 'b,c'],
    ],
    ['a'],
  ]);
  asked[1]?.answer('kept');
  await turns();
  expect(ran).toEqual(['a', 'b', 'c']);
  expect(lane.kept()).toBeNull();
});

it('sends what nobody committed when it is flushed', async () => {
  const { asked, lane, write } = open();
  write('a');
  lane.flush();
  await turns();
  expect(asked.map(({ set }) => set)).toEqual(['a']);
});

it('sends a set again under its number when the answer is lost', async () => {
  const { asked, commit, ran } = open();
  commit('a');
  await turns();
  asked[0]?.fail(new Error('connection lost'));
  await turns(100);
  expect(asked.map(({ seq, set }) => [seq, set])).toEqual([
    [8, 'a'],
    [8, 'a'],
  ]);
  asked[1]?.answer('kept');
  await turns();
  expect(ran).toEqual(['a']);
});

it('holds up what wrote nothing for a moment only: people are on the line', async () => {
  const { asked, commit, ran } = open();
  commit('write');
  await turns();
  commit('reservation', false);
  await turns(100);
  expect(ran).toEqual([]);
  await turns(100);
  expect(ran).toEqual(['reservation']);
  commit('another', false);
  await turns(10);
  commit('late', false);
  expect(ran).toEqual(['reservation', 'another', 'late']);
  asked[0]?.answer('kept');
  await turns();
  expect(ran).toEqual(['reservation', 'another', 'late', 'write']);
});

it('says after three seconds that nothing more is written, and when it is again', async () => {
  const { asked, commit, lane, told } = open();
  commit('a');
  await turns();
  for (let ms = 0; ms < 8_000; ms += 100) {
    asked.at(-1)?.fail(new Error('refused'));
    await turns(100);
  }
  expect(told).toEqual(['refused']);
  expect(lane.trouble()).toBe('PostgreSQL does not answer: refused');
  asked.at(-1)?.fail(new Error('refused'));
  await turns(4_000);
  asked.at(-1)?.answer('kept');
  await turns();
  expect(told).toEqual(['refused', null]);
  expect(lane.trouble()).toBeNull();
});

it('tells whoever waits that it is not known, after eight seconds', async () => {
  const { commit, lane } = open();
  commit('a');
  const kept = lane.kept();
  const end = expect(kept).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  await turns(8_000);
  await end;
});

it('keeps silent about what was not kept when another one owns the rows', async () => {
  const { asked, commit, fenced, lane, ran } = open();
  commit('a');
  await turns();
  asked[0]?.answer('fenced');
  await turns();
  expect([ran, fenced.mock.calls.length]).toEqual([[], 1]);
  expect(lane.trouble()).toContain('another ocsd');
  // Nobody is told that it is kept, and nobody who only reads waits for ever.
  await expect(lane.kept()).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  commit('reader', false);
  expect(ran).toEqual(['reader']);
  commit('b');
  await turns(1_000);
  expect([asked.length, ran]).toEqual([1, ['reader']]);
});

it('lets those go who only read when another one owns the rows, also behind a change that is not kept', async () => {
  const { asked, commit, ran } = open();
  commit('a');
  await turns();
  commit('b');
  commit('reader', false);
  asked[0]?.answer('fenced');
  await turns();
  expect(ran).toEqual(['reader']);
});

it('tells of a set that the database will never take', async () => {
  const { asked, commit, ran, refused } = open();
  commit('a');
  await turns();
  for (let tries = 0; tries < 5; tries++) {
    asked.at(-1)?.fail(Object.assign(new Error('out of range'), { code: '22003' }));
    await turns(2_000);
  }
  expect([refused, ran]).toEqual([['out of range'], []]);
});
