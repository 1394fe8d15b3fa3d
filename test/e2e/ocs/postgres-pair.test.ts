import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NodesReply } from '../../../src/api/nodes.ts';
import type { Health } from '../../../src/api/diagnostics.ts';
import { freePort } from '../../../src/demo/processes.ts';
import { postgresPrograms, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';

const csv = 'phone,name\n+12025550123,Ada\n+12025550124,Grace\n';

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
    const config = join(folder, `${name.replace(' ', '-')}.yaml`);
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
    const isReady = () =>
      fetch(`${base}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    return { base, child, isReady, state, url: `${base}/api/v1`, said: () => said };
  };
  const up = { timeout: 30_000 };

  it('are one that works and one that hands it what it is asked, until the first is killed', async () => {
    const address = await server.database();
    const first = await start('first', address);
    await expect.poll(first.state, up).toBe('running');
    const second = await start('second', address);
    await expect.poll(second.isReady, up).toBe(true);
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
    const owns = async ({ base }: { base: string }) => {
      const metrics = await (await fetch(`${base}/metrics`)).text();
      return /^ocsd_owner \d$/m.exec(metrics)?.[0];
    };
    expect([await owns(first), await owns(second)]).toEqual(['ocsd_owner 1', 'ocsd_owner 0']);
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
    await expect.poll(again.isReady, up).toBe(true);
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

  const importInto = (url: string, list: string) =>
    fetch(`${url}/lists/${list}/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: csv,
      signal: AbortSignal.timeout(30_000),
    });
  const listsOf = async (url: string) =>
    ((await (await fetch(`${url}/lists`)).json()) as { lists: { list: string }[] }).lists
      .map(({ list }) => list)
      .sort();

  it('an owner that stood still for a while writes nothing more, and ends', async () => {
    const address = await server.database();
    const first = await start('stopped', address);
    await expect.poll(first.state, up).toBe('running');
    const second = await start('awake', address);
    await expect.poll(second.isReady, up).toBe(true);
    expect((await importInto(first.url, 'a')).status).toBe(201);
    first.child.kill('SIGSTOP');
    // In its socket when it goes on.
    const late = importInto(first.url, 'late').then(
      ({ status }) => status,
      () => 'cut off',
    );
    await expect.poll(second.state, up).toBe('running');
    expect((await importInto(second.url, 'b')).status).toBe(201);
    const ended = once(first.child, 'exit');
    first.child.kill('SIGCONT');
    expect((await ended)[0]).toBe(75);
    expect(await late).not.toBe(201);
    expect(await listsOf(second.url)).toEqual(['a', 'b']);
  });

  it('an owner that is cut off from the database writes nothing more, and ends when it sees it again', async () => {
    const address = await server.database();
    const way = await startWay(join(server.folder, '.s.PGSQL.5432'));
    try {
      const first = await start('cut off', address.replace(server.folder, way.folder));
      await expect.poll(first.state, up).toBe('running');
      const second = await start('connected', address);
      await expect.poll(second.isReady, up).toBe(true);
      expect((await importInto(second.url, 'a')).status).toBe(201);
      await way.close();
      const late = importInto(first.url, 'late').then(
        ({ status }) => status,
        () => 'cut off',
      );
      await expect.poll(first.state, up).toBe('degraded');
      await expect.poll(second.state, up).toBe('running');
      expect((await importInto(second.url, 'b')).status).toBe(201);
      const ended = once(first.child, 'exit');
      await way.open();
      expect((await ended)[0]).toBe(75);
      expect(await late).not.toBe(201);
      expect(await listsOf(second.url)).toEqual(['a', 'b']);
    } finally {
      await way.close();
      rmSync(way.folder, { recursive: true });
    }
  });
});

/** A way to a socket that can be closed. */
async function startWay(to: string) {
  const folder = mkdtempSync(join(tmpdir(), 'way-'));
  const sockets = new Set<Socket>();
  const pipe = (from: Socket) => {
    const on = connect(to);
    for (const [socket, other] of [
      [from, on],
      [on, from],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  };
  let gate: Server | null = null;
  const open = async () => {
    gate = createServer(pipe).listen(join(folder, '.s.PGSQL.5432'));
    await once(gate, 'listening');
  };
  const close = async () => {
    if (gate === null) return;
    const closed = once(gate, 'close');
    gate.close();
    gate = null;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  return { folder, open, close };
}
