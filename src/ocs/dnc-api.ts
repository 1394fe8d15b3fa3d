import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { maskNumber } from '../domain/number.ts';
import { numberSchema } from '../link/schemas.ts';
import type { Cancels } from './cancels.ts';
import type { Clock } from './clock.ts';
import { badCsv, csvLine } from './csv-table.ts';
import type { OcsDatabase } from './database.ts';
import { dncColumns, parseDncList } from './dnc-csv.ts';
import type { DncEntry, DoNotCall, Who } from './do-not-call.ts';
import { flag, parseMessage } from './http.ts';

const who = { phone: numberSchema.optional(), customerId: z.string().min(1).optional() };
const isSomebody = (asked: Who) => asked.phone !== undefined || asked.customerId !== undefined;
const nobody = { message: 'a phone or a customerId', path: ['phone'] };
const whoSchema = z.object(who).refine(isSomebody, nobody);
const entrySchema = z.object({ ...who, message: z.string().optional() }).refine(isSomebody, nobody);
const importSchema = z.object({ skipBad: flag.default(false) });

/** The Do Not Call list as a supervisor and `cpdctl dnc` use it. `prefix` is that of the supervisor's API. */
export function serveDoNotCall(
  app: FastifyInstance,
  prefix: string,
  parts: { cancels: Cancels; clock: Clock; database: OcsDatabase; doNotCall: DoNotCall; log: Log },
): void {
  const { cancels, clock, database, doNotCall, log } = parts;
  app.post(`${prefix}/dnc`, (request, reply) => {
    const entry = parseMessage(entrySchema, request.body, 'do not call', 'BAD_ARGUMENT');
    const added = doNotCall.add({ ...entry, atMs: clock.now() });
    cancels.forbidden();
    return reply.code(201).send({ added });
  });
  app.get(`${prefix}/dnc`, (request) => {
    const entries = doNotCall.find(parseMessage(whoSchema, request.query, 'do not call', 'BAD_ARGUMENT'));
    return { listed: entries.length > 0, entries };
  });
  app.delete(`${prefix}/dnc`, (request) => {
    const asked = parseMessage(whoSchema, request.query, 'do not call', 'BAD_ARGUMENT');
    const removed = doNotCall.remove(asked);
    const { phone, customerId } = asked;
    log.info({ phone: phone && maskNumber(phone), customerId, removed }, 'taken off the Do Not Call list');
    return { removed };
  });
  app.post(`${prefix}/dnc/import`, (request, reply) => {
    if (typeof request.body !== 'string') {
      throw new CodedError('BAD_ARGUMENT', 'the body is no CSV text', {
        field: 'body',
        expected: 'CSV with content type text/csv',
      });
    }
    const { skipBad } = parseMessage(importSchema, request.query, 'import', 'BAD_ARGUMENT');
    const { entries, bad } = parseDncList(request.body);
    if (bad.length > 0 && !skipBad) throw badCsv(bad);
    const added = database.transaction(() =>
      entries.reduce((sum, { createdAt, ...entry }) => {
        const atMs = createdAt === undefined ? clock.now() : createdAt * 1_000;
        return sum + doNotCall.add({ ...entry, atMs });
      }, 0),
    );
    cancels.forbidden();
    log.info({ entries: entries.length, added, skipped: bad.length }, 'a Do Not Call list is loaded');
    return reply.code(201).send({ entries: entries.length, added, skipped: bad });
  });
  app.get(`${prefix}/dnc/export`, (_request, reply) =>
    reply.header('content-type', 'text/csv; charset=utf-8').send(Readable.from(exportAll(doNotCall))),
  );
}

function* exportAll(doNotCall: DoNotCall): Generator<string> {
  yield csvLine([...dncColumns]);
  for (let after = 0; ;) {
    const page = doNotCall.page(after, 1_000);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield page.map((entry) => csvLine(cellsOf(entry))).join('');
  }
}

function cellsOf(entry: DncEntry): (string | number | null)[] {
  const { phone, customerId, message, campaign, list, createdAt } = entry;
  return [phone, customerId, message, campaign, list, Math.floor(createdAt / 1_000)];
}
