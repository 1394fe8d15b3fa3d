import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { createAttempts } from '../../../../src/ocs/store/attempts.ts';
import { openDatabase } from '../../../../src/ocs/store/database.ts';
import { openStore, type Store } from '../../../../src/ocs/store/store.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
});

describe('a search for attempts', () => {
  const rows = [
    { id: 'a', record: 1, campaign: 'spring', phone: '5550101', result: 6, open: false },
    { id: 'b', record: 1, campaign: 'spring', phone: '5550101', result: 33, open: false },
    { id: 'c', record: 2, campaign: 'autumn', phone: '5550102', result: 6, open: false },
    { id: 'd', record: 2, campaign: 'autumn', phone: '5550102', result: null, open: true },
  ];

  beforeEach(() => {
    store.lists.add('l', parseCallingList('phone\n5550101\n5550102\n').records, true);
    rows.forEach(({ id, record, campaign, phone, result, open }, index) => {
      const n = index + 1;
      const attempt = { attempt_id: id, record_handle: record, campaign, phone, n, leased_at: n };
      store.attempts.add({ ...attempt, dialer_id: 'd', journal_id: null, request: '{}', agent_id: null });
      store.attempts.set(id, { result, ended_at: open ? null : n });
    });
  });

  it('finds those that meet every condition, the newest first', () => {
    const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    const searches = fc.record({
      campaign: maybe('spring', 'autumn', 'winter'),
      record: maybe(1, 2, 3),
      phone: maybe('5550101', '5550102'),
      result: maybe(6, 33),
      open: maybe(true, false),
      limit: fc.integer({ min: 1, max: 5 }),
      offset: fc.nat(3),
    });
    fc.assert(
      fc.property(searches, ({ limit, offset, ...conditions }) => {
        const asked = Object.entries(conditions).filter(([, value]) => value !== undefined);
        const expected = rows
          .filter((row) => asked.every(([name, value]) => row[name as keyof typeof row] === value))
          .reverse()
          .slice(offset, offset + limit)
          .map(({ id }) => id);
        const { rows: found } = store.attempts.find({ ...conditions, limit, offset });
        expect(found.map((row) => row.attempt_id)).toEqual(expected);
      }),
    );
  });
});

describe('the results of a campaign', () => {
  it('are what a count of all its attempts would give, whatever is changed or taken back', () => {
    const phones = Array.from({ length: 6 }, (_each, n) => `55501${String(n + 10)}`);
    const change = fc.record({
      attempt: fc.nat(5),
      ended_at: fc.option(fc.constant(5), { freq: 3 }),
      result: fc.option(fc.constantFrom(6, 33), { freq: 3 }),
      status: fc.option(fc.constantFrom('dropped', 'transferred')),
    });
    const step = fc.record({
      changes: fc.array(change, { maxLength: 3 }),
      fails: fc.boolean(),
      asks: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const database = openDatabase(':memory:');
        database.sqlite.pragma('foreign_keys = off');
        const attempts = createAttempts(database);
        const counted = (campaign: string) =>
          database.sqlite
            .prepare(
              `select result, status, count(*) attempts from attempts where campaign = ? and ended_at is not null
               and result is not null group by result, status order by attempts desc, result, status`,
            )
            .all(campaign);
        phones.forEach((phone, n) => {
          attempts.add({
            attempt_id: `id-${String(n)}`,
            record_handle: n + 1,
            campaign: n < 4 ? 'c' : 'd',
            phone,
            n: 1,
            leased_at: n,
            dialer_id: 'd',
            journal_id: null,
            request: '{}',
            agent_id: null,
          });
        });
        const byStatus = (found: readonly { status: string | null; result: number; attempts: number }[]) =>
          [...found].sort(
            (a, b) =>
              b.attempts - a.attempts ||
              a.result - b.result ||
              ((a.status ?? '') < (b.status ?? '') ? -1 : 1),
          );
        for (const { changes, fails, asks } of steps) {
          try {
            database.transaction(() => {
              for (const { attempt, ...columns } of changes) attempts.set(`id-${String(attempt)}`, columns);
              if (asks) attempts.results('c');
              if (fails) throw new Error('taken back');
            });
          } catch {
            // On purpose.
          }
          if (asks) {
            for (const name of ['c', 'd']) expect(byStatus(attempts.results(name))).toEqual(counted(name));
          }
        }
        for (const name of ['c', 'd']) expect(byStatus(attempts.results(name))).toEqual(counted(name));
        database.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('the recent results of a campaign', () => {
  const minute = 60_000;
  const now = 100 * minute;
  const end = (id: string, endedAt: number | null, result: number | null) => {
    store.attempts.set(id, { ended_at: endedAt, result });
  };

  beforeEach(() => {
    const phones = Array.from({ length: 5 }, (_each, n) => `555010${String(n)}`);
    store.lists.add('l', parseCallingList(`phone\n${phones.join('\n')}\n`).records, true);
    phones.forEach((phone, n) => {
      const attempt = { attempt_id: String(n), record_handle: n + 1, campaign: 'c', phone, n: 1 };
      store.attempts.add({
        ...attempt,
        leased_at: n,
        dialer_id: 'd',
        journal_id: null,
        request: '{}',
        agent_id: null,
      });
    });
    end('0', now - 31 * minute, 6);
    end('1', now - 29 * minute, 6);
  });

  it('are those of the last half hour, counted once and kept from then on', () => {
    expect(store.attempts.recentResults('c', now)).toEqual([{ result: 6, attempts: 1 }]);
    end('2', now, 33);
    end('3', now, 33);
    end('4', now, null);
    expect(store.attempts.recentResults('c', now)).toEqual([
      { result: 33, attempts: 2 },
      { result: 6, attempts: 1 },
    ]);
    const minutes = Array.from({ length: 30 }, () => 0);
    expect(store.attempts.recentMinutes('c', now)).toEqual(minutes.with(0, 1).with(29, 2));
    expect(store.attempts.recentMinutes('c', now + 2 * minute)).toEqual(minutes.with(27, 2));
    expect(store.attempts.recentResults('c', now + 2 * minute)).toEqual([{ result: 33, attempts: 2 }]);
    end('3', now, 6);
    expect(store.attempts.recentResults('c', now + 2 * minute)).toEqual([
      { result: 6, attempts: 1 },
      { result: 33, attempts: 1 },
    ]);
    expect(store.attempts.recentResults('c', now + 40 * minute)).toEqual([]);
    expect(store.attempts.recentResults('other', now)).toEqual([]);
    expect(store.attempts.recentMinutes('other', now)).toEqual(Array.from({ length: 30 }, () => 0));
  });

  it('that are older are not kept while nobody looks, unless what ended since is taken back', () => {
    const all = () => store.attempts.recentResults('c', now - 10 * minute);
    expect(all()).toEqual([{ result: 6, attempts: 2 }]);
    expect(() => {
      store.transaction(() => {
        end('2', now, 33);
        expect(all()).toHaveLength(2);
        throw new Error('taken back');
      });
    }).toThrow('taken back');
    expect(all()).toEqual([{ result: 6, attempts: 2 }]);
    end('2', now, 33);
    expect(all()).toEqual([
      { result: 6, attempts: 1 },
      { result: 33, attempts: 1 },
    ]);
  });

  it('are taken back with a transaction', () => {
    store.attempts.recentResults('c', now);
    const fail = () => {
      store.transaction(() => {
        end('2', now, 33);
        expect(store.attempts.recentResults('c', now)).toHaveLength(2);
        throw new Error('taken back');
      });
    };
    expect(fail).toThrow('taken back');
    expect(store.attempts.recentResults('c', now)).toEqual([{ result: 6, attempts: 1 }]);
  });
});

describe('the pages of a search', () => {
  it('have every attempt once, also where many were leased at one moment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (moments, limit, ofCampaign) => {
          store.close();
          store = openStore(':memory:');
          const phones = moments.map((_moment, n) => `55501${String(n + 10)}`);
          store.lists.add(
            'l',
            parseCallingList(`phone\n${[...phones, '5550199'].join('\n')}\n`).records,
            true,
          );
          moments.forEach((leasedAt, n) => {
            store.attempts.add({
              attempt_id: `id-${String(n)}`,
              record_handle: n + 1,
              campaign: 'c',
              phone: phones[n] ?? '',
              n: 1,
              leased_at: leasedAt,
              dialer_id: 'd',
              journal_id: null,
              request: '{}',
              agent_id: null,
            });
          });
          const found: string[] = [];
          for (let before: { leasedAt: number; attemptId: string } | undefined; ;) {
            const campaign = ofCampaign ? 'c' : undefined;
            const { rows: page } = store.attempts.find({ before, campaign, limit, offset: 0 });
            found.push(...page.map((row) => row.attempt_id));
            const last = page.at(-1);
            if (last === undefined) break;
            before = { leasedAt: last.leased_at, attemptId: last.attempt_id };
          }
          expect(new Set(found).size).toBe(moments.length);
          expect(found).toHaveLength(moments.length);
          const times = found.map((id) => moments[Number(id.slice(3))] ?? 0);
          expect(times).toEqual([...times].sort((a, b) => b - a));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    [{}],
    [{ campaign: 'c' }],
    [{ phone: '5550101' }],
    [{ result: 33 }],
    [{ campaign: 'c', result: 33 }],
    [{ campaign: 'c', open: false }],
    [{ from: 1, till: 9 }],
    [{ campaign: 'c', from: 1 }],
  ])('are found by an index and never sorted: %j', (conditions) => {
    const database = openDatabase(':memory:');
    const prepared: string[] = [];
    const spied = new Proxy(database.sqlite, {
      get: (sqlite, name) =>
        name === 'prepare'
          ? (text: string) => {
              prepared.push(text);
              return sqlite.prepare(text);
            }
          : (Reflect.get(sqlite, name) as unknown),
    });
    const attempts = createAttempts({ ...database, sqlite: spied });
    for (const before of [undefined, { leasedAt: 1, attemptId: 'x' }]) {
      attempts.find({ ...conditions, before, limit: 9, offset: 0 });
      const values = { ...conditions, leasedAt: 1, attemptId: 'x', limit: 9, offset: 0 };
      const plan = database.sqlite.prepare(`explain query plan ${prepared.at(-1) ?? ''}`).all(values);
      expect(JSON.stringify(plan)).toContain('INDEX attempts_time');
      expect(JSON.stringify(plan)).not.toContain('TEMP B-TREE');
    }
    database.close();
  });
});

describe('the history of a record', () => {
  it('is told oldest first, of that record alone', () => {
    store.history.add(20, 1, 'a', 'retrieved', { campaign: 'spring' });
    store.history.add(10, 2, null, 'cancelled');
    store.history.add(30, 1, 'a', 'closed');
    expect(store.history.of(1)).toEqual([
      { at: 20, attempt_id: 'a', event: 'retrieved', detail: '{"campaign":"spring"}' },
      { at: 30, attempt_id: 'a', event: 'closed', detail: '{}' },
    ]);
  });
});

describe('counts of live calls', () => {
  it('are summed from a moment on, for each campaign by itself', () => {
    for (const slot of [0, 900_000, 900_000, 1_800_000]) {
      store.campaigns.count('spring', slot, { live: 1, abandoned: slot === 0 ? 1 : 0 });
    }
    store.campaigns.count('autumn', 900_000, { live: 5, abandoned: 5 });
    expect(store.campaigns.counted('spring', 900_000)).toEqual({ live: 3, abandoned: 0 });
    expect(store.campaigns.counted('spring', 0)).toEqual({ live: 4, abandoned: 1 });
    expect(store.campaigns.counted('winter', 0)).toEqual({ live: 0, abandoned: 0 });
  });
});
