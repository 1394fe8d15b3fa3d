import { pino, type Logger } from 'pino';
import { CodedError } from '../domain/errors.ts';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * JSON lines on stdout, written at once so that the last lines before a crash are there. Tokens never
 * come through, whatever object they are logged in.
 */
export function createLog(name: string, level: LogLevel): Logger {
  return pino(
    {
      name,
      level,
      redact: {
        paths: ['token', '*.token', '*.*.token', 'headers.authorization', '*.headers.authorization'],
        censor: '(hidden)',
      },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}

/** A coded error without its stack (it is somebody's mistake); any other with it (it is ours). */
function describeError(error: unknown): unknown {
  if (error instanceof CodedError) {
    return { code: error.code, message: error.message, field: error.field, found: error.found };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
