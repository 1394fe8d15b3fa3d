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
  readonly pid: number;
  readonly log: LogLine[];
  /** Resolves with the first line that fits, past or to come; rejects when the daemon ends without. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

export function startDaemon(name: ProgramName, args: string[], env: NodeJS.ProcessEnv = {}): Daemon {
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
    pid: child.pid ?? 0,
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

/** A program at work, and a way to wait for what it says. */
export interface Running {
  /** Resolves once it was said, after what was waited for before. */
  says(what: string | RegExp): Promise<void>;
  /** All of stderr so far. */
  complaints(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

function follow(child: ChildProcessWithoutNullStreams): Running {
  running.add(child);
  let text = '';
  let complaints = '';
  const news = new EventEmitter();
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString();
    news.emit('heard');
  });
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      isOver = true;
      news.emit('heard');
      resolve(code);
    });
  });
  return {
    says: async (what) => {
      for (;;) {
        const found = typeof what === 'string' ? what : what.exec(text)?.[0];
        if (found !== undefined && text.includes(found)) {
          text = text.slice(text.indexOf(found) + found.length);
          return;
        }
        if (isOver) throw new Error(`it ended without ${String(what)}: ${text}${complaints}`);
        await once(news, 'heard');
      }
    },
    complaints: () => complaints,
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** Starts a program that goes on until it is ended. */
export function start(name: ProgramName, args: string[], env: NodeJS.ProcessEnv = {}): Running {
  return follow(spawnProgram(name, args, env));
}

/** Starts a program on a terminal of its own; in Python, for Node has none. */
export function startOnTerminal(
  name: ProgramName,
  args: string[],
  env: NodeJS.ProcessEnv,
  size: { columns: number; rows: number },
): Running & { type(keys: string): void; resize(columns: number, rows: number): void } {
  const script = `import fcntl, json, os, pty, select, struct, sys, termios
def size(fd, columns, rows): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    size(0, int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
while True:
    ready, _, _ = select.select([0, fd], [], [])
    if fd in ready:
        try: data = os.read(fd, 65536)
        except OSError: break
        if not data: break
        os.write(1, data)
    if 0 in ready:
        line = sys.stdin.buffer.raw.readline()
        if not line: break
        order = json.loads(line)
        if 'keys' in order: os.write(fd, order['keys'].encode())
        else: size(fd, *order['size'])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
  const program = fileURLToPath(new URL(`../../src/cli/${name}.ts`, import.meta.url));
  const child = spawn(
    'python3',
    ['-c', script, String(size.columns), String(size.rows), process.execPath, program, ...args],
    { env: { ...process.env, ...env } },
  );
  const order = (what: object) => child.stdin.write(`${JSON.stringify(what)}\n`);
  return Object.assign(follow(child), {
    type: (keys: string) => void order({ keys }),
    resize: (columns: number, rows: number) => void order({ size: [columns, rows] }),
  });
}
