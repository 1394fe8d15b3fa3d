import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { CodedError } from '../domain/errors.ts';

const installed = '/usr/lib/postgresql';

/** Folder of the programs of the newest PostgreSQL that Debian's packages have installed; null without one. */
export function postgresPrograms(): string | null {
  if (!existsSync(installed)) return null;
  const [newest] = readdirSync(installed)
    .filter((version) => existsSync(join(installed, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? null : join(installed, newest, 'bin');
}

export interface OwnPostgres {
  /** Where its socket is; its user is `ocsd`. */
  readonly folder: string;
  /** Makes an empty database. @returns its address for ocsd */
  readonly create: (database: string) => Promise<string>;
  /** Sends a signal to the server's first process. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again after its end. */
  start(): Promise<void>;
  /** Ends it, and takes its folder away. Can be called twice. */
  stop(): Promise<void>;
}

/** Between two looks whether it answers, and how many. */
const lookMs = 50;
const mostLooks = 600;

const usualPort = 5_432;

/**
 * Ends the server at once, and takes its folder away, when this process ends without doing so, as by SIGKILL: the pipe is
 * closed then, and nothing is read from it before. A process that has the server's number by now is left alone: it is at
 * work in another folder.
 *
 * @returns gives up the watch
 */
export function endWithThisProcess(server: number, folder: string): () => void {
  const script = `read -r _
is_server() { case $(readlink "/proc/$1/cwd") in "$2" | "$2/data") ;; *) false ;; esac; }
is_server "$1" "$2" && kill -s QUIT "$1" && kill -s CONT "$1"
for _ in $(seq 100); do is_server "$1" "$2" || break; sleep 0.1; done
is_server "$1" "$2" && kill -s KILL "$1"
rm -rf -- "$2"`;
  const watch = spawn('/bin/sh', ['-c', script, 'sh', String(server), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  (watch.stdin as Socket).unref();
  return () => watch.kill('SIGKILL');
}

/** The program that makes the folder of a server's data, and its arguments besides that folder. */
export interface Filling {
  program: 'initdb' | 'pg_basebackup';
  args: readonly string[];
}

const empty: Filling = {
  program: 'initdb',
  args: ['-U', 'ocsd', '--auth=trust', '-N', '-E', 'UTF8', '--locale=C'],
};

/**
 * A PostgreSQL of this process alone, on a socket in a temporary folder; never as root, which it refuses.
 *
 * @param settings `name=value`
 * @throws CodedError NOT_SUPPORTED where PostgreSQL is not installed
 */
export async function startOwnPostgres(
  settings: readonly string[] = [],
  filling = empty,
): Promise<OwnPostgres> {
  const programs = postgresPrograms();
  if (programs === null) {
    throw new CodedError('NOT_SUPPORTED', 'PostgreSQL is not installed (Debian: apt install postgresql)', {
      field: 'database',
      found: `nothing in ${installed}`,
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const data = join(folder, 'data');
  const owner = process.getuid?.() === 0 ? numbersOf('postgres') : null;
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
  const at = { ...owner, cwd: folder };
  const port = Number(settings.find((each) => each.startsWith('port='))?.slice('port='.length) ?? usualPort);
  let server: ChildProcess | null = null;
  let unwatch: () => void = () => undefined;
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  // However this process ends.
  const end = () => {
    unwatch();
    server?.kill('SIGKILL');
    remove();
  };
  process.once('exit', end);
  const ended = async () => {
    if (server !== null && server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  const start = async () => {
    // Two at once cannot have one folder.
    await ended();
    unwatch();
    const options = ['listen_addresses=', `unix_socket_directories=${folder}`, ...settings];
    const args = ['-D', data, ...options.flatMap((each) => ['-c', each])];
    // In a group of its own: Ctrl+C is for those who use it, and they end first.
    server = spawn(join(programs, 'postgres'), args, { ...at, stdio: 'ignore', detached: true });
    if (server.pid !== undefined) unwatch = endWithThisProcess(server.pid, folder);
    for (let looks = 0; ; looks++) {
      try {
        await run(folder, port, 'select 1');
        return;
      } catch (error) {
        if (looks === mostLooks || server.exitCode !== null) throw error;
        await pause(lookMs);
      }
    }
  };
  const stop = async () => {
    server?.kill('SIGINT');
    await ended();
    unwatch();
    process.off('exit', end);
    remove();
  };
  try {
    execFileSync(join(programs, filling.program), ['-D', data, ...filling.args], {
      ...at,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    create: async (database) => {
      await run(folder, port, `create database ${database}`);
      return `postgres://ocsd@/${database}?host=${folder}`;
    },
    signal: (signal) => server?.kill(signal),
    start,
    stop,
  };
}

async function run(folder: string, port: number, sql: string): Promise<void> {
  const client = new Client({ host: folder, port, user: 'ocsd', database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function numbersOf(name: string): { uid: number; gid: number } {
  const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}
