import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type ProgramName = 'cpdd' | 'ocsd' | 'cpdctl';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function spawnProgram(
  name: ProgramName,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcessWithoutNullStreams {
  // From source: a test needs no build, and never tests an old one.
  const script = fileURLToPath(new URL(`../../src/cli/${name}.ts`, import.meta.url));
  return spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
}

/** Runs a program to its end. */
export function run(name: ProgramName, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawnProgram(name, args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export type LogLine = Record<string, unknown> & { msg: string };

/** A running daemon: its log so far, and a way to wait for a line of it. */
export interface Daemon {
  readonly log: LogLine[];
  /** Resolves with the first line that fits, past or to come; rejects when the daemon ends without. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

export function startDaemon(name: 'cpdd' | 'ocsd', args: string[], env: NodeJS.ProcessEnv = {}): Daemon {
  const child = spawnProgram(name, args, env);
  running.add(child);
  const log: LogLine[] = [];
  let stdout = '';
  let stderr = '';
  let waiting: { fits: (line: LogLine) => boolean; resolve: (line: LogLine) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    stdout += `${text}\n`;
    const line = JSON.parse(text) as LogLine;
    log.push(line);
    waiting = waiting.filter(({ fits, resolve }) => {
      if (!fits(line)) return true;
      resolve(line);
      return false;
    });
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return {
    log,
    line: (fits) => {
      const past = log.find(fits);
      if (past !== undefined) return Promise.resolve(past);
      return Promise.race([
        new Promise<LogLine>((resolve) => waiting.push({ fits, resolve })),
        ended.then(({ code }) => {
          throw new Error(`${name} ended with ${String(code)}: ${stderr}${stdout}`);
        }),
      ]);
    },
    signal: (signal) => void child.kill(signal),
    ended,
  };
}

/** The address a daemon says it listens at. */
export async function addressOf(daemon: Daemon, field: 'url' | 'admin'): Promise<string> {
  const line = await daemon.line(({ msg }) => msg === 'listening');
  await daemon.line(({ msg }) => msg === 'ready');
  return String(line[field]);
}

/** Ends what a failed test left running. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A folder of its own for a test, with files in it. */
export function scratch(files: Record<string, string> = {}): {
  path: (name: string) => string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'dialler-e2e-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What systemd does with NOTIFY_SOCKET; in Python, for Node has no datagram sockets of the Unix kind. */
export function serviceManager(path: string) {
  const script = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True: print(s.recv(4096).decode(), flush=True)`;
  const child = spawn('python3', ['-c', script, path]);
  let text = '';
  const news = new EventEmitter();
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    news.emit('heard');
  });
  return {
    /** Resolves once it was said. @returns all that was said so far */
    heard: async (what: string): Promise<string> => {
      while (!text.includes(what)) await once(news, 'heard');
      return text;
    },
    end: () => void child.kill(),
  };
}
