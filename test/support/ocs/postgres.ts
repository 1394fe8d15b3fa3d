import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';

const installed = '/usr/lib/postgresql';

/** Folder of the newest PostgreSQL that Debian's packages have installed; null without one. */
export function postgresPrograms(): string | null {
  if (!existsSync(installed)) return null;
  const [newest] = readdirSync(installed)
    .filter((version) => existsSync(join(installed, version, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? null : join(installed, newest, 'bin');
}

export interface PostgresServer {
  /** Where its socket is. */
  readonly folder: string;
  /** A new, empty database. @returns its address */
  database(): Promise<string>;
  /** Sends a signal to the server's first process. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again after its end. */
  start(): Promise<void>;
  /** Another server that replicates this one; it can only be read before it is promoted. */
  standby(): Promise<PostgresServer>;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own, on a socket in a temporary folder; never as root, which it refuses. */
export function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  return startServer(settings, 'initdb', (data) => [
    ...['-D', data, '-U', 'ocsd', '--auth=trust', '-N', '-E', 'UTF8', '--locale=C'],
  ]);
}

/** @param fill the program that makes the folder of its data, and with which arguments */
async function startServer(
  settings: readonly string[],
  fill: 'initdb' | 'pg_basebackup',
  argumentsFor: (data: string) => string[],
): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('PostgreSQL is not installed (Debian: apt install postgresql)');
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const owner = process.getuid?.() === 0 ? numbersOf('postgres') : null;
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const user = owner ?? {};
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  execFileSync(join(programs, fill), argumentsFor(data), {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  });
  let server: ChildProcess | null = null;
  const addressOf = (name: string) => `postgres://ocsd@/${name}?host=${folder}`;
  const ended = async () => {
    if (server !== null && server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  const start = async () => {
    // Two at once cannot have one folder.
    await ended();
    const options = ['listen_addresses=', `unix_socket_directories=${folder}`, ...settings];
    server = spawn(join(programs, 'postgres'), ['-D', data, ...options.flatMap((each) => ['-c', each])], {
      ...user,
      stdio: 'ignore',
      cwd: folder,
    });
    for (let tries = 0; ; tries++) {
      try {
        await runSql(addressOf('postgres'), 'select 1');
        return;
      } catch (error) {
        if (tries === 300) throw error;
        await pause(50);
      }
    }
  };
  await start();
  let made = 0;
  return {
    folder,
    database: async () => {
      const name = `t${String(++made)}`;
      await runSql(addressOf('postgres'), `create database ${name}`);
      return addressOf(name);
    },
    signal: (signal) => server?.kill(signal),
    start,
    standby: () =>
      startServer(settings, 'pg_basebackup', (copy) => [
        '-D',
        copy,
        '-R',
        '-h',
        folder,
        '-U',
        'ocsd',
        '-c',
        'fast',
      ]),
    stop: async () => {
      server?.kill('SIGINT');
      await ended();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a statement. @param address of a database, with the folder of the socket as its host */
export async function runSql(address: string, sql: string): Promise<Record<string, unknown>[]> {
  const { hosts, user, database } = parsePostgresAddress(address);
  const client = new Client({ ...hosts[0], user, database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function numbersOf(name: string): { uid: number; gid: number } {
  const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}
