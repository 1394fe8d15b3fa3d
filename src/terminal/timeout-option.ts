import { CodedError } from '../domain/errors.ts';

/** `--timeout 8000`, the same in each command that measures recordings. */
export const timeoutOption = {
  type: 'number',
  requiresArg: true,
  describe: 'Latest verdict, in ms from answer (default: 8000)',
} as const;

/**
 * @returns null: the default, 8 s
 * @throws CodedError BAD_ARGUMENT
 */
export function timeoutArgument(ms: number | undefined): number | null {
  if (ms === undefined) return null;
  if (Number.isInteger(ms) && ms > 0) return ms;
  throw new CodedError('BAD_ARGUMENT', `--timeout ${ms} is not a time limit`, {
    field: 'timeout',
    found: ms,
    expected: 'a whole number of ms above 0',
  });
}
