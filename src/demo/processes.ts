import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeOptionsOf } from '../terminal/node-options.ts';
import { CodedError } from '../domain/errors.ts';

/** One of the demo's programs: a real process whose output goes to a log file. */
export interface Program {
  readonly name: string;
  readonly log: string;
  readonly child: ChildProcess;
  /** Exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Asks it to end (SIGTERM) and waits; kills it after `limitMs`. Twice is harmless. */
  stop(limitMs?: number): Promise<number | null>;
}

/** For a program that hangs; on a machine that is busy with other things one takes 20 s to start. */
const startLimitMs = 60_000;

const running = new Set<ChildProcess>();

/** However the demo itself ends, also by a reader of its output that went away: nothing it started outlives it. */
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `dist/<script>.js` (or its source when the demo itself runs from source). */
export function startProgram(
  name: string,
  script: string,
  args: string[],
  log: string,
  env: NodeJS.ProcessEnv = process.env,
): Program {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = fileURLToPath(new URL(`../${script}.${extension}`, import.meta.url));
  const output = createWriteStream(log, { flags: 'a' });
  const child = spawn(process.execPath, [...nodeOptionsOf(path), path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  running.add(child);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      output.end();
      resolve(code);
    });
  });
  return {
    name,
    log,
    child,
    exited,
    stop: async (limitMs = 30_000) => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/**
 * Waits until `url` answers 200.
 *
 * @throws CodedError DAEMON_UNREACHABLE when the program ended, or did not answer in time; the reason of `stop`
 */
export async function waitForHealth(program: Program, url: string, stop: AbortSignal): Promise<void> {
  const until = Date.now() + startLimitMs;
  while (Date.now() < until) {
    if (program.child.exitCode !== null) break;
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(50, undefined, { signal: stop });
  }
  throw new CodedError('DAEMON_UNREACHABLE', `${program.name} did not start; see ${program.log}`, {
    field: program.name,
    found: program.child.exitCode === null ? 'no answer' : `exit code ${String(program.child.exitCode)}`,
    expected: `an answer from ${url}`,
  });
}

/** A TCP port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
