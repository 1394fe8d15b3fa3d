import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/board/child.ts', import.meta.url));

/** Runs the child to its end; it is killed, and the test fails, if it hangs. */
async function run(ending: string) {
  const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, ending], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const output = { stdout: '', stderr: '' };
  process_.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  process_.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [code, signal] = (await once(process_, 'close')) as [number | null, string | null];
  return { code, signal, lines: output.stdout.split('\n').filter(Boolean), stderr: output.stderr };
}

describe('a process with a board', () => {
  it('exits with calls up', async () => {
    expect(await run('exit')).toEqual({ code: 0, signal: null, lines: ['up'], stderr: '' });
  });

  it('dies of its own exception, not of the board', async () => {
    const { code, signal, lines, stderr } = await run('throw');
    expect({ code, signal, lines }).toEqual({ code: 1, signal: null, lines: ['up'] });
    expect(stderr).toContain('on purpose');
  });

  it('lives as long as the board is open and no longer', async () => {
    expect(await run('close')).toEqual({ code: 0, signal: null, lines: ['timer', 'closed'], stderr: '' });
  });

  it('hears of an exception in a listener and of the events behind it', async () => {
    expect(await run('listener')).toEqual({
      code: 0,
      signal: null,
      lines: ['listener failed', 'all seized'],
      stderr: '',
    });
  });

  it('may have boards in workers and end them at any time', async () => {
    expect(await run('workers')).toEqual({
      code: 0,
      signal: null,
      lines: ['one', 'two', 'three'].flatMap((name) => [`${name} up`, `${name} terminated`]).concat('closed'),
      stderr: '',
    });
  });

  it('may end a worker while its board closes', async () => {
    expect(await run('closing')).toEqual({ code: 0, signal: null, lines: ['survived'], stderr: '' });
  });

  it('may load the addon twice', async () => {
    expect(await run('twice')).toEqual({
      code: 0,
      signal: null,
      lines: ['the other one: seized'],
      stderr: '',
    });
  });
});
