import { describe, expect, it } from 'vitest';
import type { ImportProgress } from '../../../../src/api/fields.ts';
import { loadDncFile, rehearseDncFile, undoDncBatch } from '../../../../src/ocs/api/dnc-file.ts';
import { textFile } from '../../../../src/ocs/lists/csv-slices.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `+1212${String(2_000_000 + index)}\n`).join('');
const first = '+12122000000';
const last = '+12122002999';
const dncFile = (text: string, skipBad = false) => ({
  file: textFile(`phone\n${text}`),
  map: {},
  skipBad,
  atMs: 5,
});

function stage() {
  const { cancels, log, store } = openRooms();
  const listed = (phone: string) => store.doNotCall.forbids(phone, null) !== null;
  return { cancels, log, store, listed };
}

/** Runs something in slices, and looks at each turn of the event loop. */
async function watching<T>(run: Promise<T>, look: () => void): Promise<T> {
  let done = false;
  const turn = () => {
    if (done) return;
    look();
    setImmediate(turn);
  };
  turn();
  return run.finally(() => (done = true));
}

describe('a file of Do Not Call', () => {
  it('is loaded in slices and counts when all of it is there; others are served meanwhile', async () => {
    const { listed, ...parts } = stage();
    const progress: ImportProgress[] = [];
    const counted = await watching(loadDncFile(parts, dncFile(lines(3_000)), 'a'), () => {
      progress.push(parts.store.dncBatches.progress());
      expect(listed(first)).toBe(false);
      expect(parts.store.dncBatches.all()).toEqual([]);
    });
    expect(counted).toMatchObject({ entries: 3_000, numbers: 3_000, customers: 0 });
    expect(progress).toContainEqual({ running: true, read: 3_000, added: 0 });
    expect(progress.some(({ added }) => added > 100 && added < 3_000)).toBe(true);
    expect([first, last].map(listed)).toEqual([true, true]);
    expect(parts.store.dncBatches.progress().running).toBe(false);
  });

  it('is rehearsed in slices, with the same counts and nothing left', async () => {
    const { listed, ...parts } = stage();
    parts.store.doNotCall.add({ phone: first, atMs: 1 });
    let turns = 0;
    const some = dncFile(`${lines(3_000)}${lines(5)}`);
    const counted = await watching(rehearseDncFile(parts, some, undefined), () => (turns += 1));
    expect(counted).toMatchObject({ entries: 3_005, numbers: 2_999, waiting: 0 });
    expect(turns).toBeGreaterThan(6);
    expect(listed(last)).toBe(false);
    expect(await loadDncFile(parts, some, 'a')).toMatchObject({ entries: 3_005, numbers: 2_999 });
  });

  it('leaves nothing when a late line of it is bad', async () => {
    const { listed, ...parts } = stage();
    await expect(loadDncFile(parts, dncFile(`${lines(3_000)}nobody\n`), 'a')).rejects.toMatchObject({
      code: 'BAD_CSV',
      lines: [{ line: 3_002 }],
    });
    expect(listed(first)).toBe(false);
    const skipped = await loadDncFile(parts, dncFile(`${lines(3_000)}nobody\n`, true), 'a');
    expect(skipped.bad.count()).toBe(1);
    expect(listed(first)).toBe(true);
  });

  it('leaves nothing when the disk is full in its middle, and what cannot be taken away at once goes later', async () => {
    const { listed, ...parts } = stage();
    const writes = createFailingWrites();
    for (const at of [1, 2, 4_000, 5_990]) {
      writes.failAt(at);
      await expect(loadDncFile(parts, dncFile(lines(3_000)), 'a'), String(at)).rejects.toMatchObject({
        code: 'SQLITE_FULL',
      });
      writes.end();
      expect([first, last].map(listed)).toEqual([false, false]);
      expect(parts.store.doNotCall.page(0, 1_000).entries).toEqual([]);
    }
    while (parts.store.dncBatches.tidy(500));
    expect(parts.store.doNotCall.page(0, 1_000).next).toBeNull();
    expect(await loadDncFile(parts, dncFile(lines(3_000)), 'a')).toMatchObject({ numbers: 3_000 });
  });

  it('counts no more at once when it is taken back, is counted in slices and taken away later', async () => {
    const { listed, ...parts } = stage();
    await loadDncFile(parts, dncFile(lines(3_000)), 'a');
    parts.store.doNotCall.add({ phone: last, atMs: 9 });
    let turns = 0;
    const removed = await watching(undoDncBatch(parts, 'a'), () => {
      turns += 1;
      // Never half of it.
      expect(listed(first)).toBe(listed('+12122001500'));
      expect(listed(last)).toBe(true);
    });
    expect(removed).toBe(2_999);
    expect(turns).toBeGreaterThan(6);
    expect(listed(first)).toBe(false);
    while (parts.store.dncBatches.tidy(500));
    expect(parts.store.doNotCall.page(0, 10).entries).toMatchObject([{ phone: last }]);
    expect(await undoDncBatch(parts, 'a')).toBeNull();
  });
});
