import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { postgresPrograms } from '../../../src/demo/postgres.ts';

const module = fileURLToPath(new URL('../../../src/demo/postgres.ts', import.meta.url));

/** A process that says one thing. */
async function saying(program: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

/** Gone, or a zombie that nobody has asked for. */
function isAtWork(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== '';
  } catch {
    return false;
  }
}

test.runIf(postgresPrograms() !== null).each(['SIGCONT', 'SIGSTOP'] as const)(
  'a PostgreSQL of the demo ends with it, however that ends, and its folder goes (after %s)',
  async (before) => {
    const { child, said: folder } = await saying(`
      const { startOwnPostgres } = await import(${JSON.stringify(module)});
      console.log((await startOwnPostgres()).folder);
      setInterval(() => {}, 1_000);
    `);
    const pid = Number(readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[0]);
    process.kill(pid, before);
    child.kill('SIGKILL');
    await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
    expect(isAtWork(pid)).toBe(false);
  },
);

test('a process that got the number of such a PostgreSQL goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const stranger = spawn('sleep', ['60'], { cwd: tmpdir() });
  const ended = once(stranger, 'exit');
  const { child } = await saying(`
    const { endWithThisProcess } = await import(${JSON.stringify(module)});
    endWithThisProcess(${String(stranger.pid)}, ${JSON.stringify(folder)});
    console.log('watched');
    setInterval(() => {}, 1_000);
  `);
  child.kill('SIGKILL');
  await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false);
  stranger.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});
