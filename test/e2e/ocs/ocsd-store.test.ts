import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDiagnostics } from '../../../src/daemon/ocsd/diagnostics.ts';
import { createFailingWrites } from '../../support/ocs/failing-writes.ts';
import { manualClock } from '../../../src/ocs/clock.ts';
import { createOcs } from '../../../src/ocs/ocs.ts';
import { silentLog } from '../../support/silent-log.ts';

describe('a store that cannot be written while ocsd runs', () => {
  const writes = createFailingWrites();
  afterAll(() => writes.end());

  it('is told by health, metrics and campaigns until it can be written again, which is noticed by itself', async () => {
    const clock = manualClock();
    const ocs = await createOcs({ database: ':memory:', clock, wireClock: clock, log: silentLog });
    addDiagnostics(ocs, { clockSpeed: 1 }, () => false);
    await ocs.start();
    const post = (url: string, payload?: object) =>
      ocs.app.inject({ method: 'POST', url, ...(payload && { payload }) });
    const health = async () => {
      const reply = await ocs.app.inject('/healthz');
      return { status: reply.statusCode, ...reply.json<{ ready: boolean; reasons: string[] }>() };
    };
    const metrics = async () => (await ocs.app.inject('/metrics')).body;
    const obstacles = async () =>
      (await ocs.app.inject('/api/v1/campaigns/c')).json<{ obstacles: string[] }>().obstacles;
    const definition = { name: 'c', list: 'l', mode: 'progressive', group: 'sales' };
    await post('/api/v1/campaigns', { definition, csv: 'phone\n+12125550101\n' });
    await post('/api/v1/campaigns/c/start');
    expect(await health()).toMatchObject({ status: 200, ready: true });
    expect(await metrics()).toContain('ocsd_store_writable 1');

    const nobodyThere = ['no dialler is connected', 'no agent of group sales is logged in'];
    const reason = 'the database cannot be written: database or disk is full';
    writes.failAt(1);
    expect((await post('/api/v1/dnc', { phone: '+12125550199' })).statusCode).toBe(500);
    expect(await health()).toMatchObject({ status: 503, ready: false, state: 'degraded', reasons: [reason] });
    expect(await metrics()).toContain('ocsd_store_writable 0');
    expect(await metrics()).toContain('ocsd_store_errors_total 1');
    expect(await obstacles()).toEqual([reason, ...nobodyThere]);

    writes.failAt(1);
    clock.advance(500);
    expect(await health()).toMatchObject({ status: 503 });
    writes.end();
    clock.advance(500);
    expect(await health()).toMatchObject({ status: 200, ready: true, reasons: [] });
    expect(await metrics()).toContain('ocsd_store_writable 1');
    expect(await obstacles()).toEqual(nobodyThere);
    await ocs.stop();
  });
});

const root = process.getuid?.() === 0;
const nobody = 65_534;

describe.runIf(root)('a database of another user', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ocsd-owner-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused at the start, with whose it is', () => {
    chownSync(folder, nobody, nobody);
    const database = join(folder, 'ocs.db');
    new Database(database).exec('create table t (a)').close();
    chmodSync(database, 0o644);
    const others = mkdtempSync(join(tmpdir(), 'ocsd-others-'));
    // Node and the sources may lie where only root can read: the process drops its rights once it has loaded them.
    const drop = join(folder, 'drop.mjs');
    const source = (path: string) =>
      JSON.stringify(fileURLToPath(new URL(`../../../src/${path}`, import.meta.url)));
    writeFileSync(
      drop,
      `const { openStore } = await import(${source('ocs/store/store.ts')});
       const { lockFile } = await import(${source('daemon/file-lock.ts')});
       openStore(':memory:').close();
       process.setgroups([]); process.setgid(${String(nobody)}); process.setuid(${String(nobody)});
       const say = (run) => {
         try { run(); console.log('opened'); } catch (error) { console.log(error.code + ' ' + error.message); }
       };
       say(() => openStore(${JSON.stringify(database)}));
       say(() => lockFile(${JSON.stringify(join(others, 'ocs.db'))}, 'DATABASE_ERROR'));`,
    );
    const said = execFileSync(process.execPath, [drop], { encoding: 'utf8', timeout: 60_000 });
    rmSync(others, { recursive: true });
    const users = (path: string) =>
      `(${path} belongs to user 0, this program runs as user ${String(nobody)})`;
    expect(said.split('\n').slice(0, 2)).toEqual([
      `DATABASE_ERROR the database ${database} cannot be written: attempt to write a readonly database ${users(database)}`,
      `DATABASE_ERROR ${join(others, 'ocs.db')}.lock cannot be made (EACCES: permission denied, stat '${join(others, 'ocs.db')}') ${users(others)}`,
    ]);
  });
});
