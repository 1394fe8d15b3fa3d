import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callResult } from '../../../../src/domain/result.ts';
import type { Report } from '../../../../src/link/schemas.ts';
import { migrations } from '../../../../src/ocs/store/migrations/all.ts';
import { openStore } from '../../../../src/ocs/store/store.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

let rooms: Rooms;
let attemptId: string;
beforeEach(() => {
  rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101']);
  rooms.register('d1');
  attemptId = rooms.retrieve('spring', 'd1');
});
afterEach(() => {
  rooms.store.close();
});

const take = (...reports: Report[]) => {
  for (const report of reports) rooms.reports.take('d1', report);
};
const attempt = () => rooms.store.attempts.get(attemptId);

describe('the numbers of reports taken', () => {
  const kept = () => {
    const isFirst = (seq: number) => rooms.store.attempts.firstReport(attemptId, seq, 'milestone');
    const found = [1, 2, 3].filter((seq) => !isFirst(seq));
    // As it was before it was looked at.
    rooms.store.attempts.forgetReports(attemptId);
    for (const seq of found) isFirst(seq);
    return found;
  };
  const ringing = (seq: number): Report => ({
    kind: 'milestone',
    attemptId,
    seq,
    name: 'ringing',
    atMs: 900,
  });

  it('are kept while the attempt is open', () => {
    take(ringing(1));
    expect(kept()).toEqual([1]);
  });

  it('are forgotten with a stale attempt, and later ones are not kept', () => {
    take(ringing(1));
    rooms.wireClock.advance(rooms.config.staleMs + 1);
    rooms.endStale();
    expect(attempt()?.ended_by).toBe('stale');
    expect(kept()).toEqual([]);
    take(ringing(2));
    expect(kept()).toEqual([]);
  });

  it('are forgotten by a migration where an attempt ended before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reports-'));
    try {
      const path = join(folder, 'ocs.db');
      const old = new Database(path);
      const at = migrations.findIndex((sql) => sql.includes('delete from reports_taken'));
      for (const sql of migrations.slice(0, at)) old.exec(sql);
      old.pragma(`user_version = ${String(at)}`);
      old.pragma('foreign_keys = off');
      for (const [id, end] of [
        ['open', 'null'],
        ['stale', '5'],
      ]) {
        old.exec(
          `insert into attempts (attempt_id, record_handle, campaign, dialer_id, phone, n, state, request, leased_at,
             ended_at, phone_key) values ('${id}', 1, 'c', 'd', '5', 1, 'x', '{}', 1, ${end}, '${id}');
           insert into reports_taken values ('${id}', 1, 'milestone')`,
        );
      }
      old.close();
      const store = openStore(path);
      expect(store.attempts.firstReport('open', 1, 'milestone')).toBe(false);
      expect(store.attempts.firstReport('stale', 1, 'milestone')).toBe(true);
      store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a report under a number that was used before', () => {
  it.each(['outcome', 'hand_back'] as const)('is the end of its attempt when it is one: %s', (kind) => {
    take(
      { kind: 'accepted', attemptId, seq: 1 },
      { kind: 'milestone', attemptId, seq: 2, name: 'dialling', atMs: 10 },
      { kind: 'milestone', attemptId, seq: 3, name: 'ringing', atMs: 900 },
    );
    const end: Report =
      kind === 'outcome'
        ? { kind, attemptId, seq: 3, outcome: outcome('NoAnswer') }
        : { kind, attemptId, seq: 3, reason: 'restart' };
    // As a version that kept numbers alone has left it.
    rooms.store.attempts.set(attemptId, { seen: '[1,2,3]' });
    take(end);
    expect(attempt()).toMatchObject({ state: 'ended', ended_by: kind });
    expect(rooms.calls.get(attemptId)).toBeUndefined();
    // Repeated, it does nothing.
    take(end);
    expect(rooms.store.records.get(1)?.attempt).toBe(kind === 'outcome' ? 1 : 0);
  });

  it('is the outcome when a milestone had the number', () => {
    take({ kind: 'milestone', attemptId, seq: 3, name: 'ringing', atMs: 900 });
    take({ kind: 'outcome', attemptId, seq: 3, outcome: outcome('NoAnswer') });
    expect(attempt()).toMatchObject({ ended_by: 'outcome' });
  });

  it('is taken when its kind is another', () => {
    take({ kind: 'milestone', attemptId, seq: 2, name: 'answered', atMs: 900 });
    take({ kind: 'result', attemptId, seq: 2, result: callResult.Answer, evidence: null });
    expect(attempt()).toMatchObject({ result: callResult.Answer });
  });

  it('is the same report when its kind is the same, also one taken by a version that kept numbers alone', () => {
    take({ kind: 'result', attemptId, seq: 4, result: callResult.AnsweringMachine, evidence: null });
    take({ kind: 'result', attemptId, seq: 5, result: callResult.Answer, evidence: null });
    take({ kind: 'result', attemptId, seq: 4, result: callResult.AnsweringMachine, evidence: null });
    expect(attempt()?.result).toBe(callResult.Answer);
    rooms.store.attempts.set(attemptId, { seen: '[7]' });
    take({ kind: 'result', attemptId, seq: 7, result: callResult.Fax, evidence: null });
    expect(attempt()?.result).toBe(callResult.Answer);
  });
});

describe('many reports of one attempt', () => {
  /** Characters read and written for the attempt's row while so many reports are taken. */
  const textMoved = (from: number, reports: number): number => {
    const { attempts } = rooms.store;
    const get = attempts.get.bind(attempts);
    const set = attempts.set.bind(attempts);
    let moved = 0;
    const gets = vi.spyOn(attempts, 'get').mockImplementation((id) => {
      const row = get(id);
      moved += JSON.stringify(row).length;
      return row;
    });
    const sets = vi.spyOn(attempts, 'set').mockImplementation((id, changes) => {
      moved += JSON.stringify(changes).length;
      set(id, changes);
    });
    for (let seq = from; seq < from + reports; seq++) {
      take({ kind: 'milestone', attemptId, seq, name: 'ringing', atMs: 10_000 + seq });
    }
    gets.mockRestore();
    sets.mockRestore();
    return moved;
  };

  it('cost each as much as the first ones', () => {
    const first = textMoved(1, 300);
    expect(first).toBeGreaterThan(0);
    expect(textMoved(301, 300)).toBeLessThan(first * 1.1);
  });

  it('are forgotten when the outcome came, and none is taken then', () => {
    textMoved(1, 20);
    take({ kind: 'outcome', attemptId, seq: 21, outcome: outcome('NoAnswer') });
    const ended = attempt();
    take({ kind: 'milestone', attemptId, seq: 2, name: 'answered', atMs: 1 });
    expect(attempt()).toEqual(ended);
    expect(rooms.store.attempts.firstReport(attemptId, 5, 'milestone')).toBe(true);
  });
});
