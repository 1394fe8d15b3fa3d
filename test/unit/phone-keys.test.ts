import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Numbering } from '../../src/domain/numbering.ts';
import { createAttempts } from '../../src/ocs/attempts.ts';
import { parseCallingList } from '../../src/ocs/csv.ts';
import { openDatabase, type OcsDatabase } from '../../src/ocs/database.ts';
import { createDoNotCall } from '../../src/ocs/do-not-call.ts';
import { createRecords } from '../../src/ocs/records.ts';
import { migrations } from '../../src/ocs/tables.ts';

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

  it('is known without a numbering plan, if only the + is missing', () => {
    const doNotCall = createDoNotCall(reopen());
    doNotCall.add({ phone: '+12125550100', atMs: 0 });
    expect(doNotCall.forbids('12125550100', null)).toBe('phone');
    expect(doNotCall.forbids('2125550100', null)).toBeNull();
  });

  it('is in no second call, and is not due while in one', () => {
    const database = reopen(northAmerica);
    const records = createRecords(database);
    const attempts = createAttempts(database);
    records.add('l', parseCallingList('phone\n+12125550100\n').records, true);
    const window = records.windows('l')[0]?.id ?? 0;
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
    const records = createRecords(reopen(northAmerica));
    const { added, duplicates } = records.add(
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
    const again = records.add('l', parseCallingList('phone\n2125550100\n').records, false);
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
});
