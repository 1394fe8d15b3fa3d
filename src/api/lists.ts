import { z } from 'zod';
import { parseTimeOfDay } from '../domain/time-of-day.ts';
import {
  columnMapQuerySchema,
  csvBodySchema,
  exportQuerySchema,
  flagSchema,
  importProgressSchema,
  nameSchema,
  skippedSchema,
  timeZoneSchema,
} from './fields.ts';
import type { Operation } from './operation.ts';

export const listsReplySchema = z.object({
  lists: z.array(z.object({ list: z.string(), records: z.number().int() })),
});

export const listImportReplySchema = z.object({
  /** Records. */
  added: z.number().int(),
  /** Of a dry run: how many of them have a number that is on Do Not Call. */
  doNotCall: z.number().int().optional(),
  ...skippedSchema,
});
export type ListImportReply = z.output<typeof listImportReplySchema>;

/** `HH:MM-HH:MM`, as seconds since midnight. */
const windowSchema = z.string().transform((text, context) => {
  const [from = null, till = null, ...more] = text.split('-').map((part) => parseTimeOfDay(part.trim()));
  if (from !== null && till !== null && more.length === 0 && from < till) return { from, till };
  context.addIssue({ code: 'custom', message: 'two times of day, e.g. 09:00-21:00' });
  return z.NEVER;
});

const listed = z.object({ list: z.string() });

export const listOperations = {
  listLists: {
    method: 'GET',
    path: '/api/v1/lists',
    summary: 'The calling lists.',
    subject: 'lists',
    reply: listsReplySchema,
  },
  importList: {
    method: 'POST',
    path: '/api/v1/lists/:list/import',
    summary: 'Adds records to a calling list: all lines or, with `skipBad`, the good ones.',
    subject: 'import',
    params: z.object({ list: nameSchema }),
    /**
     * `dryRun`: adds nothing, and says what would be added and which lines are bad; `tz`: time zone of dates in lines that name none; `map`: what columns with other names are; `campaign`,
     * `window` and `customerIdField`: of one that is loaded afterwards: no record may have an empty window with its own.
     */
    query: z.object({
      skipBad: flagSchema.default(false),
      dryRun: flagSchema.default(false),
      tz: timeZoneSchema.default('UTC'),
      map: columnMapQuerySchema,
      campaign: nameSchema.optional(),
      window: windowSchema.optional(),
      customerIdField: z.string().min(1).optional(),
    }),
    body: csvBodySchema,
    bodyType: 'text/csv',
    rehearsedBy: { in: 'query', flag: 'dryRun' },
    reply: listImportReplySchema,
    statuses: [201, 200],
    refusals: ['BAD_CSV', 'IMPORT_RUNNING'],
  },
  getListImport: {
    method: 'GET',
    path: '/api/v1/lists/:list/import',
    summary: 'How far the import into a list is.',
    subject: 'import',
    params: listed,
    reply: importProgressSchema,
  },
  exportList: {
    method: 'GET',
    path: '/api/v1/lists/:list/export',
    summary: 'A calling list with its results, in the form in which it can be imported.',
    subject: 'export',
    params: listed,
    query: exportQuerySchema,
    reply: z.string(),
    replyType: 'text/csv',
  },
} as const satisfies Record<string, Operation>;
