/**
 * The error catalogue. Each failure a user or a peer can see has a stable code; CLI exit codes, HTTP bodies
 * and metric labels come from the same codes.
 */
export const errorCodes = {
  BAD_ARGUMENT: { exit: 2, http: 400 },
  BAD_CONFIG: { exit: 78, http: 400 },
  BAD_NUMBER: { exit: 65, http: 422 },
  NUMBER_NOT_ALLOWED: { exit: 65, http: 422 },
  EXTENSION_NOT_ALLOWED: { exit: 65, http: 422 },
  NUMBER_CLOSED: { exit: 65, http: 422 },
  NUMBER_IN_CALL: { exit: 75, http: 409 },
  NUMBER_LIMIT: { exit: 75, http: 409 },
  PREFIX_LIMIT: { exit: 75, http: 409 },
  EXTENSION_LIMIT: { exit: 75, http: 409 },
  RATE_LIMIT: { exit: 75, http: 409 },
  CALLER_ID_NOT_ALLOWED: { exit: 65, http: 422 },
  BAD_CSV: { exit: 65, http: 422 },
  IMPORT_RUNNING: { exit: 75, http: 409 },
  BAD_AUDIO: { exit: 65, http: 422 },
  BAD_RECORDING: { exit: 65, http: 422 },
  BAD_RECORDINGS: { exit: 65, http: 422 },
  NO_SUCH_RECORDING: { exit: 66, http: 404 },
  NOTHING_TO_LEARN: { exit: 65, http: 422 },
  NO_STEADY_TONE: { exit: 65, http: 422 },
  LOSS_TOO_HIGH: { exit: 65, http: 422 },
  TOO_FEW_PEOPLE: { exit: 65, http: 422 },
  REPLAY_DIFFERS: { exit: 1, http: 409 },
  BAD_WORLD: { exit: 65, http: 422 },
  UNKNOWN_PLAN: { exit: 65, http: 422 },
  UNKNOWN_CAMPAIGN: { exit: 65, http: 404 },
  UNKNOWN_RECORD: { exit: 65, http: 404 },
  UNKNOWN_ATTEMPT: { exit: 65, http: 404 },
  UNKNOWN_CHANNEL: { exit: 65, http: 404 },
  UNKNOWN_USER: { exit: 65, http: 404 },
  UNKNOWN_AGENT: { exit: 65, http: 404 },
  UNKNOWN_DIALER: { exit: 69, http: 409 },
  NO_SUCH_FILE: { exit: 66, http: 404 },
  PORT_IN_USE: { exit: 69, http: 503 },
  OCS_UNREACHABLE: { exit: 69, http: 503 },
  DAEMON_UNREACHABLE: { exit: 69, http: 503 },
  DATABASE_ERROR: { exit: 74, http: 500 },
  STANDING_BY: { exit: 75, http: 503 },
  JOURNAL_ERROR: { exit: 74, http: 500 },
  ILLEGAL_STATE: { exit: 70, http: 409 },
  UNAUTHORIZED: { exit: 77, http: 401 },
  TOO_MANY_WRONG_TOKENS: { exit: 77, http: 429 },
  TOO_MANY_LOG_INS: { exit: 77, http: 429 },
  FORBIDDEN: { exit: 77, http: 403 },
  TLS_REQUIRED: { exit: 77, http: 403 },
  BOARD_ERROR: { exit: 69, http: 503 },
  CHANNEL_BUSY: { exit: 75, http: 409 },
  CHANNEL_OUT_OF_SERVICE: { exit: 75, http: 409 },
  BOARD_DEAD: { exit: 69, http: 503 },
  NOT_SUPPORTED: { exit: 69, http: 501 },
  BAD_MESSAGE: { exit: 65, http: 422 },
  INTERNAL: { exit: 70, http: 500 },
} as const satisfies Record<string, { exit: number; http: number }>;

export type ErrorCode = keyof typeof errorCodes;

/** The peer wants another token: it refuses this one, or looks at no more of this address for a while. */
export function isTokenRefusal(code: ErrorCode | null): boolean {
  return code === 'UNAUTHORIZED' || code === 'TOO_MANY_WRONG_TOKENS';
}

/**
 * An error with a stable code. `field` names where the fault is (a configuration path, a CSV column, an
 * option), `found` and `expected` say what is wrong there; the message is one readable sentence.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly found: unknown;
  readonly expected: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    where: { field?: string; found?: unknown; expected?: string; cause?: unknown } = {},
  ) {
    super(message, where.cause === undefined ? undefined : { cause: where.cause });
    this.name = 'CodedError';
    this.code = code;
    this.field = where.field;
    this.found = where.found;
    this.expected = where.expected;
  }
}
