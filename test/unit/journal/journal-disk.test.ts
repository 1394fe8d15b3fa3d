import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Journal, JournalWrite } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/journal.ts';

const checkpoints = { committed: vi.fn(), ease: vi.fn(), close: vi.fn() };
let pragma = vi.fn();

vi.mock('../../../src/sqlite/checkpoints.ts', () => ({
  createCheckpoints: (_path: string, database: Database) => {
    pragma = vi.spyOn(database, 'pragma');
    return checkpoints;
  },
}));

const attemptId = 'a-1';
const milestone: JournalWrite = {
  kind: 'report',
  attemptId,
  body: { kind: 'milestone', name: 'queued', atMs: 0 },
};
const dialling: JournalWrite = { kind: 'dialling', attemptId, digits: '2025550123' };

let folder: string;
let journal: Journal;
beforeEach(() => {
  vi.clearAllMocks();
  folder = mkdtempSync(join(tmpdir(), 'journal-disk-'));
  journal = openJournal(join(folder, 'journal.db'), () => 0);
  journal.accept([{ attemptId, request: {} }]);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

it('waits for the disk unless all that is written comes again in the outcome', () => {
  journal.commit([milestone, dialling]);
  expect(pragma).not.toHaveBeenCalled();
  journal.commit([milestone]);
  expect(pragma.mock.calls).toEqual([['synchronous = NORMAL'], ['synchronous = FULL']]);
});

it('waits again after a commit that failed', () => {
  const loop: Record<string, unknown> = {};
  loop['itself'] = loop;
  const unwritable = { ...milestone, body: { ...milestone.body, loop } } as unknown as JournalWrite;
  expect(() => journal.commit([unwritable])).toThrow('cannot be written');
  expect(pragma.mock.calls.at(-1)).toEqual(['synchronous = FULL']);
});

it('counts all that it writes, so that a thread brings it into the file before a commit has to', () => {
  const counted = () => checkpoints.committed.mock.calls.splice(0).map(([pages]) => Number(pages) > 0);
  counted();
  journal.commit([milestone]);
  journal.commit([dialling]);
  journal.acknowledge([{ attemptId, seq: 1 }]);
  journal.resend([attemptId]);
  journal.handBack(['a-2'], 'no_channel');
  journal.accept([{ attemptId: 'a-3', request: {} }]);
  expect(counted()).toEqual([true, true, true, true, true, true]);
  journal.close();
  expect(checkpoints.close).toHaveBeenCalledTimes(1);
  journal = openJournal(join(folder, 'journal.db'), () => 0);
});
