import type { FastifyInstance, FastifyReply } from 'fastify';
import type { BadLine, ErrorReply } from '../api/fields.ts';
import { CodedError, errorCodes } from '../domain/errors.ts';

/** What was sent comes back in an error cut to so many characters; a line of a file to fewer. */
const longestText = 500;
const longestCell = 100;
/** Bad lines of a file that an error names. */
const mostLines = 100;

/** The body of every refusal. Its size is bounded, whatever was sent. */
export function errorBody(error: CodedError): ErrorReply {
  const { lines, count = lines?.length ?? 0 } = error as { lines?: readonly BadLine[]; count?: number };
  return {
    error: {
      code: error.code,
      message: clip(error.message, longestText),
      ...(error.field !== undefined && { field: clip(error.field, longestCell) }),
      ...(error.found !== undefined && { found: bounded(error.found) }),
      ...(error.expected !== undefined && { expected: clip(error.expected, longestText) }),
      ...(lines !== undefined && {
        lines: firstLines(lines),
        ...(count > mostLines && { moreLines: count - mostLines }),
      }),
    },
  };
}

/** A refusal as it goes to a socket that is no request of the server's, and is closed after it. */
export function refusalText(error: CodedError, status: number, reason: string, headers = ''): string {
  const body = JSON.stringify(errorBody(error));
  return (
    `HTTP/1.1 ${String(status)} ${reason}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${String(Buffer.byteLength(body))}\r\nX-Content-Type-Options: nosniff\r\n` +
    `${headers}Connection: close\r\n\r\n${body}`
  );
}

/** The first bad lines of a file, each of bounded size. */
function firstLines(lines: readonly BadLine[]): BadLine[] {
  return lines.slice(0, mostLines).map(({ line, field, found, expected }) => ({
    line,
    field: clip(field, longestCell),
    found: clip(found, longestCell),
    expected: clip(expected, longestText),
  }));
}

/** What a reply says of lines that were left out: the first of them, and how many there are. */
export function skippedLines(
  lines: readonly BadLine[],
  count: number,
): { skipped: BadLine[]; moreSkipped?: number } {
  const more = count - mostLines;
  return { skipped: firstLines(lines), ...(more > 0 && { moreSkipped: more }) };
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

function bounded(found: unknown): unknown {
  if (typeof found === 'string') return clip(found, longestText);
  const text = JSON.stringify(found);
  return text === undefined || text.length <= longestText ? found : clip(text, longestText);
}

/** Turns whatever was thrown into an error with a code; only faults of our own become INTERNAL. */
export function asCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode === 413) {
    return new CodedError('BAD_MESSAGE', 'the message is too large', { field: 'body', cause: error });
  }
  if (statusCode === 414) {
    return new CodedError('BAD_ARGUMENT', 'a part of the address is too long', {
      field: 'url',
      cause: error,
    });
  }
  if (code === 'FST_ERR_BAD_URL') {
    return new CodedError('BAD_ARGUMENT', 'the address cannot be read', {
      field: 'url',
      expected: 'characters encoded as %XX',
      cause: error,
    });
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

export interface ErrorLog {
  error(fields: object, message: string): void;
}

/** Statuses of HTTP that say more than the code of the error. */
const ownStatuses = [413, 414];

/** @returns the error that was sent */
export function sendError(error: unknown, reply: FastifyReply): CodedError {
  const coded = asCodedError(error);
  const given = (error as { statusCode?: number }).statusCode ?? 0;
  void reply.code(ownStatuses.includes(given) ? given : errorCodes[coded.code].http).send(errorBody(coded));
  return coded;
}

/** While the same trouble lasts it is in the log once in so many ms, with how often it was met. */
const repeatedMs = 10_000;

/**
 * Errors as coded bodies; faults of our own go to the log with their cause, never to the peer. What every request meets while
 * a database is away does not fill the log.
 *
 * @param now ms
 */
export function answerErrors(app: FastifyInstance, log: ErrorLog, now = () => performance.now()): void {
  const troubles = new Map<string, { since: number; more: number }>();
  /** @returns how many of the kind were not told; null when this one is not either */
  const untold = ({ code }: CodedError, route: string): number | null => {
    if (code === 'INTERNAL') return 0;
    const key = `${code} ${route}`;
    const told = troubles.get(key);
    if (told !== undefined && now() - told.since < repeatedMs) {
      told.more += 1;
      return null;
    }
    troubles.set(key, { since: now(), more: 0 });
    return told?.more ?? 0;
  };
  app.setErrorHandler((error, request, reply) => {
    const coded = sendError(error, reply);
    const { http } = errorCodes[coded.code];
    // That something is not supported is an answer, not a fault.
    if (http >= 500 && http !== 501) {
      const more = untold(coded, request.routeOptions.url ?? '');
      if (more === null) return;
      // A query can hold a telephone number.
      const [url] = request.url.split('?');
      log.error({ err: coded.cause ?? coded, url, ...(more > 0 && { moreBefore: more }) }, 'request failed');
    }
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
