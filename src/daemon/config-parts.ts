import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { machineRoles } from '../api/roles.ts';
import type { AgentToken, MachineToken } from '../ocs/config.ts';
import { logLevels } from '../domain/log.ts';

/** 0: any free port, for tests; the log says which one it became. */
export const portSchema = z.number().int().min(0).max(65_535);

export const logSchema = z.strictObject({
  level: z.enum(logLevels).default('info'),
  /** Telephone numbers in logs with all but the last two digits hidden. */
  maskNumbers: z.boolean().default(true),
});

/** A secret of at least 16 characters, in the file itself or (better) in a file of its own. */
export const tokenFields = {
  token: z.string().min(16).optional(),
  /** First line of this file. May begin with ${CREDENTIALS_DIRECTORY}, the folder systemd gives. */
  tokenFile: z.string().min(1).optional(),
};

export interface TokenSource {
  token?: string | undefined;
  tokenFile?: string | undefined;
}

/** A path of the configuration: `${CREDENTIALS_DIRECTORY}` filled in, relative to the file's folder. */
export function resolvePath(configFile: string, path: string, env: NodeJS.ProcessEnv): string {
  const filled = path.replace('${CREDENTIALS_DIRECTORY}', () => {
    const folder = env['CREDENTIALS_DIRECTORY'];
    if (folder === undefined) {
      throw new CodedError('BAD_CONFIG', `${path}: CREDENTIALS_DIRECTORY is not set (systemd sets it)`, {
        field: 'tokenFile',
        found: path,
        expected: 'a start under systemd with LoadCredential=, or a plain path',
      });
    }
    return folder;
  });
  return resolve(dirname(configFile), filled);
}

/**
 * Reads a file that an operator named.
 *
 * @param what the file is, e.g. `token file`
 * @param wanted the field that named it, and what was expected there
 * @throws CodedError NO_SUCH_FILE
 */
export function readTextFile(
  what: string,
  path: string,
  wanted: { field: string; expected: string },
): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${what} ${path} cannot be read (${reason})`, {
      ...wanted,
      found: path,
      cause: error,
    });
  }
}

/**
 * The token a source names; undefined when it names none.
 *
 * @throws CodedError NO_SUCH_FILE, or BAD_CONFIG when the file holds no token
 */
export function readToken(
  source: TokenSource,
  configFile: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (source.token !== undefined) return source.token;
  if (source.tokenFile === undefined) return undefined;
  const path = resolvePath(configFile, source.tokenFile, env);
  const text = readTextFile('token file', path, {
    field: 'tokenFile',
    expected: 'a readable file with the token on its first line',
  });
  const token = text.split('\n', 1)[0]?.trim() ?? '';
  if (token.length < 16) {
    throw new CodedError('BAD_CONFIG', `token file ${path} holds ${token.length} characters`, {
      field: 'tokenFile',
      found: `${token.length} characters`,
      expected: 'at least 16 characters on its first line',
    });
  }
  return token;
}

/**
 * The password of the database's user.
 *
 * @param field what named the file
 * @throws CodedError NO_SUCH_FILE, or BAD_CONFIG when there is none in it
 */
export function readPassword(path: string, field: string): string {
  const expected = 'a readable file with the password on its first line';
  const password = readTextFile('password file', path, { field, expected }).split('\n', 1)[0]?.trim() ?? '';
  if (password === '') {
    throw new CodedError('BAD_CONFIG', `password file ${path} is empty`, { field, found: path, expected });
  }
  return password;
}

const tokenLine = /^(\S{1,128})\s+(\S{1,128})\s+(\S{16,512})$/;

/**
 * The agents who may log in, each with a token of its own: one a line. Empty lines and those that begin with # are
 * left out.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_CONFIG with the number of the line, never its text
 */
export function readAgentsFile(path: string): Record<string, AgentToken> {
  return readTokenLines(path, {
    field: 'agentsFile',
    what: 'an agent, a group and a token',
    expected:
      'lines of agent id, group (* for any) and a token of at least 16 characters, with blanks between',
    entry: (group, token) => ({ token, ...(group !== '*' && { group }) }),
  });
}

/** Who asks by other tokens than those of machines, as the audit names it. */
const namesOfOthers: readonly string[] = ['api', 'ocsd', 'anybody'];

/**
 * The machines that ask the API, each with a role and a token of its own: one a line, as in {@link readAgentsFile}.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_CONFIG with the number of the line, never its text
 */
export function readMachinesFile(path: string): Record<string, MachineToken> {
  return readTokenLines(path, {
    field: 'machinesFile',
    what: 'a name, a role and a token',
    expected: `lines of name, role (${machineRoles.join(', ')}) and a token of at least 16 characters, with blanks between`,
    reserved: namesOfOthers,
    entry: (given, token) => {
      const role = machineRoles.find((each) => each === given);
      return role === undefined ? null : { role, token };
    },
  });
}

function readTokenLines<T>(
  path: string,
  lines: {
    field: string;
    /** What each line is. */
    what: string;
    expected: string;
    /** Names that no line may have. */
    reserved?: readonly string[];
    /** @returns null when the second word is not one of those that can stand there */
    entry: (second: string, token: string) => T | null;
  },
): Record<string, T> {
  const { field, expected } = lines;
  const text = readTextFile(field.replace('File', ' file'), path, { field, expected: 'a readable file' });
  const entries = new Map<string, T>();
  text.split('\n').forEach((written, index) => {
    const found = `line ${String(index + 1)} of ${path}`;
    const refuse = (why: string) =>
      new CodedError('BAD_CONFIG', `${found} ${why}`, { field, found, expected });
    const trimmed = written.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const [, name, second, token] = tokenLine.exec(trimmed) ?? [];
    const entry = second === undefined || token === undefined ? null : lines.entry(second, token);
    if (name === undefined || entry === null) throw refuse(`is not ${lines.what}`);
    if (lines.reserved?.includes(name) === true) throw refuse(`has the name ${name}, which ocsd uses itself`);
    if (entries.has(name)) throw refuse(`names ${name} again`);
    entries.set(name, entry);
  });
  return Object.fromEntries(entries);
}

/**
 * Whoever shows a machine's token is that machine and nobody else.
 *
 * @param others tokens that are for something else
 * @returns the names of two with one token, or of the machine and what else has its token; null when there are none
 */
export function sharedToken(
  machines: Readonly<Record<string, MachineToken>>,
  others: readonly (readonly [name: string, token: string])[],
): [string, string] | null {
  const owners = new Map(others.map(([name, token]) => [token, name]));
  for (const [name, { token }] of Object.entries(machines)) {
    const owner = owners.get(token);
    if (owner !== undefined) return [name, owner];
    owners.set(token, name);
  }
  return null;
}

/** What `--check-config` warns of: files of the daemon whose folder is not there, one sentence each. */
export function missingFolders(paths: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(paths).flatMap(([field, folder]) =>
    folder === undefined || existsSync(folder) ? [] : [`${field}: the folder ${folder} does not exist`],
  );
}
