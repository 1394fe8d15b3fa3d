import { CodedError } from '../domain/errors.ts';

/** `--timeout 8000`, the same in each command that measures recordings. */
export const timeoutOption = {
  type: 'number',
  requiresArg: true,
  describe: 'Latest verdict, ms from answer (default: as late as recordings gain from)',
} as const;

/**
 * @returns null: as late as recordings gain from
 * @throws CodedError BAD_ARGUMENT
 */
export function timeoutArgument(ms: number | undefined): number | null {
  if (ms === undefined) return null;
  if (Number.isInteger(ms) && ms > 0) return ms;
  throw new CodedError('BAD_ARGUMENT', `--timeout ${ms} is no time limit`, {
    field: 'timeout',
    found: ms,
    expected: 'a whole number of ms above 0',
  });
}
