import { z } from 'zod';
import { numberSchema } from '../link/schemas.ts';
import {
  columnMapQuerySchema,
  csvBodySchema,
  exportQuerySchema,
  flagSchema,
  importProgressSchema,
  momentSchema,
  skippedSchema,
} from './fields.ts';
import type { Operation } from './operation.ts';

const who = { phone: numberSchema.optional(), customerId: z.string().min(1).optional() };
const isSomebody = (asked: { phone?: unknown; customerId?: unknown }) =>
  asked.phone !== undefined || asked.customerId !== undefined;
const nobody = { message: 'a phone or a customerId', path: ['phone'] };

export const whoSchema = z.object(who).refine(isSomebody, nobody);
/** Why somebody may be called again, for the audit. */
const reason = z.string().trim().min(1).max(200).optional();
const removeSchema = z.object({ ...who, reason }).refine(isSomebody, nobody);
export const dncRequestSchema = z
  .object({ ...who, message: z.string().optional() })
  .refine(isSomebody, nobody);

const entrySchema = z.object({
  id: z.number().int(),
  /** As it was written. */
  phone: z.string().nullable(),
  customerId: z.string().nullable(),
  message: z.string().nullable(),
  campaign: z.string().nullable(),
  list: z.string().nullable(),
  createdAt: momentSchema,
});
/** How many entries are new: a phone and a customer are one each. */
export const dncAddReplySchema = z.object({ added: z.number().int() });
export const dncFindReplySchema = z.object({ listed: z.boolean(), entries: z.array(entrySchema) });
export const dncRemoveReplySchema = z.object({ removed: z.number().int() });
export const dncImportReplySchema = z.object({
  /** Name of the batch, by which the load can be taken back; null of a dry run. */
  batch: z.string().nullable(),
  /** Good lines. */
  entries: z.number().int(),
  /** Numbers and customers that are new. */
  added: z.number().int(),
  numbers: z.number().int(),
  customers: z.number().int(),
  /** Of a dry run: how many of the new numbers wait in calling lists to be called. */
  waiting: z.number().int().optional(),
  ...skippedSchema,
});
export type DncImportReply = z.output<typeof dncImportReplySchema>;

const batchName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{C}]+$/u, 'a name without control characters');
export const dncBatchesReplySchema = z.object({
  batches: z.array(
    z.object({
      name: z.string(),
      createdAt: momentSchema,
      /** Entries of the file that are still listed, also those that were before. */
      entries: z.number().int(),
    }),
  ),
});
export type DncBatchesReply = z.output<typeof dncBatchesReplySchema>;

const path = '/api/v1/dnc';
const subject = 'do not call';

export const doNotCallOperations = {
  addDoNotCall: {
    method: 'POST',
    path,
    summary: 'Adds a phone, a customer or both to the Do Not Call list.',
    subject,
    body: dncRequestSchema,
    reply: dncAddReplySchema,
    statuses: [201],
  },
  findDoNotCall: {
    method: 'GET',
    path,
    summary: 'Entries of a phone or a customer; one of the two is enough.',
    subject,
    query: whoSchema,
    reply: dncFindReplySchema,
  },
  removeDoNotCall: {
    method: 'DELETE',
    path,
    summary: 'Takes a phone or a customer off the list; `reason` goes into the audit.',
    subject,
    query: removeSchema,
    reply: dncRemoveReplySchema,
  },
  importDoNotCall: {
    method: 'POST',
    path: `${path}/import`,
    summary: 'Adds entries from a file: all lines or, with `skipBad`, the good ones.',
    subject: 'import',
    /** `map`: what columns with other names are; `batch`: a name for the load; `dryRun`: count only. */
    query: z.object({
      skipBad: flagSchema.default(false),
      map: columnMapQuerySchema,
      batch: batchName.optional(),
      dryRun: flagSchema.default(false),
    }),
    rehearsedBy: { in: 'query', flag: 'dryRun' },
    body: csvBodySchema,
    bodyType: 'text/csv',
    reply: dncImportReplySchema,
    statuses: [201, 200],
    refusals: ['BAD_CSV', 'IMPORT_RUNNING'],
  },
  getDoNotCallImport: {
    method: 'GET',
    path: `${path}/import`,
    summary: 'How far the load of a file is.',
    subject: 'import',
    reply: importProgressSchema,
  },
  listDncBatches: {
    method: 'GET',
    path: `${path}/batches`,
    summary: 'The files that were loaded, newest first.',
    subject: 'batches',
    reply: dncBatchesReplySchema,
  },
  undoDncBatch: {
    method: 'DELETE',
    path: `${path}/batches/:batch`,
    summary:
      'Takes back what a file put on the list, except what was asked for by itself or by another file.',
    subject: 'batch',
    params: z.object({ batch: z.string() }),
    query: z.object({ reason }),
    reply: dncRemoveReplySchema,
  },
  exportDoNotCall: {
    method: 'GET',
    path: `${path}/export`,
    summary: 'The list, in the form in which it can be imported.',
    subject: 'export',
    query: exportQuerySchema,
    reply: z.string(),
    replyType: 'text/csv',
  },
} as const satisfies Record<string, Operation>;
