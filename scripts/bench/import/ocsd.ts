import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../../src/eval/measures/statistics.ts';

/** An `ocsd` of a built checkout on a database of its own. */
export interface MeasuredOcsd {
  readonly url: string;
  readonly pid: number;
  /** Resident memory after the start, MB. */
  readonly startMb: number;
  stop(): Promise<void>;
}

/** @param source a built checkout: `dist` and `build` are used */
export async function startOcsd(source: string, folder: string): Promise<MeasuredOcsd> {
  const config = join(folder, 'ocsd.yaml');
  writeFileSync(
    config,
    `database: ${join(folder, 'ocs.db')}\nlisten: { host: 127.0.0.1, port: 0 }\n` +
      'server: { numbering: { countryCode: "49", nationalPrefix: "0", internationalPrefix: "00" } }\n',
  );
  const child = spawn(process.execPath, [join(source, 'dist/cli/ocsd.js'), '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  // What the start left is collected by then.
  await delay(2_000);
  const { pid = 0 } = child;
  return {
    url,
    pid,
    startMb: residentMb(pid),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('no output to read');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === 'listening' && url !== undefined) resolve(url);
    });
    child.on('close', (code) => reject(new Error(`ocsd ended with ${String(code)}`)));
  });
}

export function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1_024);
}

/** What others saw of `ocsd` during one command. */
export interface Watched {
  seconds: number;
  /** Longest time from a request for the status to its answer, ms. */
  longestMs: number;
  /** The same for 99 of 100 answers. */
  p99Ms: number;
  answers: number;
  /** Highest resident memory, MB, and how much of it came with the command. */
  residentMb: number;
  aboveStartMb: number;
}

/** Asks for the status every 20 ms while a command runs. */
export async function watched(ocsd: MeasuredOcsd, command: () => Promise<void>): Promise<Watched> {
  const waits: number[] = [];
  let highest = 0;
  let done = false;
  const ask = async () => {
    while (!done) {
      const begun = performance.now();
      const reply = await fetch(`${ocsd.url}/api/v1/campaigns`);
      await reply.arrayBuffer();
      if (!reply.ok) throw new Error(`the status answered ${String(reply.status)}`);
      waits.push(performance.now() - begun);
      highest = Math.max(highest, residentMb(ocsd.pid));
      await delay(20);
    }
  };
  const asking = ask();
  const begun = performance.now();
  await command().finally(() => (done = true));
  const seconds = (performance.now() - begun) / 1_000;
  await asking;
  return {
    seconds: Math.round(seconds * 10) / 10,
    longestMs: Math.round(quantile(waits, 1) ?? 0),
    p99Ms: Math.round(quantile(waits, 0.99) ?? 0),
    answers: waits.length,
    residentMb: highest,
    aboveStartMb: highest - ocsd.startMb,
  };
}
