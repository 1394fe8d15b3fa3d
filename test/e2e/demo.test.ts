import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoReport } from '../../src/demo/report.ts';

const script = fileURLToPath(new URL('../../src/cli/demo.ts', import.meta.url));
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

/** What cpdd has logged so far; nothing before it starts. */
function logOf(out: string): { pid: number; msg: string }[] {
  const path = join(out, 'cpdd.log');
  if (!existsSync(path)) return [];
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as { pid: number; msg: string });
}

describe('npm run demo', () => {
  it.concurrent(
    'hears every number right that a tone tells, drops nobody, and closes every record',
    async () => {
      const out = join(folder, 'plain');
      const { code, stdout, stderr } = await demo(['--records', '60', '--agents', '4', '--out', out]);
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

  it('refuses a bad option without a stack trace', async () => {
    const { code, stderr } = await demo(['--channels', '0']);
    expect(stderr).toContain('BAD_ARGUMENT: --channels: found 0');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
  });
});
