import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal, type Journal } from '../../../src/journal/journal.ts';
import { outcome, path, wall } from '../../support/dialer/journal-stage.ts';

/** The same file as the stage's, with a thread that waits for the disk. */
let threaded: Journal;
const onDisk = () =>
  new Promise<void>((resolve, reject) => {
    threaded.onDisk((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
const kinds = () => threaded.unacknowledged(10, 10_000).map(({ kind }) => kind);

beforeEach(() => {
  threaded = openJournal(path, () => wall.now, 'thread');
});
afterEach(() => {
  threaded.close();
});

test('OCS hears what is on the disk, and nothing else', async () => {
  threaded.accept([{ attemptId: 'a-1', request: {} }]);
  threaded.commit([
    { kind: 'dialling', attemptId: 'a-1', digits: '2025550123' },
    { kind: 'report', attemptId: 'a-1', body: { kind: 'outcome', outcome } },
  ]);
  expect(threaded.stateOf('a-1')).toBe('ended');
  expect(kinds()).toEqual([]);
  expect(threaded.unacknowledgedCount()).toBe(2);
  await onDisk();
  expect(kinds()).toEqual(['accepted', 'outcome']);
  threaded.accept([{ attemptId: 'a-2', request: {} }]);
  expect(kinds()).toEqual(['accepted', 'outcome']);
});

test('what the last run left goes out once it is known to be on the disk', async () => {
  threaded.accept([{ attemptId: 'a-1', request: {} }]);
  threaded.close();
  threaded = openJournal(path, () => wall.now, 'thread');
  expect(threaded.recover()).toEqual({ handedBack: 1, crashed: 0 });
  expect(kinds()).toEqual([]);
  await onDisk();
  expect(kinds()).toEqual(['accepted', 'hand_back']);
});
