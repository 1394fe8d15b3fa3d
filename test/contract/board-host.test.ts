import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { boardHostProgram } from '../../src/board/board-host-program.ts';
import { openSimBench, type SimBench } from '../support/board/sim.ts';
import { boardHostsOf, isRunning } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'cpd-host-'));
let opened: SimBench[] = [];

async function open(): Promise<SimBench & { pid: number }> {
  const before = boardHostsOf(process.pid);
  const simulated = await openSimBench({ host: 'process' });
  opened.push(simulated);
  const [pid = 0] = boardHostsOf(process.pid).filter((each) => !before.includes(each));
  return { ...simulated, pid };
}

afterEach(async () => {
  await Promise.all(opened.map(({ board }) => board.close()));
  opened = [];
});

/** Lets the event loop and the other processes have their turn until it is so. */
async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a board in a board host', () => {
  it('is in a process of its own, which ends with the board', async () => {
    const { board, pid } = await open();
    expect(isRunning(pid)).toBe(true);
    await board.close();
    expect(isRunning(pid)).toBe(false);
  });

  it('that crashes takes its calls along and nothing else: one event says how it died', async () => {
    const crashing = await open();
    const other = await open();
    const ref = await crashing.bench.answered(1);
    process.kill(crashing.pid, 'SIGSEGV');
    await until(() => {
      crashing.board.simulation.advance(0); // a stepped board's events wait for it
      return crashing.bench.find({ type: 'dead' }) !== undefined;
    });
    expect(crashing.bench.find({ type: 'dead' })?.reason).toBe(
      'the board host was killed by signal 11 (Segmentation fault)',
    );
    expect(() => crashing.board.drop(1, ref)).toThrow(expect.objectContaining({ code: 'BOARD_DEAD' }));
    expect(crashing.board.channels()).toHaveLength(4);
    for (const state of crashing.board.channels()) {
      expect(state).toMatchObject({ state: 'out_of_service', reason: 'board_dead', ref: 0 });
    }
    expect(crashing.board.now()).toBeGreaterThan(0);
    expect(() => crashing.board.after(10, () => {})()).not.toThrow();
    expect(await other.bench.answered(1)).toBeGreaterThan(0);
  });

  it('goes on when the terminal or a service manager signals every process of the daemon', async () => {
    const { bench, pid } = await open();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await bench.answered(1)).toBeGreaterThan(0);
  });

  it('ends with its daemon, however that died', async () => {
    const daemon = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(new URL('../support/board/child.ts', import.meta.url)),
        'hosted',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 },
    );
    await once(daemon.stdout, 'data');
    const [pid = 0] = boardHostsOf(daemon.pid ?? 0);
    expect(isRunning(pid)).toBe(true);
    daemon.kill('SIGKILL');
    await once(daemon, 'close');
    await until(() => !isRunning(pid));
  });

  it('that cannot be run, or is none, is refused by name', async () => {
    await expect(
      openSimBench({ host: 'process' }, { boardHostProgram: '/nowhere/boardhost' }),
    ).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringContaining(
        '/nowhere/boardhost cannot be run: No such file or directory',
      ) as string,
    });
    const script = join(folder, 'host');
    writeFileSync(script, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    await expect(openSimBench({ host: 'process' }, { boardHostProgram: script })).rejects.toMatchObject({
      code: 'BOARD_ERROR',
      message: 'sim0: the board host said nothing: it ended with exit code 3',
    });
    rmSync(folder, { recursive: true });
  });

  it('refuses a bad world as in process, with its code', async () => {
    await expect(
      openSimBench({ host: 'process', world: { faults: [{ kind: 'glare', channel: 99 }] } }),
    ).rejects.toMatchObject({ code: 'BAD_WORLD', message: expect.stringContaining('channel 99') as string });
  });
});

describe('the host program', () => {
  const run = async (...args: string[]) => {
    const child = spawn(boardHostProgram(64), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  };

  it('says its version, bits and protocol', async () => {
    expect(await run('--version')).toEqual({
      code: 0,
      output: expect.stringMatching(/^boardhost \d+\.\d+\.\d+, 64 bits, protocol \d+\n$/) as string,
    });
  });

  it('is of no use by hand, and says so', async () => {
    expect(await run()).toEqual({
      code: 64,
      output: expect.stringContaining('cpdd starts this program') as string,
    });
  });
});
