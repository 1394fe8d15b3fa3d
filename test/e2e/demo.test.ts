import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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

async function demo(args: string[], disturb?: () => Promise<void>) {
  const child = spawn(process.execPath, [script, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await disturb?.();
  const code = await ended;
  return { code, stdout, stderr };
}

function processesOf(configuration: string): number[] {
  try {
    const found = execFileSync('pgrep', ['-f', configuration], { encoding: 'utf8' });
    return found.split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

describe('npm run demo', () => {
  it('hears every number right that a tone tells, drops nobody, and closes every record', async () => {
    const out = join(folder, 'plain');
    const { code, stdout, stderr } = await demo(['--records', '60', '--agents', '4', '--out', out]);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as DemoReport;
    expect(report).toMatchObject({ records: 60, liveDropped: 0, consistent: true, faults: [], restarts: 0 });
    expect(code).toBe(0);
    expect(report.attempts).toBeGreaterThanOrEqual(60);
    for (const kind of ['busy', 'sit', 'fax', 'no_answer', 'congestion']) {
      for (const heard of Object.keys(report.confusion[kind] ?? {})) expect(heard).toBe(kind);
    }
    expect(Object.values(report.outcomes).reduce((sum, count) => sum + count, 0)).toBe(report.attempts);
  });

  it('goes on when cpdd is killed in the middle, and ends every record with one outcome', async () => {
    const out = join(folder, 'killed');
    const { code, stdout } = await demo(['--records', '60', '--agents', '4', '--out', out], async () => {
      let pids: number[] = [];
      while (pids.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        pids = processesOf(join(out, 'cpdd.yaml'));
      }
      // Long enough for calls to be up at this speed; any moment will do.
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    });
    const report = JSON.parse(stdout) as DemoReport;
    expect(report).toMatchObject({ records: 60, consistent: true, faults: [], restarts: 1 });
    expect(code).toBe(0);
  });

  it('refuses a bad option without a stack trace', async () => {
    const { code, stderr } = await demo(['--channels', '0']);
    expect(stderr).toContain('BAD_ARGUMENT: --channels: found 0');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
  });
});
