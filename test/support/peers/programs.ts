import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a program of somebody else's is installed; where not, one line says which package has it. */
export function isInstalled(program: string, debianPackage: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!found)
    console.log(`${program} is not installed (Debian: apt install ${debianPackage}): not tried with it`);
  return found;
}

/** A program that a test started. */
export interface PeerProgram {
  readonly child: ChildProcess;
  /** All that it wrote. */
  output(): string;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startPeer(program: string, args: readonly string[], folder: string): PeerProgram {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return {
    child,
    output: () => output,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * Waits until a program has bound a UDP port of an IPv4 address or of ::1.
 *
 * @throws Error when it ended before
 */
export async function untilBound(peer: PeerProgram, ip: string, port: number): Promise<void> {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  const six = ip === '::1';
  const at = six ? `${'0'.repeat(24)}01000000` : [d, c, b, a].map((each) => hex(each, 2)).join('');
  const wanted = ` ${at}:${hex(port, 4)} `;
  while (!readFileSync(six ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').includes(wanted)) {
    if (peer.child.exitCode !== null) throw new Error(`the peer ended: ${peer.output()}`);
    await sleep(20);
  }
}

/** A UDP port that was free a moment ago. */
export async function freeUdpPort(ip: string): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, ip, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
