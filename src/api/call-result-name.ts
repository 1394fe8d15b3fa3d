import { z } from 'zod';
import { callResult, isCallResult } from '../domain/result.ts';

/** A call result by its number or its name (`Busy`, `NoAnswer`, ...). */
export const callResultNameSchema = z.union([z.string(), z.number()]).transform((value, context) => {
  const found =
    typeof value === 'number' ? value : Object.entries(callResult).find(([key]) => key === value)?.[1];
  if (found === undefined || !isCallResult(found)) {
    context.addIssue({ code: 'custom', message: 'the name or number of a call result, e.g. Busy or 6' });
    return z.NEVER;
  }
  return found;
});
