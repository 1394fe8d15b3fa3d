import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callResult } from '../../src/domain/result.ts';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import { evidence } from '../support/call-script.ts';

const dayMs = 86_400_000;
const outcome = {
  result: callResult.Busy,
  status: 'dropped' as const,
  reason: null,
  evidence: null,
  milestones: {},
  channel: 1,
  agentId: null,
};

let folder: string;
let path: string;
let now = 0;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.db');
  now = 100 * dayMs;
  journal = openJournal(path, () => now);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

/** What a crash leaves: the file, without any goodbye. */
function reopen(): void {
  journal = openJournal(path, () => now);
}

function take(...ids: string[]): void {
  journal.accept(ids.map((attemptId) => ({ attemptId, request: { attemptId } })));
}

test('reports are numbered within the attempt and go out in the order in which they came', () => {
  take('a', 'b');
  journal.report('b', { kind: 'milestone', name: 'ringing', atMs: 5 });
  journal.report('a', { kind: 'outcome', outcome });
  expect(journal.unacknowledged(10).map(({ attemptId, seq, kind }) => `${attemptId}${seq} ${kind}`)).toEqual([
    'a1 accepted',
    'b1 accepted',
    'b2 milestone',
    'a2 outcome',
  ]);
  journal.acknowledge([
    { attemptId: 'a', seq: 1 },
    { attemptId: 'b', seq: 1 },
  ]);
  expect(journal.unacknowledged(1)).toEqual([
    { attemptId: 'b', seq: 2, kind: 'milestone', name: 'ringing', atMs: 5 },
  ]);
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('an attempt is marked as dialled once, and never after its end', () => {
  take('a');
  journal.markDialling('a');
  expect(() => {
    journal.markDialling('a');
  }).toThrow('attempt a may not be dialled');
  take('b');
  journal.report('b', { kind: 'hand_back', reason: 'drain' });
  expect(() => {
    journal.markDialling('b');
  }).toThrow('may not be dialled');
  expect(() => {
    journal.markDialling('never-taken');
  }).toThrow('may not be dialled');
});

test('an attempt has one end', () => {
  take('a');
  journal.report('a', { kind: 'outcome', outcome });
  expect(() => {
    journal.report('a', { kind: 'hand_back', reason: 'drain' });
  }).toThrow('attempt a has ended');
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('attempts are taken all or none', () => {
  take('a');
  expect(() => {
    take('b', 'a');
  }).toThrow('cannot take requests');
  expect(journal.stateOf('b')).toBeNull();
});

describe('after a crash', () => {
  test('what was not dialled is handed back; what was has an outcome; nothing is open', () => {
    take('taken', 'dialled', 'done');
    journal.markDialling('dialled');
    journal.report('done', { kind: 'outcome', outcome });
    reopen();
    expect(journal.recover()).toEqual({ handedBack: 1, crashed: 1 });
    expect(journal.recover()).toEqual({ handedBack: 0, crashed: 0 });
    const finals = [...journal.attempts()].map(({ attemptId, state, final }) => [attemptId, state, final]);
    expect(finals).toEqual([
      [
        'dialled',
        'ended',
        {
          kind: 'outcome',
          outcome: {
            ...outcome,
            result: callResult.SystemError,
            reason: 'crash',
            channel: null,
          },
        },
      ],
      ['done', 'ended', { kind: 'outcome', outcome }],
      ['taken', 'ended', { kind: 'hand_back', reason: 'restart' }],
    ]);
  });

  test('what had been heard stays: a call with an agent counts as transferred', () => {
    take('a');
    journal.markDialling('a');
    journal.report('a', { kind: 'milestone', name: 'answered', atMs: 4_000 });
    journal.report('a', {
      kind: 'result',
      result: callResult.Answer,
      evidence: evidence({ verdict: 'live' }),
    });
    journal.report('a', { kind: 'connected', agentId: 'ann', extension: '7001' });
    reopen();
    journal.recover();
    expect([...journal.attempts()][0]?.final).toMatchObject({
      outcome: {
        result: callResult.Answer,
        status: 'transferred',
        reason: 'crash',
        agentId: 'ann',
        milestones: { answered: 4_000 },
        evidence: { verdict: 'live' },
      },
    });
  });

  test('reports that were not acknowledged are still there', () => {
    take('a');
    journal.report('a', { kind: 'outcome', outcome });
    journal.acknowledge([{ attemptId: 'a', seq: 1 }]);
    reopen();
    expect(journal.unacknowledged(10)).toEqual([{ attemptId: 'a', seq: 2, kind: 'outcome', outcome }]);
  });
});

test('all reports of an attempt go out again when asked', () => {
  take('a');
  journal.report('a', { kind: 'outcome', outcome });
  journal.acknowledge([
    { attemptId: 'a', seq: 1 },
    { attemptId: 'a', seq: 2 },
  ]);
  expect(journal.unacknowledgedCount()).toBe(0);
  journal.resend('a');
  expect(journal.unacknowledged(10).map(({ seq }) => seq)).toEqual([1, 2]);
});

test('old reports are forgotten first, ids much later, and what OCS does not have never', () => {
  take('old', 'unheard');
  for (const id of ['old', 'unheard']) journal.report(id, { kind: 'outcome', outcome });
  journal.acknowledge([
    { attemptId: 'old', seq: 1 },
    { attemptId: 'old', seq: 2 },
  ]);
  now += 8 * dayMs;
  expect(journal.prune()).toBe(2);
  expect(journal.stateOf('old')).toBe('ended');
  now += 30 * dayMs;
  journal.prune();
  expect(journal.stateOf('old')).toBeNull();
  expect(journal.stateOf('unheard')).toBe('ended');
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('a file that is no journal, or a folder that is not there, is a coded error', () => {
  const strange = join(folder, 'strange.db');
  writeFileSync(strange, 'this is a letter, and no database at all, however long it may be');
  expect(() => openJournal(strange, () => now)).toThrow(expect.objectContaining({ code: 'JOURNAL_ERROR' }));
  expect(() => openJournal(join(folder, 'no', 'where.db'), () => now)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_ERROR' }),
  );
});

test('writes to the disk even when there is nothing to take, so that a full disk shows', () => {
  const wal = `${path}-wal`;
  const before = statSync(wal).size;
  journal.accept([]);
  expect(statSync(wal).size).toBeGreaterThan(before);
});
