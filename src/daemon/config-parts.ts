import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { logLevels } from './log.ts';

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

/** True for `localhost` and the addresses of the loopback networks. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
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
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `token file ${path} cannot be read (${reason})`, {
      field: 'tokenFile',
      found: path,
      expected: 'a readable file with the token on its first line',
      cause: error,
    });
  }
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
