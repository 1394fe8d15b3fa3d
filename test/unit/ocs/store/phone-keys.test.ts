import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Numbering } from '../../../../src/domain/numbering.ts';
import { createAttempts } from '../../../../src/ocs/store/attempts.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { createCallingLists } from '../../../../src/ocs/store/calling-lists.ts';
import { openDatabase, type OcsDatabase } from '../../../../src/ocs/store/database.ts';
import { checkNumber } from '../../../../src/domain/number.ts';
import { createDoNotCall } from '../../../../src/ocs/store/do-not-call.ts';
import { createRecords } from '../../../../src/ocs/store/records.ts';
import { phoneKeyRule, refreshPhoneKeys } from '../../../../src/ocs/store/phone-keys.ts';
import { migrations } from '../../../../src/ocs/store/migrations/all.ts';

const northAmerica: Numbering = { countryCode: '1', nationalPrefix: '', internationalPrefix: '011' };
const forms = ['+12125550100', '12125550100', '2125550100', '01112125550100'];

let folder: string;
let open: OcsDatabase[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phone-keys-'));
  open = [];
});
afterEach(() => {
  for (const database of open) database.close();
  rmSync(folder, { recursive: true });
});
const file = () => join(folder, 'ocs.db');
const reopen = (numbering?: Numbering) => {
  for (const database of open) database.close();
  const database = openDatabase(file(), numbering);
  open.push(database);
  return database;
};
/** An attempt needs a record; the number is the attempt's. */
const attempt = (id: string, phone: string) => ({
  attempt_id: id,
  record_handle: 1,
  campaign: 'c',
  dialer_id: 'd',
  journal_id: null,
  phone,
  n: 1,
  request: '{}',
  leased_at: 0,
  agent_id: null,
});

describe('one number written otherwise', () => {
  it.each(forms)('is on the Do Not Call list and rests: %s', (form) => {
    const doNotCall = createDoNotCall(reopen(northAmerica));
    for (const other of forms) {
      expect(doNotCall.forbids(other, null)).toBeNull();
      expect(doNotCall.restsUntil(other, 0)).toBeNull();
    }
    doNotCall.add({ phone: form, atMs: 0 });
    doNotCall.block(form, 1_000);
    for (const other of forms) {
      expect(doNotCall.forbids(other, null)).toBe('phone');
      expect(doNotCall.restsUntil(other, 0)).toBe(1_000);
    }
    expect(doNotCall.forbids('+12125550101', null)).toBeNull();
  });

  it('is one number in North America also where 1 is given as the national prefix', () => {
    const doNotCall = createDoNotCall(reopen({ ...northAmerica, nationalPrefix: '1' }));
    doNotCall.add({ phone: '2125550100', atMs: 0 });
    for (const form of forms) expect(doNotCall.forbids(form, null)).toBe('phone');
  });

  it('is known without a numbering plan, if only the + is missing', () => {
    const doNotCall = createDoNotCall(reopen());
    doNotCall.add({ phone: '+12125550100', atMs: 0 });
    expect(doNotCall.forbids('12125550100', null)).toBe('phone');
    expect(doNotCall.forbids('2125550100', null)).toBeNull();
  });

  it.each<[string, Numbering, string[]]>([
    [
      'in Italy, which keeps the 0',
      { countryCode: '39', nationalPrefix: '', internationalPrefix: '00' },
      ['0574 1234567', '+39 0574 1234567', '39 0574 1234567', '0039 0574 1234567'],
    ],
    [
      'in Italy, of a mobile',
      { countryCode: '39', nationalPrefix: '', internationalPrefix: '00' },
      ['347 123 4567', '+39 347 123 4567', '393471234567', '0039 347/1234567'],
    ],
    [
      'in Germany, of eleven digits',
      { countryCode: '49', nationalPrefix: '0', internationalPrefix: '00' },
      ['0151 12345678', '+49 (0)151 12345678', '15112345678', '4915112345678', '0049 151 12345678'],
    ],
    [
      'in Denmark, beginning as the country code does',
      { countryCode: '45', nationalPrefix: '', internationalPrefix: '00' },
      ['45 12 34 56', '+45 45 12 34 56', '4545123456'],
    ],
    [
      'in North America',
      northAmerica,
      ['(212) 555-0100', '1-212-555-0100', '+1 212.555.0100', '011 1 212 555 0100'],
    ],
  ])('is on the Do Not Call list %s', (_where, numbering, written) => {
    for (const one of written) {
      const doNotCall = createDoNotCall(openDatabase(':memory:', numbering));
      doNotCall.add({ phone: checkNumber(one), atMs: 0 });
      for (const other of written) {
        expect([one, other, doNotCall.forbids(checkNumber(other), null)]).toEqual([one, other, 'phone']);
      }
    }
  });

  it('is on the Do Not Call list, whatever the number and its two spellings', () => {
    const doNotCall = createDoNotCall(
      openDatabase(':memory:', { countryCode: '44', nationalPrefix: '0', internationalPrefix: '00' }),
    );
    const spellings = (area: string, local: string) =>
      ['+44 ', '+44 (0)', '0044 ', '0044(0)', '0', '(0)', '44'].flatMap((start) =>
        ['', ' ', '-', '.'].map((gap) => `${start}${area}${gap}${local.slice(0, 4)}${gap}${local.slice(4)}`),
      );
    const local = fc.stringMatching(/^[2-9][0-9]{7}$/);
    fc.assert(
      fc.property(local, fc.nat(), fc.nat(), (digits, a, b) => {
        const all = spellings('20', digits);
        const [one = '', other = ''] = [all[a % all.length], all[b % all.length]];
        doNotCall.add({ phone: checkNumber(one), atMs: 0 });
        expect([one, other, doNotCall.forbids(checkNumber(other), null)]).toEqual([one, other, 'phone']);
      }),
    );
  });

  it('is known by the 00 of most countries without a numbering plan', () => {
    const doNotCall = createDoNotCall(reopen());
    doNotCall.add({ phone: '00442079460958', atMs: 0 });
    expect(doNotCall.forbids('+442079460958', null)).toBe('phone');
    expect(doNotCall.forbids('02079460958', null)).toBeNull();
  });

  it('is in no second call, and is not due while in one', () => {
    const database = reopen(northAmerica);
    const records = createRecords(database);
    const lists = createCallingLists(database);
    const attempts = createAttempts(database);
    lists.add('l', parseCallingList('phone\n+12125550100\n').records, true);
    const window = lists.windows('l')[0]?.id ?? 0;
    const due = () => records.due('l', window, 2, 1, 10).length;
    expect(due()).toBe(1);
    attempts.add(attempt('a', '2125550100'));
    expect(attempts.phoneInCall('+12125550100')).toBe(true);
    expect(due()).toBe(0);
    expect(() => {
      attempts.add(attempt('b', '+12125550100'));
    }).toThrow(/UNIQUE/);
    attempts.set('a', { ended_at: 1 });
    expect(due()).toBe(1);
    attempts.add(attempt('b', '+12125550100'));
  });

  it('is a duplicate in the file and in the list, and found by the desktop', () => {
    const database = reopen(northAmerica);
    const records = createRecords(database);
    const lists = createCallingLists(database);
    const { added, duplicates } = lists.add(
      'l',
      parseCallingList(`phone\n${forms.join('\n')}\n`).records,
      false,
    );
    expect([added, duplicates.map(({ line, field }) => [line, field])]).toEqual([
      1,
      [
        [3, 'phone'],
        [4, 'phone'],
        [5, 'phone'],
      ],
    ]);
    const again = lists.add('l', parseCallingList('phone\n2125550100\n').records, false);
    expect(again.duplicates).toMatchObject([{ field: 'phone', found: '2125550100' }]);
    expect(records.open('l', { phone: '2125550100' })).toHaveLength(1);
  });
});

describe('a database', () => {
  /** As the first version of the schema left it. */
  const writeOld = () => {
    const old = new Database(file());
    old.exec(migrations[0] ?? '');
    old.pragma('user_version = 1');
    old.exec(`
      insert into windows (id, list, key) values (1, 'l', '[null,null,null]');
      insert into records (list, record_id, chain_id, chain_n, phone, window_id) values
        ('l', 1, 1, 0, '+12125550100', 1), ('l', 2, 2, 0, '2125550100', 1);
      insert into attempts (attempt_id, record_handle, campaign, dialer_id, phone, n, state, request, leased_at)
        values ('a', 1, 'c', 'd', '+12125550100', 1, 'leased', '{}', 0),
               ('b', 2, 'c', 'd', '2125550100', 1, 'leased', '{}', 0);
      insert into dnc (phone, message, created_at) values ('12125550100', 'first', 0), ('+12125550100', 'second', 0);
      insert into dnc (customer_id, created_at) values ('K1', 0);
      insert into phone_blocks (phone, until_at) values ('2125550100', 500), ('+12125550100', 900);
    `);
    old.close();
  };

  it('of the version before is brought up to date', () => {
    writeOld();
    const database = reopen(northAmerica);
    const doNotCall = createDoNotCall(database);
    const attempts = createAttempts(database);
    for (const form of forms) {
      expect(doNotCall.forbids(form, null)).toBe('phone');
      expect(doNotCall.restsUntil(form, 0)).toBe(900);
      expect(attempts.phoneInCall(form)).toBe(true);
    }
    expect(doNotCall.forbids('+12125550199', 'K1')).toBe('customer_id');
    expect(database.sqlite.prepare('select phone, message from dnc where phone is not null').all()).toEqual([
      { phone: '12125550100', message: 'first' },
    ]);
    expect(createRecords(database).open('l', { phone: '+12125550100' })).toHaveLength(2);
    // Both calls are up and both can end.
    expect(attempts.open().map(({ attempt_id: id }) => id)).toEqual(['a', 'b']);
    attempts.set('a', { ended_at: 1 });
    attempts.set('b', { ended_at: 1 });
    expect(attempts.phoneInCall('+12125550100')).toBe(false);
    // Calls that ended before are found too.
    expect(
      attempts.find({ phone: forms[3], limit: 9, offset: 0 }).rows.map(({ attempt_id: id }) => id),
    ).toContain('a');
  });

  it('finds the attempts of a number however it is written, by an index', () => {
    const database = reopen(northAmerica);
    createCallingLists(database).add('l', parseCallingList('phone\n+12125550100\n').records, true);
    const attempts = createAttempts(database);
    attempts.add(attempt('a', '+12125550100'));
    for (const phone of forms) expect(attempts.find({ phone, limit: 9, offset: 0 }).rows).toHaveLength(1);
    expect(attempts.find({ phone: '2125550101', limit: 9, offset: 0 }).rows).toEqual([]);
    const plan = database.sqlite
      .prepare(
        'explain query plan select * from attempts where phone_key = ? order by leased_at desc limit 1',
      )
      .all('1') as { detail: string }[];
    expect(plan.map(({ detail }) => detail).join('; ')).toMatch(
      /^SEARCH attempts USING INDEX attempts_phone/,
    );
  });

  it('follows another numbering plan, there and back', () => {
    const doNotCall = () => createDoNotCall(reopen(northAmerica));
    doNotCall().add({ phone: '2125550100', atMs: 0 });
    doNotCall().block('2125550100', 700);
    const without = createDoNotCall(reopen());
    expect(without.forbids('+12125550100', null)).toBeNull();
    expect(without.restsUntil('2125550100', 0)).toBe(700);
    without.block('+12125550100', 800);
    expect(doNotCall().forbids('+12125550100', null)).toBe('phone');
    expect(doNotCall().restsUntil('2125550100', 0)).toBe(800);
  });

  it('makes the keys anew in slices when the plans of the countries are others, and tells how far it is', () => {
    const italy = { countryCode: '39', nationalPrefix: '', internationalPrefix: '00' };
    const database = reopen(italy);
    const insert = database.sqlite.prepare(
      `insert into records (list, record_id, chain_id, chain_n, phone, phone_key, window_id)
       values ('l', @n, @n, 0, @phone, 'of before', 1)`,
    );
    database.transaction(() => {
      database.sqlite.exec(`insert into windows (id, list, key) values (1, 'l', 'w')`);
      for (let n = 1; n <= 25_000; n += 1) insert.run({ n, phone: `+39060${String(100_000 + n)}` });
    });
    createDoNotCall(database).add({ phone: '+390612345678', atMs: 0 });
    const stale = () =>
      (
        database.sqlite.prepare(`select count(*) n from records where phone_key = 'of before'`).get() as {
          n: number;
        }
      ).n;
    const steps: string[] = [];
    const refresh = (rule: string) => {
      refreshPhoneKeys(
        database.sqlite,
        italy,
        database.phoneKey,
        (what, done, of) => steps.push(`${what}: ${String(done)} of ${String(of)}`),
        rule,
      );
    };
    refresh(phoneKeyRule(italy));
    expect([steps, stale()]).toEqual([[], 25_000]);
    refresh(phoneKeyRule(italy, { countries: 'of another version' }));
    expect(stale()).toBe(0);
    expect(steps).toEqual([
      'telephone numbers are put into their normal form: 0 of 25001',
      'telephone numbers are put into their normal form: 20000 of 25001',
      'telephone numbers are put into their normal form: 25000 of 25001',
      'the indexes of telephone numbers are made: 25001 of 25001',
    ]);
    expect(createDoNotCall(database).forbids('0612345678', null)).toBe('phone');
  });

  it('asks for new keys only where the plans of the countries are asked', () => {
    const plans = (numbering: Numbering | undefined, version: string) => phoneKeyRule(numbering, { version });
    const germany = { countryCode: '49', nationalPrefix: '0', internationalPrefix: '00' };
    expect(plans(germany, 'a')).not.toBe(plans(germany, 'b'));
    expect(plans(northAmerica, 'a')).toBe(plans(northAmerica, 'b'));
    expect(plans(undefined, 'a')).toBe(plans(undefined, 'b'));
    expect(phoneKeyRule(germany)).not.toBe(plans(germany, 'a'));
  });

  it('begins anew when the making of keys was broken off, whoever opens it then', () => {
    const database = reopen(northAmerica);
    createCallingLists(database).add('l', parseCallingList('phone\n2125550100\n').records, true);
    const crash = new Error('the power is gone');
    expect(() =>
      refreshPhoneKeys(
        database.sqlite,
        undefined,
        (phone) => phone,
        (what) => {
          if (what.startsWith('the indexes')) throw crash;
        },
      ),
    ).toThrow(crash);
    const again = reopen(northAmerica);
    expect(createRecords(again).open('l', { phone: '+12125550100' })).toHaveLength(1);
    expect(createAttempts(again).phoneInCall('2125550100')).toBe(false);
    const indexes = again.sqlite.prepare(`select name from sqlite_master where type = 'index'`).all();
    expect(indexes).toEqual(
      expect.arrayContaining(
        ['records_phone', 'attempts_open_phone', 'attempts_phone', 'dnc_phone'].map((name) => ({ name })),
      ),
    );
  });
});
