import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/processes.ts';
import type { TestCallLine } from '../../src/api/admin.ts';
import { callResult } from '../../src/domain/result.ts';

const run = promisify(execFile);
const repository = new URL('../..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string };

let folder = '';
let unpacked = '';
let root = '';
const daemons: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'package-test-'));
  root = join(folder, 'root');
  const script = join(repository, 'scripts/package.mjs');
  await run(process.execPath, [script, '--out', folder, '--level', '1']);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tar.gz')) ?? '';
  await run('tar', ['-xzf', join(folder, archive), '-C', folder]);
  unpacked = join(folder, archive.replace('.tar.gz', ''));
}, 120_000);

afterEach(() => {
  for (const daemon of daemons.splice(0)) daemon.kill('SIGKILL');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const installed = (path: string) => join(root, path);
const program = (name: string) => installed(`opt/cpd-dialler/current/bin/${name}`);

async function install(from: string, ...options: string[]): Promise<string> {
  return (await run('sh', [join(from, 'install.sh'), '--root', root, ...options])).stdout;
}

/** Makes the example configuration fit the folder it was installed below, and a quicker board. */
function adapt(name: string, changes: [string, string][]): string {
  const path = installed(`etc/cpd-dialler/${name}`);
  let text = readFileSync(path, 'utf8');
  const all: [string, string][] = [['/opt/', `${root}/opt/`], ['/var/', `${root}/var/`], ...changes];
  for (const [from, to] of all) text = text.replaceAll(from, to);
  writeFileSync(path, text);
  return text;
}

/** Starts an installed daemon and waits until its health page says that it is ready. */
async function start(name: 'cpdd' | 'ocsd', port: number): Promise<ChildProcess> {
  const config = installed(`etc/cpd-dialler/${name}.yaml`);
  const daemon = spawn(program(name), ['--config', config], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  daemons.push(daemon);
  let log = '';
  daemon.stdout?.on('data', (chunk) => (log += String(chunk)));
  daemon.stderr?.on('data', (chunk) => (log += String(chunk)));
  for (let attempt = 0; ; attempt += 1) {
    const reply = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (reply?.ok) return daemon;
    if (daemon.exitCode !== null || attempt === 300) throw new Error(`${name} is not ready:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stop(daemon: ChildProcess): Promise<number | null> {
  daemon.kill('SIGTERM');
  if (daemon.exitCode === null) await once(daemon, 'exit');
  return daemon.exitCode;
}

async function dial(number: string, adminPort: number): Promise<number | undefined> {
  const arguments_ = ['dial', number, '--json', '--url', `http://127.0.0.1:${adminPort}`];
  const { stdout } = await run(program('cpdctl'), arguments_, { env: {} });
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as TestCallLine;
  return last.kind === 'end' ? last.outcome?.result : undefined;
}

describe('the package', () => {
  it('installs, dials, upgrades and goes away; configuration and data stay', async () => {
    expect(await install(unpacked)).toContain(`installed ${version}`);
    const { stdout } = await run(program('cpdctl'), ['--version'], { env: {} });
    expect(stdout.trim()).toBe(version);

    const [ocsPort, adminPort] = [await freePort(), await freePort()];
    const ocsConfig = adapt('ocsd.yaml', [['port: 7800', `port: ${ocsPort}`]]);
    const cpddConfig = adapt('cpdd.yaml', [
      ['127.0.0.1:7800', `127.0.0.1:${ocsPort}`],
      ['port: 7810', `port: ${adminPort}`],
      ['clock: { speed: 1 }', 'clock: { speed: 20 }'],
    ]);

    const ocsd = await start('ocsd', ocsPort);
    const cpdd = await start('cpdd', adminPort);
    expect(readFileSync(`/proc/${String(cpdd.pid)}/cmdline`, 'utf8')).toContain('--max-semi-space-size=4');
    expect(await dial('+12125550100', adminPort)).toBe(callResult.Answer);
    expect(await dial('+12125550102', adminPort)).toBe(callResult.Busy);
    expect(await stop(cpdd)).toBe(0);
    expect(await stop(ocsd)).toBe(0);

    // The next version: the same programs with another number. -l shares the bytes, so VERSION is made anew.
    const next = join(folder, 'next');
    await run('cp', ['-al', unpacked, next]);
    rmSync(join(next, 'VERSION'));
    writeFileSync(join(next, 'VERSION'), `${version}-next\n`);
    expect(await install(next)).toContain(`installed ${version}-next (was ${version})`);
    expect(readlinkSync(installed('opt/cpd-dialler/current'))).toBe(`${version}-next`);
    expect(existsSync(installed(`opt/cpd-dialler/${version}`))).toBe(true);
    expect(readFileSync(installed('etc/cpd-dialler/cpdd.yaml'), 'utf8')).toBe(cpddConfig);
    expect(readFileSync(installed('etc/cpd-dialler/ocsd.yaml'), 'utf8')).toBe(ocsConfig);
    expect(readFileSync(installed('etc/cpd-dialler/cpdd.yaml.new'), 'utf8')).toBe(
      readFileSync(join(repository, 'examples/config/cpdd.yaml'), 'utf8'),
    );
    const after = [await start('ocsd', ocsPort), await start('cpdd', adminPort)];
    expect(await dial('+12125550105', adminPort)).toBe(callResult.SitVacantCode);
    for (const daemon of after.reverse()) expect(await stop(daemon)).toBe(0);

    const data = ['var/lib/cpd-dialler/cpdd/journal.db', 'var/lib/cpd-dialler/ocsd/ocs.db'];
    expect(await install(installed('opt/cpd-dialler/current'), '--remove')).toContain('kept');
    expect(existsSync(installed('opt/cpd-dialler'))).toBe(false);
    expect(existsSync(installed('usr/local/lib/systemd/system/cpdd.service'))).toBe(false);
    for (const path of [...data, 'etc/cpd-dialler/cpdd.yaml']) expect(existsSync(installed(path))).toBe(true);

    await install(unpacked, '--remove', '--purge');
    for (const path of [...data, 'etc/cpd-dialler']) expect(existsSync(installed(path))).toBe(false);
  });

  it('carries no source, no development package and no binary of another platform', async () => {
    const { stdout } = await run('find', [unpacked, '-type', 'f']);
    const files = stdout.split('\n');
    expect(files.some((file) => file.endsWith('build/Release/cpd.node'))).toBe(true);
    expect(files.filter((file) => /node_modules\/(typescript|vitest|eslint)\//.test(file))).toEqual([]);
    const binaries = files.filter((file) => file.endsWith('.node'));
    expect(binaries.filter((file) => /darwin|win32|musl/.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.cc'))).toEqual([]);
  });
});

describe('the install script', () => {
  it.each([
    [['--rot', 'x'], 'unknown option --rot'],
    [['--purge'], '--purge goes with --remove'],
    [['--root'], 'a folder is expected'],
  ])('refuses %j with a sentence and exit code 2', async (options, sentence) => {
    const failure = run('sh', [join(unpacked, 'install.sh'), ...options]);
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(sentence) as unknown,
    });
  });
});
