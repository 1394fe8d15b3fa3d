import { readFileSync } from 'node:fs';
import { CodedError } from '../../../domain/errors.ts';

/** Where the rows are kept when it is not a file. */
export interface PostgresAddress {
  /** Tried in turn until one of them can be written. */
  hosts: readonly { host: string; port: number }[];
  user: string;
  database: string;
  password?: string;
  tls: 'off' | 'unchecked' | 'checked';
  /** Certificates of the authorities that are trusted, in PEM. */
  ca?: string;
}

export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:\/\//.test(database);
}

/** The address without its password, for people. */
export function shownAddress(address: string): string {
  return address.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):.*@/, '$1:***@');
}

const parameters = ['host', 'sslmode', 'sslrootcert'];
const sslModes = { disable: 'off', require: 'unchecked', 'verify-full': 'checked' } as const;

/**
 * Reads `postgres://user@host1:5432,host2/database?sslmode=verify-full&sslrootcert=FILE`; folders as `host` name sockets.
 *
 * @param passwordBy what names the file of the password
 * @throws CodedError BAD_CONFIG
 */
export function parsePostgresAddress(
  text: string,
  password?: string,
  passwordBy = 'databasePasswordFile',
): PostgresAddress {
  const fault = (found: string, expected: string) =>
    new CodedError('BAD_CONFIG', `the address of the database is no address of PostgreSQL: ${found}`, {
      field: 'database',
      found: shownAddress(text),
      expected,
    });
  const match = /^postgres(?:ql)?:\/\/(?:([^:@/]+)(?::([^@/]*))?@)?([^/?]*)\/([^/?]+)(?:\?(.*))?$/.exec(text);
  if (match === null)
    throw fault('its parts are not known', 'postgres://USER@HOST[:PORT][,HOST[:PORT]]/DATABASE');
  const [, user = 'ocsd', inside, hostList = '', database = '', query = ''] = match;
  if (inside !== undefined) {
    throw fault('it has a password in it', `the password in a file, named by ${passwordBy}`);
  }
  const given = new URLSearchParams(query);
  const unknown = [...given.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) throw fault(`parameter ${unknown}`, `one of ${parameters.join(', ')}`);
  const mode = given.get('sslmode') ?? 'disable';
  if (!(mode in sslModes)) throw fault(`sslmode=${mode}`, `sslmode=${Object.keys(sslModes).join(', ')}`);
  const socket = given.get('host');
  const hosts = (hostList === '' ? (socket ?? 'localhost') : hostList).split(',').map((each) => hostOf(each));
  const bad = hosts.find(({ port }) => !(port > 0 && port < 65_536));
  if (bad !== undefined) throw fault(`port of ${bad.host}`, 'a port from 1 to 65535');
  const caFile = given.get('sslrootcert');
  return {
    hosts,
    user: decodeURIComponent(user),
    database: decodeURIComponent(database),
    tls: sslModes[mode as keyof typeof sslModes],
    ...(password !== undefined && { password }),
    ...(caFile !== null && { ca: readAuthorities(caFile) }),
  };
}

const usualPort = 5_432;

function hostOf(text: string): { host: string; port: number } {
  if (text.startsWith('/')) return { host: text, port: usualPort };
  const [, inBrackets, host = '', port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: inBrackets ?? host, port: port === undefined ? usualPort : Number(port) };
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError(
      'BAD_CONFIG',
      `cannot read the authorities of the database: ${(error as Error).message}`,
      {
        field: 'database',
        found: `sslrootcert=${file}`,
        expected: 'a file of certificates in PEM',
      },
    );
  }
}
