import { adminPrefix, type TestCallLine } from '../../api/admin.ts';
import type { BadLine } from '../../api/fields.ts';
import { CodedError, errorCodes, type ErrorCode } from '../../domain/errors.ts';

/** Where a server is, and what it wants to see. */
export interface Endpoint {
  url: string;
  token: string | undefined;
  /** Name for messages: `cpdd` or `ocsd`. */
  name: string;
  /** Code of "it does not answer". */
  unreachable: 'DAEMON_UNREACHABLE' | 'OCS_UNREACHABLE';
}

/** Options every command has that talks to a running cpdd. */
export const adminOptions = {
  url: {
    type: 'string',
    describe: 'Admin address of cpdd',
    default: process.env['CPDCTL_URL'] ?? 'http://127.0.0.1:7810',
    defaultDescription: '$CPDCTL_URL or http://127.0.0.1:7810',
    requiresArg: true,
  },
  token: {
    type: 'string',
    describe: 'Admin token, where cpdd asks for one (better: $CPDCTL_TOKEN)',
    default: process.env['CPDCTL_TOKEN'],
    defaultDescription: '$CPDCTL_TOKEN',
    requiresArg: true,
  },
} as const;

/** What a command that talks to OCS is given: {@link ocsOptions} and {@link jsonOption}. */
export interface OcsArguments {
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  json: boolean;
}

export const jsonOption = { type: 'boolean', default: false, describe: 'Print JSON' } as const;

/** Options every command has that talks to OCS. */
export const ocsOptions = {
  'ocs-url': {
    type: 'string',
    describe: 'Address of ocsd',
    default: process.env['CPDCTL_OCS_URL'] ?? 'http://127.0.0.1:7800',
    defaultDescription: '$CPDCTL_OCS_URL or http://127.0.0.1:7800',
    requiresArg: true,
  },
  'ocs-token': {
    type: 'string',
    describe: 'API token, where ocsd asks for one (better: $CPDCTL_OCS_TOKEN)',
    default: process.env['CPDCTL_OCS_TOKEN'],
    defaultDescription: '$CPDCTL_OCS_TOKEN',
    requiresArg: true,
  },
} as const;

export function adminEndpoint(args: { url: string; token?: string | undefined }): Endpoint {
  return { url: args.url, token: args.token, name: 'cpdd', unreachable: 'DAEMON_UNREACHABLE' };
}

export function ocsEndpoint(args: { 'ocs-url': string; 'ocs-token'?: string | undefined }): Endpoint {
  return { url: args['ocs-url'], token: args['ocs-token'], name: 'ocsd', unreachable: 'OCS_UNREACHABLE' };
}

export interface RequestOptions {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Sends one request.
 *
 * @returns the reply, whatever its status, when the server answered
 * @throws CodedError DAEMON_UNREACHABLE or OCS_UNREACHABLE, BAD_ARGUMENT for an address that is none
 */
export async function send(
  endpoint: Endpoint,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const { method = 'GET', body, signal } = options;
  const url = serverUrl(endpoint, path);
  try {
    return await fetch(url, {
      method,
      headers: {
        ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(endpoint, (error as { cause?: unknown }).cause);
  }
}

/** The address of a request. @throws CodedError BAD_ARGUMENT */
export function serverUrl(endpoint: Endpoint, path: string): URL {
  if (URL.canParse(path, endpoint.url) && /^https?:/.test(endpoint.url)) return new URL(path, endpoint.url);
  throw new CodedError('BAD_ARGUMENT', `${endpoint.url} is not an address of ${endpoint.name}`, {
    field: 'url',
    found: endpoint.url,
    expected: 'an address such as http://127.0.0.1:PORT',
  });
}

/** No connection, or one that was lost before the answer. */
export function unreachable({ name, url, unreachable: code }: Endpoint, error: unknown): CodedError {
  const cause = (error as { code?: string } | undefined)?.code ?? 'no answer';
  return new CodedError(code, `${name} does not answer at ${url} (${cause}); is it running?`, {
    field: 'url',
    found: url,
    cause: error,
  });
}

/** The reply's JSON. @throws CodedError with the server's own code and message when it refused */
export async function request<T>(endpoint: Endpoint, path: string, options: RequestOptions = {}): Promise<T> {
  const reply = await send(endpoint, path, options);
  if (!reply.ok) throw await refusal(endpoint, reply);
  if (reply.status === 204) return undefined as T;
  try {
    return (await reply.json()) as T;
  } catch (error) {
    throw brokenOff(endpoint, error);
  }
}

/** The refusal of a server as an error of ours; with the bad lines of a calling list, where it is one. */
export async function refusal(
  endpoint: Endpoint,
  reply: Response,
): Promise<CodedError & { lines?: BadLine[]; moreLines?: number }> {
  const text = await reply.text();
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; message: string; expected?: string; lines?: BadLine[]; moreLines?: number };
    };
    const code = Object.hasOwn(errorCodes, error.code) ? (error.code as ErrorCode) : 'INTERNAL';
    const where = error.expected === undefined ? {} : { expected: error.expected };
    const { lines, moreLines } = error;
    return Object.assign(new CodedError(code, error.message, where), {
      ...(lines !== undefined && { lines }),
      ...(moreLines !== undefined && { moreLines }),
    });
  } catch {
    return new CodedError('INTERNAL', `${endpoint.name} answered ${reply.status}: ${text.slice(0, 200)}`);
  }
}

/** The answer ended in its middle, or is none: the server went away, or is another program. */
export function brokenOff({ name, url, unreachable }: Endpoint, cause: unknown): CodedError {
  return new CodedError(unreachable, `the answer of ${name} at ${url} broke off`, {
    field: 'url',
    found: url,
    expected: `a whole answer: see whether ${name} still runs`,
    cause,
  });
}

/** Places a test call through a running cpdd and gives its events as they come. */
export async function* testCallLines(
  endpoint: Endpoint,
  body: object,
  signal: AbortSignal,
): AsyncGenerator<TestCallLine> {
  const reply = await send(endpoint, `${adminPrefix}/test-calls`, { method: 'POST', body, signal });
  if (!reply.ok) throw await refusal(endpoint, reply);
  let rest = '';
  const text = (reply.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream());
  try {
    for await (const chunk of text) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as TestCallLine;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw brokenOff(endpoint, error);
  }
}
