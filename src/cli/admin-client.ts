import { adminPrefix, type TestCallLine } from '../daemon/admin-api.ts';
import type { BadLine } from '../ocs/csv-table.ts';
import { CodedError, errorCodes, type ErrorCode } from '../domain/errors.ts';

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
  /** Sent as JSON, or as it is with `contentType`. */
  body?: unknown;
  contentType?: string;
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
  const { method = 'GET', body, contentType = 'application/json', signal } = options;
  if (!URL.canParse(path, endpoint.url) || !/^https?:/.test(endpoint.url)) {
    throw new CodedError('BAD_ARGUMENT', `${endpoint.url} is not an address of ${endpoint.name}`, {
      field: 'url',
      found: endpoint.url,
      expected: 'an address such as http://127.0.0.1:PORT',
    });
  }
  try {
    return await fetch(new URL(path, endpoint.url), {
      method,
      headers: {
        ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined
        ? {}
        : { body: contentType === 'application/json' ? JSON.stringify(body) : (body as string) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? 'no answer';
    throw new CodedError(
      endpoint.unreachable,
      `${endpoint.name} does not answer at ${endpoint.url} (${cause}); is it running?`,
      { field: 'url', found: endpoint.url, cause: error },
    );
  }
}

/** The reply's JSON. @throws CodedError with the server's own code and message when it refused */
export async function request<T>(endpoint: Endpoint, path: string, options: RequestOptions = {}): Promise<T> {
  const reply = await send(endpoint, path, options);
  if (!reply.ok) throw await refusal(endpoint, reply);
  return (reply.status === 204 ? undefined : await reply.json()) as T;
}

/** The refusal of a server as an error of ours; with the bad lines of a calling list, where it is one. */
export async function refusal(
  endpoint: Endpoint,
  reply: Response,
): Promise<CodedError & { lines?: BadLine[] | undefined }> {
  const text = await reply.text();
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; message: string; expected?: string; lines?: BadLine[] };
    };
    const code = Object.hasOwn(errorCodes, error.code) ? (error.code as ErrorCode) : 'INTERNAL';
    const where = error.expected === undefined ? {} : { expected: error.expected };
    return Object.assign(new CodedError(code, error.message, where), { lines: error.lines });
  } catch {
    return new CodedError('INTERNAL', `${endpoint.name} answered ${reply.status}: ${text.slice(0, 200)}`);
  }
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
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as TestCallLine;
  }
}
