import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { recordStatus } from '../domain/record.ts';
import { callResultLabel, isCallResult } from '../domain/result.ts';
import type { Agents } from './agents.ts';
import type { Attempts } from './attempts.ts';
import { campaignSchema } from './campaign.ts';
import type { Campaigns } from './campaigns.ts';
import type { Calls } from './calls.ts';
import type { Cancels } from './cancels.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import { parseCallingList, standardColumns } from './csv.ts';
import { badCsv, csvLine, type BadLine } from './csv-table.ts';
import type { OcsDatabase } from './database.ts';
import type { Diallers } from './diallers.ts';
import type { DoNotCall } from './do-not-call.ts';
import { serveDoNotCall } from './dnc-api.ts';
import { checkBearer, flag, parseMessage } from './http.ts';
import type { Message } from './record-data.ts';
import type { Records } from './records.ts';
import type { Settlement } from './settlement.ts';
import { campaignStatus } from './status.ts';
import type { AttemptRow, RecordRow } from './tables.ts';
import type { Work } from './work.ts';

export const apiPrefix = '/api/v1';

export interface SupervisorParts {
  agents: Agents;
  attempts: Attempts;
  calls: Calls;
  cancels: Cancels;
  campaigns: Campaigns;
  clock: Clock;
  config: OcsConfig;
  database: OcsDatabase;
  diallers: Diallers;
  doNotCall: DoNotCall;
  log: Log;
  records: Records;
  settlement: Settlement;
  version: string;
  wireClock: Clock;
  work: Work;
  changed: () => void;
  /** Removes campaigns whose unloading is done. */
  unloadFinished: () => void;
}

const loadSchema = z.strictObject({
  definition: campaignSchema,
  /** The calling list as CSV text; without it the list must be there already. */
  csv: z.string().optional(),
  /** Load the good lines even when others are bad. */
  skipBad: z.boolean().default(false),
});

const importSchema = z.object({ skipBad: flag.default(false), tz: z.string().default('UTC') });
const attemptsSchema = z.object({
  campaign: z.string().optional(),
  record: z.coerce.number().int().optional(),
  phone: z.string().optional(),
  result: z.coerce.number().int().optional(),
  open: flag.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});
/** What a supervisor and `cpdctl` ask. */
export function serveSupervisor(app: FastifyInstance, parts: SupervisorParts): void {
  const { campaigns, config, records } = parts;
  app.addHook('onRequest', (request, _reply, done) => {
    // The route that answers, not the address as written: that can be spelt in more than one way.
    if (request.routeOptions.url?.startsWith(apiPrefix) === true) checkBearer(request, config.tokens.api);
    done();
  });
  app.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { parseAs: 'string', bodyLimit: config.listLimitBytes },
    (_request, body, done) => {
      done(null, body);
    },
  );
  const status = (name: string) => campaignStatus(parts, campaigns.need(name));
  const campaignRoute = '/api/v1/campaigns/:name' as const;
  type Named = { Params: { name: string } };

  app.get(`${apiPrefix}/version`, () => ({ version: parts.version }));
  app.get(`${apiPrefix}/campaigns`, () => ({
    campaigns: campaigns.all().map((campaign) => campaignStatus(parts, campaign)),
  }));
  app.post(`${apiPrefix}/campaigns`, { bodyLimit: config.listLimitBytes }, (request, reply) => {
    const { definition, csv, skipBad } = parseMessage(loadSchema, request.body, 'campaign', 'BAD_ARGUMENT');
    if (csv === undefined && !records.hasList(definition.list)) {
      throw new CodedError('BAD_ARGUMENT', `there is no calling list ${definition.list} yet`, {
        field: 'definition.list',
        found: definition.list,
        expected: 'the name of a loaded list, or its CSV with this request',
      });
    }
    const loaded = parts.database.transaction(() => {
      const imported =
        csv === undefined
          ? { added: 0, skipped: [] }
          : importList(records, definition.list, csv, skipBad, definition.dailyWindow.tz);
      // Last: what the database takes back, the loaded campaigns would keep.
      campaigns.load(definition);
      return imported;
    });
    parts.log.info({ campaign: definition.name, records: loaded.added }, 'a campaign is loaded');
    parts.changed();
    return reply.code(201).send({ campaign: status(definition.name), ...loaded });
  });
  app.get<Named>(campaignRoute, (request) => status(request.params.name));
  app.get<Named>(`${campaignRoute}/definition`, (request) => campaigns.need(request.params.name).definition);
  for (const [verb, running] of [
    ['start', true],
    ['stop', false],
  ] as const) {
    app.post<Named>(`${campaignRoute}/${verb}`, (request) => {
      const { name } = request.params;
      campaigns.setRunning(name, running);
      parts.log.info({ campaign: name }, running ? 'a campaign starts' : 'a campaign stops');
      parts.changed();
      const now = status(name);
      if (running && now.warnings.length > 0)
        parts.log.warn({ campaign: name, warnings: now.warnings }, 'check the campaign');
      return now;
    });
  }
  app.post<Named & { Querystring: { force?: string } }>(`${campaignRoute}/unload`, (request) => {
    const { name } = request.params;
    const force = parseMessage(flag, request.query.force ?? 'false', 'force', 'BAD_ARGUMENT');
    campaigns.setUnloading(name);
    if (force) {
      for (const call of parts.calls.all()) if (call.campaign === name) parts.cancels.ask(call, 'unload');
    }
    parts.log.info({ campaign: name, force }, 'a campaign is being unloaded');
    parts.unloadFinished();
    parts.changed();
    return campaigns.get(name) === undefined ? { name, state: 'not_loaded' } : status(name);
  });

  app.get(`${apiPrefix}/lists`, () => ({ lists: records.lists() }));
  type Listed = { Params: { list: string } };
  app.post<Listed>(`${apiPrefix}/lists/:list/import`, (request, reply) => {
    if (typeof request.body !== 'string') {
      throw new CodedError('BAD_ARGUMENT', 'the body is no CSV text', {
        field: 'body',
        expected: 'CSV with content type text/csv',
      });
    }
    const { skipBad, tz } = parseMessage(importSchema, request.query, 'import', 'BAD_ARGUMENT');
    const loaded = importList(records, request.params.list, request.body, skipBad, tz);
    parts.changed();
    return reply.code(201).send(loaded);
  });
  app.get<Listed>(`${apiPrefix}/lists/:list/export`, (request, reply) => {
    const { list } = request.params;
    if (!records.hasList(list)) {
      throw new CodedError('BAD_ARGUMENT', `there is no calling list ${list}`, {
        field: 'list',
        found: list,
      });
    }
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .send(Readable.from(exportList(parts.database, records, list)));
  });
  app.get<{ Params: { handle: string } }>(`${apiPrefix}/records/:handle`, async (request) => {
    const record = needRecord(records, request.params.handle);
    const history = await parts.database.query
      .selectFrom('dial_history')
      .select(['at', 'attempt_id', 'event', 'detail'])
      .where('record_handle', '=', record.handle)
      .orderBy('id')
      .execute();
    return {
      ...recordView(record),
      history: history.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail) as unknown })),
    };
  });
  app.post<{ Params: { handle: string } }>(`${apiPrefix}/records/:handle/cancel`, (request) => {
    const record = needRecord(records, request.params.handle);
    const call = record.current_attempt === null ? undefined : parts.calls.get(record.current_attempt);
    const waiting = [recordStatus.Ready, recordStatus.ChainReady].some(
      (ready) => ready === record.record_status,
    );
    if (call !== undefined) parts.cancels.ask(call, 'record');
    else if (waiting) parts.database.transaction(() => parts.settlement.cancel(record));
    parts.changed();
    return recordView(needRecord(records, request.params.handle));
  });

  app.get(`${apiPrefix}/agents`, () => ({
    agents: parts.agents.all().map((agent) => ({
      agentId: agent.agentId,
      extension: agent.extension,
      group: agent.group,
      state: agent.state,
      stateMs: parts.clock.now() - agent.stateSince,
      online: agent.online,
      leg: agent.leg,
      recordHandle: agent.handle,
      attemptId: agent.attemptId,
    })),
  }));
  app.get(`${apiPrefix}/diallers`, () => ({
    diallers: parts.diallers.all().map((dialler) => ({
      dialerId: dialler.dialerId,
      softwareVersion: dialler.about.softwareVersion,
      boards: dialler.about.boards,
      free: dialler.free,
      channels: dialler.channels,
      silentMs: parts.wireClock.now() - dialler.heardAt,
      lost: !parts.diallers.isHeard(dialler.dialerId),
      calls: parts.calls.all().filter((call) => call.dialerId === dialler.dialerId).length,
    })),
  }));
  app.get(`${apiPrefix}/attempts`, async (request) => {
    const asked = parseMessage(attemptsSchema, request.query, 'attempts', 'BAD_ARGUMENT');
    let query = parts.database.query
      .selectFrom('attempts')
      .selectAll()
      .orderBy('leased_at', 'desc')
      .limit(asked.limit)
      .offset(asked.offset);
    if (asked.campaign !== undefined) query = query.where('campaign', '=', asked.campaign);
    if (asked.record !== undefined) query = query.where('record_handle', '=', asked.record);
    if (asked.phone !== undefined) query = query.where('phone', '=', asked.phone);
    if (asked.result !== undefined) query = query.where('result', '=', asked.result);
    if (asked.open !== undefined) query = query.where('ended_at', asked.open ? 'is' : 'is not', null);
    const rows = await query.execute();
    return { attempts: rows.map(attemptView) };
  });
  app.get<{ Params: { id: string } }>(`${apiPrefix}/attempts/:id`, (request) => {
    const row = parts.attempts.get(request.params.id);
    if (row !== undefined) return attemptView(row);
    throw new CodedError('UNKNOWN_ATTEMPT', `no attempt ${request.params.id}`, {
      field: 'id',
      found: request.params.id,
    });
  });
  serveDoNotCall(app, apiPrefix, parts);
}

/** @throws CodedError BAD_CSV with all bad lines, unless they shall be skipped */
function importList(
  records: Records,
  list: string,
  csv: string,
  skipBad: boolean,
  tz: string,
): { added: number; skipped: BadLine[] } {
  const { records: good, bad } = parseCallingList(csv, tz);
  if (bad.length > 0 && !skipBad) {
    throw badCsv(bad);
  }
  const { added, duplicates } = records.add(list, good, !skipBad);
  return { added, skipped: [...bad, ...duplicates].sort((a, b) => a.line - b.line) };
}

function* exportList(database: OcsDatabase, records: Records, list: string): Generator<string> {
  const names = database.sqlite
    .prepare<[string], { key: string }>(
      `select distinct json_each.key key from records, json_each(user_fields) where list = ?`,
    )
    .all(list)
    .map(({ key }) => key);
  yield csvLine([...standardColumns, ...names]);
  for (let after = 0; ;) {
    const page = records.page(list, after, 1_000);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.handle;
    yield page
      .map((record) => {
        const user = JSON.parse(record.user_fields) as Message;
        return csvLine([
          ...standardColumns.map((column) => record[column]),
          ...names.map((name) => user[name] ?? ''),
        ]);
      })
      .join('');
  }
}

function needRecord(records: Records, handle: string): RecordRow {
  const record = records.get(Number(handle));
  if (record !== undefined) return record;
  throw new CodedError('UNKNOWN_RECORD', `no record ${handle}`, { field: 'handle', found: handle });
}

function recordView(record: RecordRow): object {
  const { user_fields: user, treatments, window_id: _window, phone_key: _key, ...rest } = record;
  return {
    ...rest,
    treatments: JSON.parse(treatments) as unknown,
    user_fields: JSON.parse(user) as unknown,
  };
}

function attemptView(row: AttemptRow): object {
  const { request: _request, seen: _seen, phone_key: _key, evidence, milestones, result, ...rest } = row;
  return {
    ...rest,
    result,
    resultName: result !== null && isCallResult(result) ? callResultLabel[result] : null,
    evidence: evidence === null ? null : (JSON.parse(evidence) as unknown),
    milestones: JSON.parse(milestones) as unknown,
  };
}
