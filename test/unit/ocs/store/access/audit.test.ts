import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../../../../src/ocs/store/store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('only grows, whoever opens the database', () => {
  const path = join(folder, 'ocs.db');
  const store = openStore(path);
  for (const who of ['anna', 'ben']) store.audit.add({ at: 1, who, address: 'a', action: 'log_in' });
  store.close();
  const sqlite = new Database(path);
  for (const statement of [
    `update audit set who = 'nobody'`,
    `delete from audit where id = 1`,
    `delete from audit`,
    `insert or replace into audit (id, at, who, address, action) values (1, 1, 'x', 'a', 'log_in')`,
    `replace into audit (id, at, who, address, action) values (2, 1, 'x', 'a', 'log_in')`,
    `insert into audit (id, at, who, address, action) values (-5, 1, 'x', 'a', 'log_in')`,
    `insert into audit (id, at, who, address, action) values (1, 1, 'x', 'a', 'b') on conflict (id) do update set who = 'x'`,
  ]) {
    expect(() => sqlite.exec(statement), statement).toThrow('the audit cannot be changed');
  }
  sqlite.close();
  const again = openStore(path);
  again.audit.add({ at: 2, who: 'cleo', address: 'a', action: 'log_out', before: null, after: { a: 1 } });
  expect(again.audit.find({ limit: 9 }).map(({ id, who, after }) => [id, who, after])).toEqual([
    [3, 'cleo', '{"a":1}'],
    [2, 'ben', null],
    [1, 'anna', null],
  ]);
  expect(again.audit.find({ limit: 9, from: 2 })).toHaveLength(1);
  expect(again.audit.find({ limit: 9, till: 1, who: 'ben' })).toHaveLength(1);
  again.close();
});
