import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { callResult } from '../../../src/domain/result.ts';
import { openJournal, type JournalWrite, type ReportBody } from '../../../src/journal/journal.ts';
import { evidence } from '../../support/dialer/call-script.ts';
import { dayMs, folder, journal, outcome, path, reopen, wall } from '../../support/dialer/journal-stage.ts';

function take(...ids: string[]): void {
  journal.accept(ids.map((attemptId) => ({ attemptId, request: { attemptId } })));
}

function write(one: JournalWrite): void {
  const [error] = journal.commit([one]);
  if (error) throw error;
}
const mark = (attemptId: string, digits: string) => {
  write({ kind: 'dialling', attemptId, digits });
};
const report = (attemptId: string, body: ReportBody) => {
  write({ kind: 'report', attemptId, body });
};

test('what is committed together is written together; what is wrong with one is no reason not to write the others', () => {
  take('a', 'b');
  const errors = journal.commit([
    { kind: 'dialling', attemptId: 'a', digits: '12025550123' },
    { kind: 'dialling', attemptId: 'a', digits: '12025550123' },
    { kind: 'report', attemptId: 'never', body: { kind: 'outcome', outcome } },
    { kind: 'report', attemptId: 'a', body: { kind: 'outcome', outcome } },
    { kind: 'report', attemptId: 'a', body: { kind: 'outcome', outcome } },
    { kind: 'dialling', attemptId: 'b', digits: '12025550124' },
  ]);
  expect(errors.map((error) => error?.code ?? null)).toEqual([
    null,
    'ILLEGAL_STATE',
    'UNKNOWN_ATTEMPT',
    null,
    'ILLEGAL_STATE',
    null,
  ]);
  expect([journal.stateOf('a'), journal.stateOf('b')]).toEqual(['ended', 'dialling']);
  expect(journal.dials('12025550123')).toEqual({ hour: 1, day: 1 });
});

test('reports are numbered within the attempt and go out in the order in which they came', () => {
  take('a', 'b');
  report('b', { kind: 'milestone', name: 'ringing', atMs: 5 });
  report('a', { kind: 'outcome', outcome });
  expect(
    journal.unacknowledged(10, 1e6).map(({ attemptId, seq, kind }) => `${attemptId}${seq} ${kind}`),
  ).toEqual(['a1 accepted', 'b1 accepted', 'b2 milestone', 'a2 outcome']);
  journal.acknowledge([
    { attemptId: 'a', seq: 1 },
    { attemptId: 'b', seq: 1 },
  ]);
  expect(journal.unacknowledged(1, 1e6)).toEqual([
    { attemptId: 'b', seq: 2, kind: 'milestone', name: 'ringing', atMs: 5 },
  ]);
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('an attempt is marked as dialled once, and never after its end', () => {
  take('a');
  mark('a', '2025550123');
  expect(() => {
    mark('a', '2025550123');
  }).toThrow('attempt a may not be dialled');
  take('b');
  report('b', { kind: 'hand_back', reason: 'drain' });
  expect(() => {
    mark('b', '2025550123');
  }).toThrow('may not be dialled');
  expect(() => {
    mark('never-taken', '2025550123');
  }).toThrow('may not be dialled');
});

test('an attempt has one end', () => {
  take('a');
  report('a', { kind: 'outcome', outcome });
  expect(() => {
    report('a', { kind: 'hand_back', reason: 'drain' });
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
  test('a number that OCS may know from a report lost with the power is not used again', () => {
    take('a', 'b');
    mark('a', '2025550123');
    report('a', { kind: 'milestone', name: 'ringing', atMs: 1 });
    report('a', { kind: 'milestone', name: 'answered', atMs: 2 });
    const told = journal.unacknowledged(100, 1e6).map(({ attemptId, seq }) => `${attemptId}${seq}`);
    journal.close();
    // What was not synced is gone; OCS had it.
    const file = new Database(path);
    file.exec('DELETE FROM reports WHERE seq > 1');
    file.close();
    reopen();
    journal.recover();
    const ends = journal.unacknowledged(100, 1e6).filter(({ kind }) => kind !== 'accepted');
    expect(ends.map(({ kind }) => kind).sort()).toEqual(['hand_back', 'outcome']);
    for (const { attemptId, seq } of ends) expect(told).not.toContain(`${attemptId}${seq}`);
  });

  test('what was not dialled is handed back; what was has an outcome; nothing is open', () => {
    take('taken', 'dialled', 'done');
    mark('dialled', '2025550123');
    report('done', { kind: 'outcome', outcome });
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
    mark('a', '2025550123');
    report('a', { kind: 'milestone', name: 'answered', atMs: 4_000 });
    report('a', {
      kind: 'result',
      result: callResult.Answer,
      evidence: evidence({ verdict: 'live' }),
    });
    report('a', { kind: 'connected', agentId: 'ann', extension: '7001' });
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
    report('a', { kind: 'outcome', outcome });
    journal.acknowledge([{ attemptId: 'a', seq: 1 }]);
    reopen();
    expect(journal.unacknowledged(10, 1e6)).toEqual([{ attemptId: 'a', seq: 2, kind: 'outcome', outcome }]);
  });
});

test('all reports of an attempt go out again when asked', () => {
  take('a');
  report('a', { kind: 'outcome', outcome });
  journal.acknowledge([
    { attemptId: 'a', seq: 1 },
    { attemptId: 'a', seq: 2 },
  ]);
  expect(journal.unacknowledgedCount()).toBe(0);
  journal.resend(['a']);
  expect(journal.unacknowledged(10, 1e6).map(({ seq }) => seq)).toEqual([1, 2]);
});

test('old reports are forgotten first, ids much later, and what OCS does not have never', () => {
  take('old', 'unheard');
  for (const id of ['old', 'unheard']) report(id, { kind: 'outcome', outcome });
  journal.acknowledge([
    { attemptId: 'old', seq: 1 },
    { attemptId: 'old', seq: 2 },
  ]);
  wall.now += 8 * dayMs;
  expect(journal.prune()).toBe(2);
  expect(journal.stateOf('old')).toBe('ended');
  wall.now += 30 * dayMs;
  journal.prune();
  expect(journal.stateOf('old')).toBeNull();
  expect(journal.stateOf('unheard')).toBe('ended');
  expect(journal.unacknowledgedCount()).toBe(2);
});

test('a file that is no journal, or a folder that is not there, is a coded error', () => {
  const strange = join(folder, 'strange.db');
  writeFileSync(strange, 'this is a letter, and no database at all, however long it may be');
  expect(() => openJournal(strange, () => wall.now)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_ERROR' }),
  );
  expect(() => openJournal(join(folder, 'no', 'where.db'), () => wall.now)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_ERROR' }),
  );
});

test('writes to the disk even when there is nothing to take, so that a full disk shows', () => {
  const wal = `${path}-wal`;
  const before = statSync(wal).size;
  journal.accept([]);
  expect(statSync(wal).size).toBeGreaterThan(before);
});
