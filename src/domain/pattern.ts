import { CodedError } from './errors.ts';

/** @throws CodedError BAD_CONFIG naming `field` when the pattern is no regular expression */
export function compilePattern(pattern: string, field: string, part: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw new CodedError(
      'BAD_CONFIG',
      `${part}: ${field} ${JSON.stringify(pattern)} is not a regular expression`,
      {
        field,
        found: pattern,
        expected: 'a regular expression',
      },
    );
  }
}
