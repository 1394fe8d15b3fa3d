import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDiskThread, type JournalDisk } from '../../../src/journal/disk.ts';

let folder: string;
let disk: JournalDisk;
/** What is under way to the disk: called with how it ended. */
let under: ((error: Error | null) => void)[];
/** Number of the last report that was committed. */
let committed: number;
const rewrite = vi.fn();
const said: string[] = [];
const note = (name: string) => (error: Error | null) => {
  said.push(error === null ? name : `${name}: ${error.message}`);
};
const end = (error: Error | null = null) => under.shift()?.(error);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-'));
  writeFileSync(join(folder, 'log'), '');
  under = [];
  committed = 0;
  rewrite.mockReset();
  said.length = 0;
  disk = createDiskThread(
    join(folder, 'log'),
    () => committed,
    rewrite,
    (_file, done) => {
      under.push(done);
    },
  );
});
afterEach(() => {
  disk.close();
  rmSync(folder, { recursive: true });
});

test('who waits is called when it is on the disk, and not before', () => {
  committed = 3;
  disk.onDisk(note('a'));
  expect(said).toEqual([]);
  expect(disk.lastOnDisk()).toBe(0);
  end();
  expect(said).toEqual(['a']);
  expect(disk.lastOnDisk()).toBe(3);
});

test('what is committed meanwhile waits for the next time, one for all of it', () => {
  committed = 1;
  disk.onDisk(note('a'));
  committed = 2;
  disk.onDisk(note('b'));
  disk.onDisk(note('c'));
  expect(under).toHaveLength(1);
  end();
  expect(said).toEqual(['a']);
  expect(disk.lastOnDisk()).toBe(1);
  expect(under).toHaveLength(1);
  end();
  expect(said).toEqual(['a', 'b', 'c']);
  expect(disk.lastOnDisk()).toBe(2);
  expect(under).toHaveLength(0);
});

describe('a disk that fails', () => {
  test('is told, and what it holds does not grow', () => {
    committed = 1;
    disk.onDisk(note('a'));
    end(new Error('EIO'));
    expect(said).toEqual(['a: EIO']);
    expect(disk.lastOnDisk()).toBe(0);
  });

  test('is given all again in another way before it is believed', () => {
    disk.onDisk(note('a'));
    end(new Error('EIO'));
    committed = 1;
    disk.onDisk(note('b'));
    expect(rewrite).toHaveBeenCalledTimes(1);
    end();
    expect(said).toEqual(['a: EIO', 'b']);
    expect(disk.lastOnDisk()).toBe(1);
    disk.onDisk(note('c'));
    end();
    expect(rewrite).toHaveBeenCalledTimes(1);
  });

  test('stays broken while that fails', async () => {
    disk.onDisk(note('a'));
    end(new Error('EIO'));
    rewrite.mockImplementationOnce(() => {
      throw new Error('the log could not be brought in');
    });
    await new Promise<void>((resolve) => {
      disk.onDisk((error) => {
        note('b')(error);
        resolve();
      });
    });
    expect(said.at(-1)).toBe('b: the log could not be brought in');
    disk.onDisk(note('c'));
    expect(rewrite).toHaveBeenCalledTimes(2);
    end();
    expect(said.at(-1)).toBe('c');
  });
});

test('nobody is called once it is closed', () => {
  disk.onDisk(note('a'));
  disk.close();
  end();
  expect(said).toEqual([]);
});
