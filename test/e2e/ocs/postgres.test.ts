import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NodesReply } from '../../../src/api/nodes.ts';
import type { Health } from '../../../src/api/diagnostics.ts';
import { freePort } from '../../../src/demo/processes.ts';
import { manualClock } from '../../../src/ocs/clock.ts';
import type { OcsConfigInput } from '../../../src/ocs/config.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { startOfTest } from '../../support/ocs/ocs.ts';
import { nodeOfTest } from '../../support/ocs/store-of-tests.ts';
import { postgresPrograms, runSql, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

const csv = 'phone,name\n+12025550123,Ada\n+12025550124,Grace\n';

describe.runIf(postgresPrograms() !== null)('an ocsd with its rows in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server.stop();
  });

  /** An OCS of this process, and what it said when the rows went to another one. */
  const open = async (address: string, config: OcsConfigInput = {}) => {
    const lost: string[] = [];
    const ocs = await createOcs({
      database: {
        address: parsePostgresAddress(address),
        self: nodeOfTest,
        standingBy: () => undefined,
        stopped: new AbortController().signal,
        lost: (why) => lost.push(why),
      },
      config,
      clock: manualClock(startOfTest),
      wireClock: manualClock(startOfTest),
      log: silentLog,
    });
    await ocs.start();
    return { ocs, lost };
  };
  const ask = (ocs: Ocs, method: 'GET' | 'POST', url: string, payload?: string | object) =>
    ocs.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { host: 'localhost', ...(typeof payload === 'string' && { 'content-type': 'text/csv' }) },
      ...(payload !== undefined && { payload }),
    });

  it('has in the database what it acknowledged, and all of it again after a restart', async () => {
    const address = await server.database();
    const first = await open(address);
    expect((await ask(first.ocs, 'POST', '/lists/a/import', csv)).json()).toMatchObject({ added: 2 });
    expect(await runSql(address, 'select handle, phone from records order by handle')).toEqual([
      { handle: '1', phone: '+12025550123' },
      { handle: '2', phone: '+12025550124' },
    ]);
    await ask(first.ocs, 'POST', '/dnc', { phone: '+12025550124' });
    await first.ocs.stop();

    const second = await open(address);
    expect((await ask(second.ocs, 'GET', '/lists')).json()).toMatchObject({ lists: [{ list: 'a' }] });
    expect((await ask(second.ocs, 'GET', '/dnc?phone=%2B12025550124')).statusCode).toBe(200);
    // Handles are not given again.
    await ask(second.ocs, 'POST', '/lists/a/import', 'phone\n+12025550125\n');
    const rows = await runSql(address, 'select max(handle) last from records');
    expect(rows).toEqual([{ last: '3' }]);
    await second.ocs.stop();
  });

  it('has the same tables and indexes in its working copy at each start', async () => {
    const address = await server.database();
    const kept: unknown[] = [];
    for (let starts = 0; starts < 2; starts++) {
      const { ocs } = await open(address);
      const [folder = ''] = readdirSync(tmpdir()).filter((name) =>
        name.startsWith(`ocsd-copy-${String(process.pid)}-`),
      );
      const copy = new Database(join(tmpdir(), folder, 'copy.db'), { readonly: true });
      kept.push(copy.prepare('select type, name, sql from sqlite_master order by type, name').all());
      copy.close();
      await ocs.stop();
    }
    expect(kept[1]).toEqual(kept[0]);
    expect(JSON.stringify(kept[0])).toContain('dnc_phone');
  });

  it('leaves texts as they are when another rule for numbers makes it write all rows anew', async () => {
    const address = await server.database();
    const first = await open(address);
    await ask(first.ocs, 'POST', '/lists/a/import', 'phone,name\n2025550123,Ada\n');
    await first.ocs.stop();
    const text = String.raw`{"name":"A\u0000d\\u0000a"}`;
    await runSql(address, `update records set user_fields = '${text}'`);
    const second = await open(address, {
      numbering: { countryCode: '1', nationalPrefix: '1', internationalPrefix: '011' },
    });
    await second.ocs.stop();
    expect(await runSql(address, 'select phone_key, user_fields from records')).toEqual([
      { phone_key: '12025550123', user_fields: text },
    ]);
  });

  it('writes nothing more when another one owns the rows, and says so', async () => {
    const address = await server.database();
    const { ocs, lost } = await open(address);
    await runSql(address, 'update ocs_units set epoch = epoch + 1, node = gen_random_uuid()');
    const reply = ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
    await expect.poll(() => lost).toEqual(['another ocsd owns the campaigns now']);
    expect(await runSql(address, 'select * from dnc')).toEqual([]);
    expect((await ask(ocs, 'POST', '/dnc', { phone: '+12025550125' })).json()).toMatchObject({
      error: { code: 'DATABASE_ERROR' },
    });
    expect((await reply).statusCode).toBe(500);
    await ocs.stop();
  });

  it('stops when the database has lost what it had kept, and nobody goes on before a person has looked', async () => {
    const address = await server.database();
    const { ocs, lost } = await open(address);
    await ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
    // As a standby that was behind, and is now in its place.
    await runSql(
      address,
      'delete from dnc; delete from ocs_changes where seq = (select max(seq) from ocs_changes)',
    );
    await expect
      .poll(() => lost, { timeout: 10_000 })
      .toEqual([expect.stringContaining('PostgreSQL had lost changes that it had kept')]);
    await ocs.stop();
    await expect(open(address)).rejects.toMatchObject({ code: 'DATABASE_ERROR', field: 'database' });
    await runSql(address, 'update ocs_units set lost = null');
    const again = await open(address);
    await again.ocs.stop();
  });

  it('goes on when the server was killed and is there again; a set whose answer was lost is in it once', async () => {
    const own = await startPostgres();
    try {
      const address = await own.database();
      const { ocs } = await open(address);
      await ask(ocs, 'POST', '/lists/a/import', csv);
      own.signal('SIGQUIT');
      const reply = ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
      await pause(200);
      await own.start();
      expect((await reply).statusCode).toBeLessThan(300);
      expect(await runSql(address, 'select phone from dnc')).toEqual([{ phone: '+12025550124' }]);
      await ocs.stop();
    } finally {
      await own.stop();
    }
  });
});

describe.runIf(postgresPrograms() !== null)('two ocsd on one PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;
  const running: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'pair-'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (name: string, address: string, at?: number) => {
    const port = at ?? (await freePort());
    const config = join(folder, `${name}.yaml`);
    writeFileSync(config, `database: ${address}\nlisten: { port: ${String(port)} }\n`);
    const program = fileURLToPath(new URL('../../../dist/cli/ocsd.js', import.meta.url));
    const child = spawn(process.execPath, [program, '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const base = `http://127.0.0.1:${String(port)}`;
    const state = () =>
      fetch(`${base}/healthz`).then(
        async (reply) => ((await reply.json()) as Health).state,
        () => 'nobody listens',
      );
    return { base, child, state, url: `${base}/api/v1`, said: () => said };
  };
  const up = { timeout: 30_000 };

  it('are one that works and one that hands it what it is asked, until the first is killed', async () => {
    const address = await server.database();
    const first = await start('first', address);
    await expect.poll(first.state, up).toBe('running');
    const second = await start('second', address);
    await expect.poll(async () => (await fetch(`${second.base}/healthz`)).status, up).toBe(200);
    expect(await second.state()).toBe('standby');
    const sent = await fetch(`${second.url}/lists/a/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: csv,
    });
    expect(sent.status).toBe(201);
    expect(await (await fetch(`${first.url}/lists`)).json()).toMatchObject({ lists: [{ list: 'a' }] });
    const { nodes, units, database } = (await (await fetch(`${second.url}/nodes`)).json()) as NodesReply;
    expect(nodes.map(({ address: at, state }) => [at, state])).toEqual([
      [first.base, 'owner'],
      [second.base, 'standby'],
    ]);
    expect(units).toMatchObject([{ unit: 'all', node: nodes[0]?.node, epoch: 1, lost: null }]);
    expect(database).toMatchObject({ kind: 'postgresql', replicas: [], loss: 'with_its_disk' });
    // A desktop, by a WebSocket.
    const desktop = new WebSocket(`${second.base.replace('http', 'ws')}/desktop/v1`);
    const answer = once(desktop, 'message');
    await once(desktop, 'open');
    desktop.send('{"type":"Login"}');
    expect(String(((await answer) as [MessageEvent])[0].data)).toContain('BAD_MESSAGE');
    const ended = once(desktop, 'close');

    first.child.kill('SIGKILL');
    await ended;
    await expect.poll(second.state, up).toBe('running');
    const after = (await (await fetch(`${second.url}/nodes`)).json()) as NodesReply;
    expect(after.units).toMatchObject([{ node: nodes[1]?.node, epoch: 2 }]);
    expect(await (await fetch(`${second.url}/lists`)).json()).toMatchObject({ lists: [{ list: 'a' }] });
    // The first one again, in the place it had.
    const again = await start('first', address, Number(new URL(first.base).port));
    await expect.poll(async () => (await fetch(`${again.base}/healthz`)).status, up).toBe(200);
    expect(await (await fetch(`${again.url}/lists`)).json()).toMatchObject({ lists: [{ list: 'a' }] });
  });

  it('one that stands by ends at a signal, and one that stops lets the other take over at once', async () => {
    const address = await server.database();
    const first = await start('third', address);
    await expect.poll(first.state, up).toBe('running');
    const waiting = await start('fourth', address);
    await expect.poll(waiting.said, { timeout: 30_000 }).toContain('standing by');
    waiting.child.kill('SIGTERM');
    expect((await once(waiting.child, 'exit'))[0]).toBe(0);
    const second = await start('fifth', address);
    await expect.poll(second.said, { timeout: 30_000 }).toContain('standing by');
    first.child.kill('SIGTERM');
    expect((await once(first.child, 'exit'))[0]).toBe(0);
    await expect.poll(second.state, up).toBe('running');
  });
});
