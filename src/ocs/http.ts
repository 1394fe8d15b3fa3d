import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CodedError, errorCodes } from '../domain/errors.ts';
import type { OcsConfig } from './config.ts';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** A yes or no in a query string. */
export const flag = z
  .enum(['0', '1', 'true', 'false'])
  .transform((value) => value === '1' || value === 'true');

/** The body of every refusal on the link and on the supervisor's API. */
export function errorBody(error: CodedError): { error: Record<string, unknown> } {
  const lines = (error as { lines?: unknown }).lines;
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.field !== undefined && { field: error.field }),
      ...(error.found !== undefined && { found: error.found }),
      ...(error.expected !== undefined && { expected: error.expected }),
      ...(lines !== undefined && { lines }),
    },
  };
}

/** Turns whatever was thrown into an error with a code; only faults of our own become INTERNAL. */
export function asCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode === 413) {
    return new CodedError('BAD_MESSAGE', 'the message is too large', { field: 'body', cause: error });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new CodedError('BAD_MESSAGE', message ?? 'the message cannot be read', {
      field: 'body',
      expected: 'a JSON object',
      cause: error,
    });
  }
  if (code?.startsWith('SQLITE_')) {
    return new CodedError('DATABASE_ERROR', `the database refused: ${message ?? code}`, { cause: error });
  }
  return new CodedError('INTERNAL', 'an internal error; see the log', { cause: error });
}

/**
 * @param what the name under which the error speaks of the value, e.g. `pull`
 * @throws CodedError BAD_MESSAGE naming the first field that is wrong
 */
export function parseMessage<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  code: 'BAD_MESSAGE' | 'BAD_CONFIG' | 'BAD_ARGUMENT' = 'BAD_MESSAGE',
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  const field = path.join('.') || 'body';
  throw new CodedError(code, `${what}: ${field}: ${issue?.message ?? 'not as expected'}`, {
    field,
    found: typeof found === 'object' && found !== null ? undefined : found,
    expected: issue?.message,
  });
}

/** Compares in constant time, whatever the lengths. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** @throws CodedError UNAUTHORIZED unless the request carries the token; without a token all may pass. */
export function checkBearer(request: FastifyRequest, token: string | undefined): void {
  if (token === undefined) return;
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !sameSecret(given, token)) {
    throw new CodedError('UNAUTHORIZED', 'the bearer token is missing or wrong', { field: 'authorization' });
  }
}

/**
 * Keeps web pages out: a page of another origin cannot read or write here, and one that made a name of its
 * own point to this host (DNS rebinding) gives itself away by that name.
 *
 * @throws CodedError UNAUTHORIZED
 */
export function checkOrigin(
  request: FastifyRequest,
  config: Pick<OcsConfig, 'allowedHosts' | 'allowedOrigins'>,
): void {
  const host = request.headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '').toLowerCase();
  const own = request.socket.localAddress?.replace(/^::ffff:/, '');
  if (!loopbackNames.has(hostname) && hostname !== own && !config.allowedHosts.includes(hostname)) {
    throw new CodedError('UNAUTHORIZED', `this server is not known as ${JSON.stringify(hostname)}`, {
      field: 'host',
      found: hostname,
      expected: 'loopback, its own address or a name in allowedHosts',
    });
  }
  const origin = request.headers.origin;
  if (origin === undefined || config.allowedOrigins.includes(origin)) return;
  throw new CodedError('UNAUTHORIZED', `pages of ${origin} may not talk to this server`, {
    field: 'origin',
    found: origin,
    expected: 'an origin in allowedOrigins',
  });
}

/** Errors as coded bodies; faults of our own go to the log with their cause, never to the peer. */
export function answerErrors(
  app: FastifyInstance,
  log: { error(fields: object, message: string): void },
): void {
  app.setErrorHandler((error, request, reply) => {
    const coded = asCodedError(error);
    const { http } = errorCodes[coded.code];
    if (http >= 500) {
      // A query can hold a telephone number.
      const [url] = request.url.split('?');
      log.error({ err: coded.cause ?? coded, url }, 'request failed');
    }
    const tooLarge = (error as { statusCode?: number }).statusCode === 413;
    return reply.code(tooLarge ? 413 : http).send(errorBody(coded));
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(
      errorBody(
        new CodedError('BAD_ARGUMENT', `no such address: ${request.method} ${request.url}`, {
          field: 'url',
          found: request.url,
        }),
      ),
    ),
  );
}
