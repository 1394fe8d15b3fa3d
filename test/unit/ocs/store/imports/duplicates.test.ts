import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus, recordType } from '../../../../../src/domain/record.ts';
import type { NewRecord } from '../../../../../src/ocs/lists/csv.ts';
import { openStore, type Store } from '../../../../../src/ocs/store/store.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:');
});
afterEach(() => {
  store.close();
});

const small = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
/** Lines of a file in which the same numbers, chains and telephones come again and again. */
const files = fc
  .array(
    fc.record({
      record_id: small,
      chain_id: small,
      chain_n: fc.option(fc.nat(2), { nil: undefined }),
      phone: fc.integer({ min: 1, max: 5 }).map((n) => `555010${String(n)}`),
    }),
    { maxLength: 12 },
  )
  .map((lines) =>
    lines.map((given, at): NewRecord => {
      const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return { ...(said as { phone: string }), line: at + 2, user: {} };
    }),
  );

const all = () => store.lists.page('l', 0, 1_000).records;
const times = (keys: readonly string[]) =>
  Math.max(0, ...keys.map((key) => keys.filter((other) => other === key).length));

describe('a list', () => {
  it('has each number, each place of a chain and, but for one chain, each telephone once, however many files came', () => {
    let round = 0;
    fc.assert(
      fc.property(files, files, (first, second) => {
        const list = `l${String(round++)}`;
        const added = [first, second].map((file) => store.lists.add(list, file, false));
        const rows = store.lists.page(list, 0, 1_000).records;
        added.forEach(({ added: count, duplicates }, i) => {
          expect(count + duplicates.length).toBe([first, second][i]?.length);
        });
        expect(times(rows.map(({ record_id: id }) => String(id)))).toBeLessThanOrEqual(1);
        expect(
          times(rows.map((row) => `${String(row.chain_id)}/${String(row.chain_n)}`)),
        ).toBeLessThanOrEqual(1);
        for (const row of rows)
          expect(
            rows.filter(({ phone, chain_id: chain }) => phone === row.phone && chain !== row.chain_id),
          ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('names for what is there twice the line that it is the same as, in the same file', () => {
    const line = (at: number, more: Partial<NewRecord>): NewRecord => ({
      line: at,
      phone: `55501${String(at)}0`,
      user: {},
      ...more,
    });
    const { duplicates } = store.lists.add(
      'l',
      [
        line(2, { record_id: 5 }),
        line(3, { record_id: 5 }),
        line(4, { chain_id: 5 }),
        line(5, { phone: '5550120' }),
      ],
      false,
    );
    expect(duplicates).toEqual([
      { line: 3, field: 'record_id', found: '5', expected: 'not the same as line 2' },
      { line: 4, field: 'chain_id+chain_n', found: '5/0', expected: 'not the same as line 2' },
      { line: 5, field: 'phone', found: '5550120', expected: 'not the same as line 2' },
    ]);
  });

  it('has of a record what its line says, and for the rest what a new record has', () => {
    const whole: NewRecord = {
      line: 2,
      phone: '5550101',
      record_id: 7,
      chain_id: 9,
      chain_n: 3,
      contact_info_type: 4,
      record_type: recordType.CampaignCallBack,
      call_result: 6,
      attempt: 2,
      dial_sched_time: 1_800_000_000,
      call_time: 1_700_000_000,
      daily_from: 30_000,
      daily_till: 60_000,
      tz: 'Europe/Berlin',
      campaign: 'spring',
      agent_id: 'ann',
      group: 'sales',
      app: 3,
      treatments: '{"6":1}',
      user: { colour: 'blue' },
    };
    store.lists.add('l', [whole, { line: 3, phone: '5550102', user: {} }], true);
    const { user, ...columns } = whole;
    expect(all()).toMatchObject([
      {
        ...columns,
        user_fields: JSON.stringify(user),
        record_status: recordStatus.Ready,
        due: 1_800_000_000_000,
      },
      {
        phone: '5550102',
        record_id: 10,
        chain_n: 0,
        contact_info_type: 0,
        record_type: recordType.General,
        record_status: recordStatus.Ready,
        attempt: 0,
        dial_sched_time: null,
        call_time: null,
        daily_from: null,
        daily_till: null,
        tz: null,
        campaign: null,
        agent_id: null,
        group: null,
        app: null,
        treatments: '{}',
        user_fields: '{}',
        due: 0,
      },
    ]);
    expect(
      store.lists.windows('l').map(({ tz, daily_from: from, daily_till: till }) => [tz, from, till]),
    ).toEqual([
      ['Europe/Berlin', 30_000, 60_000],
      [null, null, null],
    ]);
  });
});
