import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';

/**
 * @param what the name under which the error speaks of the value, e.g. `pull`
 * @throws CodedError BAD_MESSAGE (or `code`) naming the first field that is wrong
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

/**
 * @param expected of the message, for the error
 * @throws CodedError BAD_MESSAGE
 */
export function parseJson(text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError('BAD_MESSAGE', 'the message is not JSON', {
      field: 'message',
      expected,
      cause: error,
    });
  }
}
