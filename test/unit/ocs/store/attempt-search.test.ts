import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAttempts } from '../../../../src/ocs/store/attempts.ts';
import { createAttemptSearch, type AttemptSearch } from '../../../../src/ocs/store/attempt-search.ts';
import { openDatabase, type OcsDatabase } from '../../../../src/ocs/store/database.ts';
import { evidence } from '../../../support/dialer/call-script.ts';

let database: OcsDatabase;
beforeEach(() => {
  database = openDatabase(':memory:');
  database.sqlite.pragma('foreign_keys = off');
  const attempts = createAttempts(database);
  for (let n = 1; n <= 10; n += 1) {
    attempts.add({
      attempt_id: `a-${n}`,
      record_handle: n,
      campaign: 'spring',
      phone: `55501${n}`,
      n: 1,
      leased_at: n * 100,
      dialer_id: n % 2 === 0 ? 'even' : 'odd',
      journal_id: null,
      request: '{}',
      agent_id: n === 4 ? 'ben' : null,
    });
  }
  const heard = (verdict: 'live' | 'machine', confidence: number) =>
    JSON.stringify(evidence({ verdict, confidence }));
  attempts.set('a-2', { channel: 7, status: 'released', evidence: heard('machine', 0.9) });
  attempts.set('a-3', { channel: 8, status: 'dropped', reason: 'cancelled', evidence: heard('live', 0.6) });
});
afterEach(() => {
  database.close();
});

const found = (what: Omit<AttemptSearch, 'limit' | 'offset'>, most?: number) =>
  createAttemptSearch(database, most)({ limit: 100, offset: 0, ...what }).rows.map((row) => row.attempt_id);

describe('a search by what no index knows', () => {
  it.each([
    [{ status: 'dropped' }, ['a-3']],
    [{ reason: 'cancelled' }, ['a-3']],
    [{ agent: 'ben' }, ['a-4']],
    [{ channel: 7 }, ['a-2']],
    [{ dialer: 'odd', from: 700 }, ['a-9', 'a-7']],
    [{ from: 300, till: 500 }, ['a-4', 'a-3']],
    [{ verdict: 'machine' }, ['a-2']],
    [{ lessSureThan: 0.7 }, ['a-3']],
    [{ lessSureThan: 0.95, verdict: 'live' }, ['a-3']],
  ])('finds %j', (what, expected) => {
    expect(found(what)).toEqual(expected);
  });

  it('reads so many attempts a page and no more, and says where to go on', () => {
    const search = createAttemptSearch(database, 4);
    const first = search({ channel: 7, limit: 5, offset: 0 });
    expect(first).toEqual({ rows: [], next: { leasedAt: 700, attemptId: 'a-7' }, partial: true });
    const second = search({ channel: 7, limit: 5, offset: 0, before: first.next ?? undefined });
    expect(second).toMatchObject({ rows: [], next: { attemptId: 'a-3' }, partial: true });
    const third = search({ channel: 7, limit: 5, offset: 0, before: second.next ?? undefined });
    expect(third).toMatchObject({ rows: [{ attempt_id: 'a-2' }], next: null, partial: false });
  });

  it('goes on after a full page', () => {
    const search = createAttemptSearch(database);
    const first = search({ dialer: 'odd', limit: 3, offset: 0 });
    expect(first).toMatchObject({ next: { leasedAt: 500, attemptId: 'a-5' }, partial: false });
    expect(search({ dialer: 'odd', limit: 3, offset: 0, before: first.next ?? undefined })).toMatchObject({
      rows: [{ attempt_id: 'a-3' }, { attempt_id: 'a-1' }],
      next: null,
    });
  });
});
