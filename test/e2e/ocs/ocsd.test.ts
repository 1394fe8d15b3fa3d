import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, killAll, run, scratch, serviceManager, startDaemon } from '../programs.ts';

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch({ 'ocsd.yaml': 'database: ocs.db\nlisten: {port: 0}\n' });
});
afterEach(() => folder.remove());
afterAll(killAll);

describe('ocsd', () => {
  it('starts, says how it is, and ends at SIGTERM with 0', async () => {
    const daemon = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
    const url = await addressOf(daemon, 'url');
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ live: true, ready: true, state: 'running' });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('ocsd_http_requests_total{method="GET",route="/healthz",status="200"} 1');
    expect(metrics).toContain('ocsd_diallers 0');
    daemon.signal('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('gets more time from systemd while it makes the keys of telephone numbers anew, and is ready after that', async () => {
    const config = folder.path('ocsd.yaml');
    const before = startDaemon('ocsd', ['--config', config]);
    await fetch(`${await addressOf(before, 'url')}/api/v1/lists/l/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'phone\n020 7123 4567\n',
    });
    before.signal('SIGTERM');
    await before.ended;
    appendFileSync(
      config,
      "server: {numbering: {countryCode: '44', nationalPrefix: '0', internationalPrefix: '00'}}\n",
    );
    const manager = serviceManager(folder.path('notify'));
    await manager.heard('listening');
    const daemon = startDaemon('ocsd', ['--config', config], { NOTIFY_SOCKET: folder.path('notify') });
    const said = await manager.heard('READY=1');
    expect(said).toMatch(
      /EXTEND_TIMEOUT_USEC=\d+\nSTATUS=starting: telephone numbers are put into their normal form: 0 of 1\n[^]*READY=1/,
    );
    expect(daemon.log).toContainEqual(
      expect.objectContaining({ msg: 'telephone numbers are put into their normal form', done: 0, of: 1 }),
    );
    daemon.signal('SIGTERM');
    await daemon.ended;
    manager.end();
  });

  it('has one line and a code for a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await run('ocsd', [
      '--config',
      folder.path('ocsd.yaml'),
      '--port',
      String(port),
    ]);
    taken.close();
    expect(code).toBe(69);
    expect(stderr).toBe(`ocsd: PORT_IN_USE: port ${port} of 127.0.0.1 is in use; expected a free port\n`);
  });

  it('has one line and a code for a database folder that is not there', async () => {
    const args = ['--config', folder.path('ocsd.yaml'), '--database', folder.path('no/where/ocs.db')];
    const { code, stderr } = await run('ocsd', args);
    expect(code).toBe(74);
    expect(stderr).toMatch(/^ocsd: DATABASE_ERROR: .*\n$/);
  });

  it('checks a configuration without starting', async () => {
    expect(await run('ocsd', ['--check-config', '--config', folder.path('ocsd.yaml')])).toEqual({
      code: 0,
      stdout: 'OK\n',
      stderr: '',
    });
    const bad = scratch({ 'ocsd.yaml': 'listen: {prot: 1}\n' });
    const { code, stderr } = await run('ocsd', ['--check-config', '--config', bad.path('ocsd.yaml')]);
    expect(code).toBe(78);
    expect(stderr).toContain(
      `${bad.path('ocsd.yaml')}:1:10: listen.prot: found unknown key prot, expected one of host, port, tls ` +
        '(did you mean port?)',
    );
    bad.remove();
  });

  it('wants tokens before it listens to other hosts', async () => {
    const open = scratch({ 'ocsd.yaml': 'listen: {host: 0.0.0.0}\n' });
    const { code, stderr } = await run('ocsd', ['--config', open.path('ocsd.yaml')]);
    expect(code).toBe(78);
    expect(stderr).toContain('tokens.apiFile');
    open.remove();
  });

  it('keeps metrics for those who have the token, and never logs it', async () => {
    const token = 'a-secret-of-some-length';
    const closed = scratch({
      'ocsd.yaml': 'database: ocs.db\nlisten: {port: 0}\ntokens: {apiFile: tok}\nlog: {level: trace}\n',
      tok: `${token}\n`,
    });
    const daemon = startDaemon('ocsd', ['--config', closed.path('ocsd.yaml')]);
    const url = await addressOf(daemon, 'url');
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(200);
    daemon.signal('SIGINT');
    const { code, stdout } = await daemon.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain(token);
    closed.remove();
  });
});
