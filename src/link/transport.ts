import type { z } from 'zod';
import { CodedError, errorCodes, type ErrorCode } from '../domain/errors.ts';
import { linkErrorSchema } from './schemas.ts';

export type Fetch = typeof fetch;

/** No reply is longer: 1 000 requests with 8 KB of customer data each. */
export const mostReplyBytes = 8 * 1024 * 1024;

export interface PostOptions {
  fetch: Fetch;
  token: string | undefined;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Posts JSON and checks the reply. Connections are kept alive by fetch itself.
 *
 * @throws CodedError OCS_UNREACHABLE, BAD_MESSAGE (also for a reply above `mostReplyBytes`), UNAUTHORIZED, or the code in the error body; the signal's
 *   own reason when the caller gave up
 */
export async function post<T>(
  url: string,
  body: object,
  schema: z.ZodType<T>,
  options: PostOptions,
): Promise<T> {
  const { signal } = options;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  let status: number;
  let text: string;
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    status = response.status;
    text = await readBody(url, response);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CodedError) throw error;
    const why = timeout.aborted ? `no answer within ${options.timeoutMs} ms` : reasonOf(error);
    throw new CodedError('OCS_UNREACHABLE', `${url}: ${why}`, { field: 'ocs.url', found: url, cause: error });
  }
  if (status !== 200) throw errorOf(url, status, text);
  const parsed = schema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new CodedError(
    'BAD_MESSAGE',
    `${url}: the reply is not as expected: ${field} ${issue?.message ?? ''}`,
    {
      field,
      cause: parsed.error,
    },
  );
}

/** @throws CodedError BAD_MESSAGE when it goes on and on; the connection is closed then */
async function readBody(url: string, { body }: Response): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostReplyBytes) {
      throw new CodedError('BAD_MESSAGE', `${url}: the reply is longer than ${mostReplyBytes} bytes`, {
        field: 'reply',
        found: `more than ${mostReplyBytes} bytes`,
        expected: `at most ${mostReplyBytes} bytes`,
      });
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function errorOf(url: string, status: number, text: string): CodedError {
  const parsed = linkErrorSchema.safeParse(json(text));
  const code = parsed.success ? parsed.data.error.code : '';
  const message = `${url}: HTTP ${status}${parsed.success ? `: ${parsed.data.error.message}` : ''}`;
  if (isErrorCode(code) && status < 500) {
    return new CodedError(code, message, parsed.success ? parsed.data.error : {});
  }
  if (status === 401 || status === 403)
    return new CodedError('UNAUTHORIZED', message, { field: 'ocs.token' });
  return new CodedError('OCS_UNREACHABLE', message, { field: 'ocs.url', found: url });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the reason (ECONNREFUSED ...) one level down. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
