import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardHostProgram } from '../../../src/board/board-host-program.ts';
import { postgresPrograms } from '../../../src/demo/postgres.ts';
import type { DemoReport } from '../../../src/demo/report.ts';
import { isBuilt } from '../../support/built.ts';

const script = fileURLToPath(new URL('../../../src/demo/main.ts', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function demo(args: string[], disturb?: (child: ChildProcess) => Promise<void>) {
  const child = spawn(process.execPath, [script, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await disturb?.(child);
  const code = await ended;
  return { code, stdout, stderr };
}

/** Processes of ocsd and cpdd, once calls are up. */
async function pidsOf(out: string, demo: ChildProcess): Promise<number[]> {
  for (;;) {
    if (demo.exitCode !== null) throw new Error('the demo ended too early');
    const pid = logOf(out).find(({ msg }) => msg === 'request taken')?.pid;
    const server = logOf(out, 'ocsd')[0]?.pid;
    if (pid !== undefined && server !== undefined) return [pid, server];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A process that ended and was not waited for yet is not alive. */
function isAlive(pid: number): boolean {
  const path = `/proc/${String(pid)}/stat`;
  return existsSync(path) && !/\) Z /.test(readFileSync(path, 'utf8'));
}

/** What a daemon has logged so far; nothing before it starts. */
function logOf(out: string, name = 'cpdd'): { pid: number; msg: string }[] {
  const path = join(out, `${name}.log`);
  if (!existsSync(path)) return [];
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as { pid: number; msg: string });
}

/** Where the demo's PostgreSQL has its socket, and all else. */
function socketFolder(out: string): string {
  const [name = ''] = ['ocsd-1.yaml', 'ocsd.yaml'].filter((each) => existsSync(join(out, each)));
  return /host=(\S+)/.exec(readFileSync(join(out, name), 'utf8'))?.[1] ?? '';
}

/** Processes of that PostgreSQL. */
function serversOf(out: string): string[] {
  const folder = socketFolder(out);
  expect(folder).not.toBe('');
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/data`);
    } catch {
      return false;
    }
  });
}

/** A short campaign on the simulated board, run once. */
let plain: ReturnType<typeof demo> | undefined;
const simulated = () =>
  (plain ??= demo(['--records', '60', '--agents', '4', '--out', join(folder, 'plain')]));

describe('npm run demo', () => {
  it.concurrent(
    'hears every number right that a tone tells, drops nobody, and closes every record',
    async () => {
      const { code, stdout, stderr } = await simulated();
      expect(stderr).toBe('');
      const report = JSON.parse(stdout) as DemoReport;
      expect(report).toMatchObject({
        records: 60,
        liveDropped: 0,
        consistent: true,
        faults: [],
        restarts: 0,
      });
      expect(code).toBe(0);
      expect(report.attempts).toBeGreaterThanOrEqual(60);
      for (const kind of ['busy', 'sit', 'fax', 'no_answer', 'congestion']) {
        for (const heard of Object.keys(report.confusion[kind] ?? {})) expect(heard).toBe(kind);
      }
      expect(Object.values(report.outcomes).reduce((sum, count) => sum + count, 0)).toBe(report.attempts);
    },
  );

  it.runIf(isBuilt(boardHostProgram('sipexchange')))(
    'hears the same over SIP and RTP as on the simulated board, and loses nobody',
    { concurrent: true },
    async () => {
      const out = join(folder, 'sip');
      const { code, stdout } = await demo([
        '--board',
        'sip',
        '--records',
        '60',
        '--agents',
        '4',
        '--out',
        out,
      ]);
      const report = JSON.parse(stdout) as DemoReport;
      expect(report).toMatchObject({
        records: 60,
        liveDropped: 0,
        consistent: true,
        faults: [],
        restarts: 0,
      });
      expect(code).toBe(0);
      const { confusion, outcomes } = JSON.parse((await simulated()).stdout) as DemoReport;
      expect({ confusion: report.confusion, outcomes: report.outcomes }).toEqual({ confusion, outcomes });
    },
  );

  it.concurrent(
    'goes on when cpdd is killed in the middle, and ends every record with one outcome',
    async () => {
      const out = join(folder, 'killed');
      const { code, stdout } = await demo(
        ['--records', '60', '--agents', '4', '--out', out],
        async (child) => {
          // Ten requests taken on 24 channels: calls are up, and most of the campaign is yet to come.
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 50));
            if (child.exitCode !== null) throw new Error('the demo ended too early');
            const taken = logOf(out).filter(({ msg }) => msg === 'request taken');
            const tenth = taken[9];
            if (tenth === undefined) continue;
            process.kill(tenth.pid, 'SIGKILL');
            return;
          }
        },
      );
      const report = JSON.parse(stdout) as DemoReport;
      expect(report).toMatchObject({ records: 60, consistent: true, faults: [], restarts: 1 });
      expect(code).toBe(0);
    },
  );

  it.runIf(postgresPrograms() !== null)(
    'with two ocsd on a PostgreSQL of its own one takes over from the other that is killed, and nothing is lost',
    async () => {
      const out = join(folder, 'pair');
      const args = [
        '--nodes',
        '2',
        '--database',
        'postgres',
        '--records',
        '40',
        '--agents',
        '4',
        '--out',
        out,
      ];
      const { code, stdout, stderr } = await demo(args);
      expect(stderr).toBe('');
      const report = JSON.parse(stdout) as DemoReport;
      expect(report).toMatchObject({ records: 40, consistent: true, faults: [], restarts: 0 });
      const { failover } = report;
      expect(failover).toMatchObject({ killed: 'ocsd-1', takenOverBy: 'ocsd-2', agents: { back: 4 } });
      expect(failover?.recordsLeft).toBeLessThanOrEqual(20);
      expect(failover?.seconds).toBeGreaterThan(0);
      expect(code).toBe(0);
      const sum = (counts: Record<string, number> = {}) =>
        Object.values(counts).reduce((all, n) => all + n, 0);
      expect(sum(report.outcomes)).toBe(report.attempts);
      expect(sum(failover?.calls.ended)).toBe(failover?.calls.running);
      // Killed in earnest: a process of its own has taken its place.
      expect(new Set(logOf(out, 'ocsd-1').map(({ pid }) => pid)).size).toBe(2);
      expect(serversOf(out)).toEqual([]);
    },
  );

  it.runIf(postgresPrograms() !== null)(
    'ends its PostgreSQL and takes its folder away when it is told to end',
    async () => {
      const out = join(folder, 'postgres-stopped');
      const { code, stdout } = await demo(['--database', 'postgres', '--out', out], async (child) => {
        await pidsOf(out, child);
        expect(serversOf(out)).not.toEqual([]);
        child.kill('SIGTERM');
      });
      expect({ code, stdout }).toEqual({ code: 143, stdout: '' });
      expect(serversOf(out)).toEqual([]);
      expect(existsSync(socketFolder(out))).toBe(false);
    },
  );

  it.each([
    [['--nodes', '2'], '--nodes 2 does not go with --database sqlite'],
    [['--nodes', '2', '--database', 'postgres', '--web'], '--nodes 2 does not go with --web'],
    [['--nodes', '3', '--database', 'postgres'], '--nodes: found 3, expected a whole number from 1 to 2'],
  ])('refuses %j', async (args, words) => {
    const out = join(folder, 'refused');
    const { code, stderr } = await demo(['--out', out, ...args]);
    expect(stderr).toContain(`BAD_ARGUMENT: ${words}`);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it.concurrent('ends what it started when it is told to end', async () => {
    const out = join(folder, 'stopped');
    let pids: number[] = [];
    const { code, stdout, stderr } = await demo(['--out', out], async (child) => {
      pids = await pidsOf(out, child);
      child.kill('SIGTERM');
    });
    expect({ code, stdout, stderr }).toEqual({ code: 143, stdout: '', stderr: 'demo: stopped\n' });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it.concurrent('ends what it started when nobody reads its output any more', async () => {
    const out = join(folder, 'unread');
    const child = spawn(process.execPath, [script, '--out', out], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const pids = await pidsOf(out, child);
    child.stdout.destroy();
    expect(await ended).toBe(0);
    // They are killed at the end; the system may take a moment.
    while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('prints help and does nothing else', async () => {
    const out = join(folder, 'help');
    const { code, stdout, stderr } = await demo(['--out', out, '--help']);
    expect(stdout).toMatch(/^npm run demo -- \[options\]/);
    expect(stdout.trimEnd()).toMatch(/the console, in real time$/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a bad option without a stack trace', async () => {
    const { code, stderr } = await demo(['--channels', '0']);
    expect(stderr).toContain('BAD_ARGUMENT: --channels: found 0');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
  });
});
