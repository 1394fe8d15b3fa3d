import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { callResult } from '../../../src/domain/result.ts';
import { openJournal, type Journal } from '../../../src/journal/journal.ts';

export const dayMs = 86_400_000;

/** How a call ended that the other side was busy for. */
export const outcome = {
  result: callResult.Busy,
  status: 'dropped' as const,
  reason: null,
  evidence: null,
  milestones: {},
  channel: 1,
  agentId: null,
};

/** A journal of its own for each test of the file that imports this. */
export let folder: string;
export let path: string;
export let journal: Journal;
/** What the wall clock says; a test moves it. */
export const wall = { now: 0 };

/** Opens the same file again: after a crash, which says no goodbye, or after `close`. */
export function reopen(): void {
  journal = openJournal(path, () => wall.now);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.db');
  wall.now = 100 * dayMs;
  reopen();
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});
