import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallsReply, ChannelsReply, TestCallLine } from '../../../src/api/admin.ts';
import type { Health } from '../../../src/api/diagnostics.ts';
import { addressOf, killAll, run, scratch, serviceManager, startDaemon, type Daemon } from '../programs.ts';

const speech = new URL('../../../examples/speech', import.meta.url).pathname;

/** A dialler of four lines, ten times as fast as life; nobody answers at its OCS address. */
const config = `dialerId: e2e
ocs: {url: 'http://127.0.0.1:9'}
board:
  driver: sim
  trunks: [{kind: isdn, channels: 4}]
  clock: {speed: 10}
  world:
    audioFolder: ${speech}
    subscribers:
      - {number: '+12125550100', kind: busy}
      - {number: '+12125550101', kind: no_answer}
    unlisted: busy
dialPlan: {allow: ['^\\+1'], deny: ['^\\+1900']}
admin: {port: 0}
drain: {timeoutMs: 20000, flushMs: 200}
boardRecovery: {firstMs: 50, longestMs: 200}
`;

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch({ 'cpdd.yaml': config, 'ocsd.yaml': 'listen: {port: 0}\n' });
});
afterEach(() => folder.remove());
afterAll(killAll);

async function start(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<[Daemon, string]> {
  const daemon = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), ...args], env);
  return [daemon, await addressOf(daemon, 'admin')];
}

const get = async <T>(url: string): Promise<T> => (await fetch(url)).json() as Promise<T>;

/** Asks until the answer fits. */
async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function testCall(admin: string, body: object): Promise<TestCallLine[]> {
  const reply = await fetch(`${admin}/admin/v1/test-calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
  return (await reply.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TestCallLine);
}

describe('cpdd', () => {
  it('is not ended by SIGHUP, and keeps its files from others', async () => {
    const [daemon, admin] = await start();
    daemon.signal('SIGHUP');
    await daemon.line(({ msg }) => String(msg).startsWith('signal ignored'));
    expect((await fetch(`${admin}/healthz`)).status).toBe(503);
    for (const file of readdirSync(folder.path('.')).filter((name) => name.startsWith('journal.db'))) {
      expect(statSync(folder.path(file)).mode & 0o027).toBe(0);
    }
    daemon.signal('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0 });
  });

  it('runs without OCS, says that it is not ready and why', async () => {
    const [daemon, admin] = await start();
    const reply = await fetch(`${admin}/healthz`);
    expect(reply.status).toBe(503);
    expect(await reply.json()).toEqual({
      live: true,
      ready: false,
      state: 'running',
      reasons: ['OCS does not answer'],
    } satisfies Health);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(metrics).toContain('cpdd_channels{use="idle"} 4');
    expect(metrics).toContain('cpdd_ocs_link_up 0');
    expect(metrics).toContain('cpdd_board_up 1');
    daemon.signal('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0, stderr: '' });
    expect(daemon.log.map(({ msg }) => msg)).toContain('stopped');
  });

  it('is ready with OCS, and lost OCS is said', async () => {
    const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
    const ocs = await addressOf(ocsd, 'url');
    const [daemon, admin] = await start(['--ocs-url', ocs]);
    const health = () => get<Health>(`${admin}/healthz`);
    expect(await until(health, ({ ready }) => ready)).toMatchObject({ state: 'running', reasons: [] });
    ocsd.signal('SIGTERM');
    await ocsd.ended;
    expect(await until(health, ({ ready }) => !ready)).toMatchObject({ reasons: ['OCS does not answer'] });
    daemon.signal('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
  });

  it('says, as doctor does, that OCS refuses its token, and not that it does not answer', async () => {
    const own = scratch({
      'ocsd.yaml': 'listen: {port: 0}\ntokens: {link: the-token-of-the-link}\n',
      'cpdd.yaml': config.replace('ocs: {', 'ocs: {token: another-token-of-it, '),
    });
    const ocs = await addressOf(startDaemon('ocsd', ['--config', own.path('ocsd.yaml')]), 'url');
    const daemon = startDaemon('cpdd', ['--config', own.path('cpdd.yaml'), '--ocs-url', ocs]);
    const admin = await addressOf(daemon, 'admin');
    expect(await daemon.line(({ msg }) => msg === 'OCS refuses the token')).toMatchObject({
      code: 'UNAUTHORIZED',
    });
    const health = await get<Health>(`${admin}/healthz`);
    expect(health).toMatchObject({ ready: false, reasons: ['OCS refuses the token'] });

    writeFileSync(
      own.path('cpdd.yaml'),
      config.replace(/ocs: .*/, `ocs: {url: '${ocs}', token: another-token-of-it}`),
    );
    const doctor = ['doctor', '--config', own.path('cpdd.yaml')];
    const { stdout, code } = await run('cpdctl', doctor);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}ocs token: UNAUTHORIZED: OCS refuses the token -> .*tokens.linkFile/m);
    const { port } = new URL(admin);
    writeFileSync(own.path('cpdd.yaml'), config.replace('port: 0', `port: ${port}`));
    expect((await run('cpdctl', doctor)).stdout).toMatch(
      /^fail {2}cpdd: running: OCS refuses the token -> .*tokens.linkFile/m,
    );
    daemon.signal('SIGTERM');
    await daemon.ended;
    own.remove();
  });

  it('streams a test call as it goes, and keeps its evidence', async () => {
    const [daemon, admin] = await start();
    const lines = await testCall(admin, { number: '+1 212 555 0100' });
    expect(lines[0]).toEqual({ kind: 'started', channel: expect.any(Number) as number });
    const events = lines.flatMap((line) => (line.kind === 'board' ? [line.event.type] : []));
    expect(events.slice(0, 2)).toEqual(['seized', 'dialled']);
    expect(lines.at(-1)).toMatchObject({
      kind: 'end',
      outcome: { result: 6, evidence: { verdict: 'busy' } },
    });

    const { active, recent } = await get<CallsReply>(`${admin}/admin/v1/calls`);
    expect(active).toEqual([]);
    expect(recent).toMatchObject([
      { test: true, number: '**********00', outcome: { result: 6, evidence: null } },
    ]);
    const one = await get(`${admin}/admin/v1/calls/${recent[0]?.attemptId}`);
    expect(one).toMatchObject({ outcome: { evidence: { verdict: 'busy' } } });
    daemon.signal('SIGTERM');
    const { stdout } = await daemon.ended;
    expect(stdout).not.toContain('2125550100');
  });

  it('refuses numbers that the dial plan does not allow, or that are none', async () => {
    const [daemon, admin] = await start();
    const refused = async (number: string) => {
      const reply = await fetch(`${admin}/admin/v1/test-calls`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ number }),
      });
      return [reply.status, ((await reply.json()) as { error: { code: string } }).error.code];
    };
    expect(await refused('+19005550100')).toEqual([422, 'NUMBER_NOT_ALLOWED']);
    expect(await refused('+49305550100')).toEqual([422, 'NUMBER_NOT_ALLOWED']);
    expect(await refused('+1212555,0100')).toEqual([422, 'BAD_NUMBER']);
    daemon.signal('SIGTERM');
    await daemon.ended;
  });

  it('lets in only who has the token, and no web page', async () => {
    const token = 'a-secret-of-some-length';
    writeFileSync(folder.path('tok'), token);
    writeFileSync(
      folder.path('cpdd.yaml'),
      config.replace('admin: {port: 0}', 'admin: {port: 0, tokenFile: tok}'),
    );
    const [daemon, admin] = await start(['--log-level', 'trace']);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${admin}/admin/v1/status`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    const authorization = `Bearer ${token}`;
    expect(await status({ authorization })).toBe(200);
    expect(await status({ authorization, origin: 'https://example.com' })).toBe(401);
    const env = { CPDCTL_URL: admin, CPDCTL_TOKEN: token };
    expect(await run('cpdctl', ['log-level', 'info'], env)).toEqual({
      code: 0,
      stdout: 'info\n',
      stderr: '',
    });
    expect((await run('cpdctl', ['boards'], { CPDCTL_URL: admin })).code).toBe(77);
    daemon.signal('SIGTERM');
    expect((await daemon.ended).stdout).not.toContain(token);
  });

  it('hangs up a test call whose reader goes away', async () => {
    const [daemon, admin] = await start();
    const reader = new AbortController();
    const reply = await fetch(`${admin}/admin/v1/test-calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ number: '+12125550101', ringTimeoutMs: 180_000 }),
      signal: reader.signal,
    });
    expect(reply.status).toBe(200);
    const channels = () => get<ChannelsReply>(`${admin}/admin/v1/channels`);
    await until(channels, (answer) => answer.channels.some(({ use }) => use === 'call'));
    reader.abort();
    const idle = await until(channels, (answer) => answer.channels.every(({ use }) => use === 'idle'));
    expect(idle.channels).toHaveLength(4);
    daemon.signal('SIGTERM');
    await daemon.ended;
  });

  it('lets calls end at the first signal and hangs them up at the second', async () => {
    const [daemon, admin] = await start();
    const call = testCall(admin, { number: '+12125550101', ringTimeoutMs: 180_000 });
    await until(
      () => get<CallsReply>(`${admin}/admin/v1/calls`),
      ({ active }) => active.some(({ phase }) => phase === 'alerting'),
    );
    daemon.signal('SIGTERM');
    await daemon.line(({ msg }) => msg === 'draining');
    expect(await get<Health>(`${admin}/healthz`)).toMatchObject({ ready: false, state: 'draining' });
    expect((await get<CallsReply>(`${admin}/admin/v1/calls`)).active).toHaveLength(1);
    daemon.signal('SIGINT');
    expect((await call).at(-1)).toMatchObject({ kind: 'end' });
    expect(await daemon.ended).toMatchObject({ code: 0, stderr: '' });
    expect(daemon.log.map(({ msg }) => msg)).toContain('second signal: hanging up');
  });

  it('opens a board that died again', async () => {
    const dying = config.replace(
      '    unlisted: busy',
      '    unlisted: busy\n    faults: [{kind: dead, atMs: 4000}]',
    );
    const own = scratch({ 'cpdd.yaml': dying });
    const daemon = startDaemon('cpdd', ['--config', own.path('cpdd.yaml')]);
    const admin = await addressOf(daemon, 'admin');
    await daemon.line(({ msg }) => msg === 'the board failed');
    const health = () => get<Health>(`${admin}/healthz`);
    const degraded = await until(health, ({ state }) => state === 'degraded');
    expect(degraded.ready).toBe(false);
    expect(degraded.reasons.join()).toContain('the board failed');
    await daemon.line(({ msg }) => msg === 'the board is open again');
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(Number(/^cpdd_board_opens_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(2);
    daemon.signal('SIGTERM');
    expect((await daemon.ended).code).toBe(0);
    own.remove();
  });

  it('tells systemd that it is ready, lives, and stops', async () => {
    const manager = serviceManager(folder.path('notify'));
    await manager.heard('listening');
    const [daemon] = await start([], { NOTIFY_SOCKET: folder.path('notify'), WATCHDOG_USEC: '200000' });
    await manager.heard('READY=1');
    await manager.heard('STATUS=running: 0 calls, 4 channels idle');
    await manager.heard('WATCHDOG=1');
    daemon.signal('SIGTERM');
    await manager.heard('STOPPING=1');
    expect((await daemon.ended).code).toBe(0);
    manager.end();
  });

  it('has one line and a code for a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await run('cpdd', [
      '--config',
      folder.path('cpdd.yaml'),
      '--admin-port',
      String(port),
    ]);
    taken.close();
    expect(code).toBe(69);
    expect(stderr).toBe(
      `cpdd: PORT_IN_USE: admin port ${port} of 127.0.0.1 is in use; expected a free port\n`,
    );
  });

  it('keeps a second process away from its journal', async () => {
    const [daemon] = await start();
    const { code, stdout, stderr } = await run('cpdd', ['--config', folder.path('cpdd.yaml')]);
    expect(code).toBe(74);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `cpdd: JOURNAL_ERROR: ${folder.path('journal.db')} is in use by another process; ` +
        'expected a file of its own for each process\n',
    );
    daemon.signal('SIGKILL');
    await daemon.ended;
    const [again] = await start();
    again.signal('SIGTERM');
    expect((await again.ended).code).toBe(0);
  });

  it('has one line and a code for a journal that cannot be', async () => {
    const args = ['--config', folder.path('cpdd.yaml'), '--journal', folder.path('no/where/journal.db')];
    const { code, stderr } = await run('cpdd', args);
    expect(code).toBe(74);
    expect(stderr).toMatch(/^cpdd: JOURNAL_ERROR: .*no\/where.*\n$/);
  });

  it('names each fault of a configuration with its line, and exits with 78', async () => {
    const bad = scratch({
      'cpdd.yaml': config.replace('channels: 4', 'channels: 0').replace('deny', 'denny'),
    });
    const file = bad.path('cpdd.yaml');
    const { code, stderr } = await run('cpdd', ['--check-config', '--config', file]);
    expect(code).toBe(78);
    expect(stderr.split('\n').slice(1, 3)).toEqual([
      `${file}:5:35: board.trunks[0].channels: found 0, expected at least 1`,
      `${file}:13:29: dialPlan.denny: found unknown key denny, expected one of allow, deny, rules, stripPlus, prefix, country, openPremium` +
        ' (did you mean deny?)',
    ]);
    bad.remove();
  });

  it('prints the schema of its configuration', async () => {
    const { code, stdout } = await run('cpdd', ['--print-schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      title: 'cpdd configuration',
      required: ['board', 'dialPlan'],
    });
  });

  it.each([
    [[], 2, 'cpdd: BAD_ARGUMENT: option --config FILE is missing (see cpdd --help)\n'],
    [['--confg', 'x'], 2, 'cpdd: BAD_ARGUMENT: Unknown argument: confg (see cpdd --help)\n'],
    [
      ['--config', '/no/file'],
      66,
      'cpdd: NO_SUCH_FILE: configuration file /no/file cannot be read (ENOENT); expected a readable YAML file\n',
    ],
  ])('refuses %j', async (args, code, stderr) => {
    expect(await run('cpdd', args)).toEqual({ code, stdout: '', stderr });
  });
});
