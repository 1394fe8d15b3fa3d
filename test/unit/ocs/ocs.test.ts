import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock, nextTurn, type ManualClock } from '../../../src/ocs/clock.ts';
import type { OcsConfigInput } from '../../../src/ocs/config.ts';
import { parseCallingList } from '../../../src/ocs/lists/csv.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { openStore } from '../../../src/ocs/store/store.ts';
import { createFailingWrites } from '../../support/ocs/failing-writes.ts';
import { startOfTest } from '../../support/ocs/ocs.ts';

const tickMs = 500;
const writes = createFailingWrites();
let folder: string;
let database: string;
let clock: ManualClock;
let ocs: Ocs | null;
let logged: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ocs-'));
  database = join(folder, 'ocs.db');
  clock = manualClock(startOfTest);
  ocs = null;
  logged = [];
});
afterEach(async () => {
  writes.end();
  await ocs?.stop();
  rmSync(folder, { recursive: true, force: true });
});
async function open(config: OcsConfigInput = {}): Promise<Ocs> {
  const log = (level: string) => (_fields: object, message: string) =>
    void logged.push(`${level}: ${message}`);
  ocs = await createOcs({
    database,
    clock,
    wireClock: manualClock(startOfTest),
    log: { debug: () => {}, info: log('info'), warn: log('warn'), error: log('error') },
    config: { tickMs, ...config },
  });
  return ocs;
}
const healthOf = ({ storeHealth }: Ocs) => storeHealth.trouble();
const reply = async (url: string): Promise<unknown> =>
  (await ocs?.app.inject({ url, headers: { host: 'localhost' } }))?.json();

it('reads no large list that is inside of a message; by itself it is read as it comes', async () => {
  const opened = await open({ bodyLimitBytes: 65_536 });
  const csv = `phone,tz\n${Array.from({ length: 6_000 }, (_, i) => `${String(5_550_000 + i)},UTC`).join('\n')}\n`;
  const definition = { name: 'spring', list: 'l', mode: 'progressive', group: 'sales' };
  const post = (url: string, payload: string | object, type: string) =>
    opened.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { host: 'localhost', 'content-type': type },
    });
  const inside = await post('/api/v1/campaigns', { definition, csv }, 'application/json');
  expect([inside.statusCode, inside.json()]).toMatchObject([413, { error: { code: 'BAD_MESSAGE' } }]);
  const alone = await post('/api/v1/lists/l/import', csv, 'text/csv');
  expect(alone.json()).toMatchObject({ added: 6_000 });
});

describe('starting and stopping', () => {
  it('can each be done twice', async () => {
    const opened = await open();
    await Promise.all([opened.start(), opened.start()]);
    await opened.start();
    expect(logged).toEqual(['info: OCS is up']);
    await Promise.all([opened.stop(), opened.stop()]);
    await opened.stop();
    expect(logged).toEqual(['info: OCS is up', 'info: OCS is down']);
  });

  it('looks after nothing any more once it is stopped', async () => {
    const opened = await open();
    await opened.start();
    await opened.stop();
    clock.advance(10 * tickMs);
    expect(logged).toEqual(['info: OCS is up', 'info: OCS is down']);
  });

  it.each<[string, OcsConfigInput, object]>([
    ['a value that is none', { tickMs: 1 }, { field: 'tickMs' }],
    [
      'values that do not go together',
      { leaseMs: 20_000, maxWaitMs: 20_000 },
      { field: 'maxWaitMs', found: 20_000 },
    ],
  ])('is refused with %s, and no database is made', async (_what, config, error) => {
    await expect(open(config)).rejects.toMatchObject({ code: 'BAD_CONFIG', ...error });
    expect(() => new Database(database, { fileMustExist: true })).toThrow();
  });

  it('takes away what a crash left of imports, and says so; with nothing to take away it says nothing', async () => {
    const store = openStore(database);
    const { records } = parseCallingList('phone,tz\n5550101,UTC\n5550102,Europe/Berlin\n');
    store.imports.begin('l').add({ records, highest: { record: 0, chain: 0 } });
    store.dncBatches.begin('file', 7).add([{ phone: '5550101', atMs: 7 }]);
    store.close();
    const reader = new Database(database, { readonly: true });
    const left = () =>
      ['records', 'dnc', 'dnc_batches'].map((table) =>
        reader.prepare(`select count(*) from ${table}`).pluck().get(),
      );
    expect(left()).toEqual([2, 1, 1]);
    await (await open()).start();
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(left()).toEqual([0, 0, 0]);
    reader.close();
    expect(logged).toContain('info: what imports had left is taken away');
  });
});

describe('a store that cannot be written', () => {
  const failure = 'error: the database cannot be written';
  const recovery = 'info: the database can be written again';
  const add = async () => {
    const { body } = (await ocs?.app.inject({
      method: 'POST',
      url: '/api/v1/dnc',
      headers: { host: 'localhost' },
      payload: { phone: '5550101' },
    })) ?? { body: '{}' };
    return JSON.parse(body) as { added?: number; error?: { code: string; message: string } };
  };

  it('because the disk is full is told once, and its recovery though nobody asks for anything', async () => {
    const opened = await open();
    await opened.start();
    writes.failAt(1);
    expect(await add()).toMatchObject({ error: { code: 'DATABASE_ERROR' } });
    expect(healthOf(opened)).toBe('database or disk is full');
    for (let times = 0; times < 3; times += 1) {
      writes.failAt(1);
      clock.advance(tickMs);
    }
    expect(logged.filter((line) => line === failure)).toHaveLength(1);
    writes.end();
    clock.advance(tickMs);
    expect(healthOf(opened)).toBeNull();
    expect(logged.filter((line) => line === recovery)).toHaveLength(1);
    expect(await add()).toEqual({ added: 1 });
    clock.advance(10 * tickMs);
    expect(logged.filter((line) => line === recovery)).toHaveLength(1);
    // The next failure is told like the first.
    writes.failAt(1);
    await add();
    writes.failAt(1);
    clock.advance(tickMs);
    expect(logged.filter((line) => line === failure)).toHaveLength(2);
  });

  it.each([
    ['was taken away', false, 'its file was taken away'],
    ['was replaced', true, 'another file was put in its place'],
  ])(
    'in a file that stays, because the file %s, is told once, and when it is back',
    async (_what, other, words) => {
      const opened = await open();
      await opened.start();
      renameSync(database, `${database}.old`);
      if (other) copyFileSync(`${database}.old`, database);
      clock.advance(3 * tickMs);
      expect(healthOf(opened)).toContain(words);
      expect(logged.filter((line) => line === failure)).toHaveLength(1);
      expect(await add()).toMatchObject({
        error: { code: 'DATABASE_ERROR', message: expect.stringContaining(words) as string },
      });
      // What is only read is answered, and shows that nothing was kept.
      expect(await reply('/api/v1/dnc?phone=5550101')).toEqual({ listed: false, entries: [] });
      renameSync(`${database}.old`, database);
      clock.advance(2 * tickMs);
      expect(healthOf(opened)).toBeNull();
      expect(logged.filter((line) => line === failure || line === recovery)).toEqual([failure, recovery]);
      expect(await add()).toEqual({ added: 1 });
    },
  );

  it('because another program writes refuses what is asked for, and has all of it when that is over', async () => {
    const opened = await open();
    await opened.start();
    const other = new Database(database);
    other.exec('begin immediate');
    const locked = { code: 'DATABASE_ERROR', message: 'the database refused: database is locked' };
    expect(await add()).toMatchObject({ error: locked });
    expect(healthOf(opened)).toBe('another program holds its lock for writing');
    // What is only read is answered.
    expect(await reply('/api/v1/dnc?phone=5550101')).toEqual({ listed: false, entries: [] });
    clock.advance(3 * tickMs);
    expect(logged.filter((line) => line === failure)).toHaveLength(1);
    other.exec('commit');
    other.close();
    clock.advance(tickMs);
    expect(healthOf(opened)).toBeNull();
    expect(logged.filter((line) => line === recovery)).toHaveLength(1);
    expect(await add()).toEqual({ added: 1 });
  });
});
