import { pino, type Logger } from 'pino';
import { CodedError } from '../domain/errors.ts';
import type { LogLevel } from '../domain/log.ts';

export type { Logger } from 'pino';

/** The last lines of a log, for `cpdctl snapshot`. */
export interface LogLines {
  /** Oldest first. */
  list(): string[];
}

/** Lines kept. One is a few hundred bytes. */
const linesKept = 1_000;

/**
 * JSON lines on stdout, written at once so that the last lines before a crash are there. Tokens never
 * come through, whatever object they are logged in. The last ones are kept.
 */
export function createLog(name: string, level: LogLevel): { log: Logger; lines: LogLines } {
  const stdout = pino.destination({ dest: 1, sync: true });
  const kept: string[] = [];
  const log = pino(
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
    {
      write: (line: string) => {
        stdout.write(line);
        kept.push(line.trimEnd());
        if (kept.length > linesKept) kept.shift();
      },
    },
  );
  return { log, lines: { list: () => [...kept] } };
}

/** A coded error without its stack (it is somebody's mistake); any other with it (it is ours). */
function describeError(error: unknown): unknown {
  if (error instanceof CodedError) {
    return { code: error.code, message: error.message, field: error.field, found: error.found };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}
