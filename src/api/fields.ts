import { z } from 'zod';
import { isTimeZone } from '../domain/time-of-day.ts';

/** The name of a campaign, a calling list, a group: it can stand in an address and in a line of text. */
export const nameSchema = z
  .string()
  .min(1, 'a name')
  .max(64)
  .regex(/^[\w .:@+-]+$/, 'only letters, digits, spaces and _.:@+-')
  .refine((name) => !/^[.\s]+$/.test(name) && name === name.trim(), 'more than dots, no blank at its ends');

export const timeZoneSchema = z.string().refine(isTimeZone, 'an IANA time zone, e.g. Europe/Berlin');

/** What columns of a file are, by the names the file has for them: `{"Telefon": "phone"}`. */
export const columnMapSchema = z.record(z.string(), z.string().trim().min(1)).default({});

/** The same in a query string: `map=Telefon=phone`, once for each column. */
export const columnMapQuerySchema = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given, context) => {
    const pairs = [given].flat().map((pair) => /^\s*(.+?)\s*=\s*([^=]+?)\s*$/s.exec(pair));
    if (pairs.includes(null)) {
      context.addIssue({ code: 'custom', message: 'NAME IN THE FILE=COLUMN, e.g. Telefon=phone' });
      return z.NEVER;
    }
    return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
  });

/** A yes or no in a query string. */
export const flagSchema = z
  .enum(['0', '1', 'true', 'false'])
  .transform((value) => value === '1' || value === 'true');

/** `escapeFormulas`: cells that a spreadsheet would take for a formula get a ' in front; such a file is to be looked at. */
export const exportQuerySchema = z.object({ escapeFormulas: flagSchema.default(false) });

/** The text of a CSV file as a body of its own: a stream of its bytes, as it comes in. */
export const csvBodySchema = z.custom<AsyncIterable<Uint8Array>>(
  (body) => typeof body === 'object' && body !== null && Symbol.asyncIterator in body,
  'CSV with content type text/csv',
);

/** Moment in ms since 1970, by the clock of OCS. */
export const momentSchema = z.number();

/** A line of a CSV file that cannot be used. */
export const badLineSchema = z.object({
  /** The header is line 1. */
  line: z.number().int(),
  field: z.string(),
  found: z.string(),
  expected: z.string(),
});
export type BadLine = z.output<typeof badLineSchema>;

/** Lines of a file that were left out: the first hundred, and how many more there are. */
export const skippedSchema = {
  skipped: z.array(badLineSchema),
  moreSkipped: z.number().int().optional(),
};

/** How far an import is that goes on. */
export const importProgressSchema = z.object({
  running: z.boolean(),
  /** Lines that were checked so far; nothing is added before all are. */
  read: z.number().int(),
  /** Records or entries that are in the store, hidden until all are. */
  added: z.number().int(),
});
export type ImportProgress = z.output<typeof importProgressSchema>;

/** The body of every refusal. */
export const errorSchema = z.object({
  error: z.object({
    /** Stable; see the error catalogue. */
    code: z.string(),
    message: z.string(),
    /** Where the fault is. */
    field: z.string().optional(),
    found: z.unknown().optional(),
    expected: z.string().optional(),
    /** Of a file: its first bad lines, and how many are left out. */
    lines: z.array(badLineSchema).optional(),
    moreLines: z.number().int().optional(),
  }),
});
export type ErrorReply = z.output<typeof errorSchema>;
