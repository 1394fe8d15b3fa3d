import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import type { Board } from '../board/board.ts';
import type { Dialer, TestCall } from '../dialer/contract.ts';
import { CodedError } from '../domain/errors.ts';
import { answerErrors, checkBearer, checkOrigin, parseMessage } from '../ocs/http.ts';
import {
  adminPrefix,
  boardReportSchema,
  logLevelSchema,
  testCallRequestSchema,
  type BoardReportReply,
  type BoardsReply,
  type CallsReply,
  type ChannelsReply,
  type Health,
  type LogReply,
  type StatusReply,
  type TestCallLine,
} from './admin-api.ts';
import { isLoopback } from './config-parts.ts';
import type { Logger, LogLines } from './log.ts';
import type { CallRecordings } from './call-recordings.ts';
import type { RecentCalls } from './recent-calls.ts';

/** What the admin server shows. `dialer` and `board` are null while there is none. */
export interface AdminSource {
  dialer(): Dialer | null;
  board(): Board | null;
  health(): Health;
  status(): Omit<StatusReply, 'health' | 'logLevel'>;
  recent: RecentCalls;
  /** null: no call is recorded. */
  recordings: CallRecordings | null;
  metrics: Registry;
  log: Logger;
  logLines: LogLines;
}

export interface AdminServer {
  /** e.g. `http://127.0.0.1:7810` */
  url: string;
  close(): Promise<void>;
}

/** @throws CodedError PORT_IN_USE, BAD_CONFIG for an address that is not this host's */
export async function openAdminServer(
  source: AdminSource,
  at: { host: string; port: number; token: string | undefined },
): Promise<AdminServer> {
  const app = Fastify({ forceCloseConnections: true });
  answerErrors(app, source.log);
  const hosts = { allowedHosts: isLoopback(at.host) ? [] : [at.host], allowedOrigins: [] };
  app.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request, hosts);
    checkBearer(request, at.token);
    done();
  });
  routes(app, source);
  return { url: await listen(app, at), close: () => app.close() };
}

function routes(app: FastifyInstance, source: AdminSource): void {
  const dialer = (): Dialer => {
    const now = source.dialer();
    if (now === null) throw new CodedError('BOARD_DEAD', 'no board is open');
    return now;
  };

  app.get('/healthz', (_request, reply) => {
    const health = source.health();
    return reply.code(health.ready ? 200 : 503).send(health);
  });
  app.get('/metrics', async (_request, reply) => {
    return reply.type(source.metrics.contentType).send(await source.metrics.metrics());
  });
  app.get(`${adminPrefix}/status`, (): StatusReply => {
    return { ...source.status(), health: source.health(), logLevel: source.log.level };
  });
  app.get(`${adminPrefix}/boards`, (): BoardsReply => {
    const board = source.board();
    if (board === null) return { boards: [] };
    const state = source.dialer()?.status().board === 'dead' ? 'dead' : 'up';
    return { boards: [{ ...board.inventory(), state, now: board.now() }] };
  });
  app.get<{ Params: { topic: string }; Querystring: Record<string, string> }>(
    `${adminPrefix}/board/:topic`,
    async ({ query, params }): Promise<BoardReportReply> => {
      const { topic, channel } = parseMessage(
        boardReportSchema,
        { ...query, topic: params.topic },
        'board report',
      );
      const board = source.board();
      if (board === null) throw new CodedError('BOARD_DEAD', 'no board is open');
      const { driver, name } = board.inventory();
      const report = await board.report(topic, channel);
      return { driver, name, topic, channel, now: board.now(), report };
    },
  );
  app.get(`${adminPrefix}/channels`, (): ChannelsReply => {
    return { now: source.board()?.now() ?? null, channels: dialer().channels() };
  });
  app.get(`${adminPrefix}/calls`, (): CallsReply => {
    return {
      active: source.dialer()?.calls() ?? [],
      recent: source.recent.list().map((call) => ({
        ...call,
        outcome: call.outcome && { ...call.outcome, evidence: null },
      })),
    };
  });
  app.get<{ Params: { attemptId: string } }>(`${adminPrefix}/calls/:attemptId`, (request) => {
    const { attemptId } = request.params;
    const call = source.recent.find(attemptId);
    if (call !== undefined) return call;
    throw new CodedError('UNKNOWN_ATTEMPT', `no call ${attemptId} among the recent ones`, {
      field: 'attemptId',
      found: attemptId,
      expected: 'an attempt of the list of calls',
    });
  });
  app.get(`${adminPrefix}/log`, (): LogReply => ({ lines: source.logLines.list() }));
  app.put(`${adminPrefix}/log-level`, (request) => {
    const { level } = parseMessage(logLevelSchema, request.body, 'log level');
    source.log.level = level;
    source.log.info({ level }, 'log level changed');
    return { level };
  });
  app.post(`${adminPrefix}/test-calls`, (request, reply) =>
    streamTestCall(dialer(), source.recordings, request, reply),
  );
}

/** Places a test call and writes its events as they come. A reader that goes away hangs up. */
function streamTestCall(
  dialer: Dialer,
  recordings: CallRecordings | null,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { number, record, ...given } = parseMessage(testCallRequestSchema, request.body, 'test call');
  // Events may come before the reply's head is out; they wait for it.
  const early: TestCallLine[] = [];
  let write = (line: TestCallLine): void => void early.push(line);
  const recordFile = record ? recordingOf(recordings, number) : undefined;
  const options = recordFile === undefined ? given : { ...given, recordFile };
  const call: TestCall = dialer.testCall(number, options, (event) => write(event));

  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  write = (line) => void out.write(`${JSON.stringify(line)}\n`);
  write({ kind: 'started', channel: call.channel, ...(recordFile === undefined ? {} : { recordFile }) });
  early.forEach(write);
  out.on('close', () => call.hangup());
  call.done.then(
    () => out.end(),
    (error: unknown) => {
      const coded = error instanceof CodedError ? error : new CodedError('INTERNAL', String(error));
      write({ kind: 'error', code: coded.code, message: coded.message });
      out.end();
    },
  );
}

/** An engineer who asked for a recording is told when there will be none. */
function recordingOf(recordings: CallRecordings | null, number: string): string {
  const file = recordings?.fileForTest({ attemptId: 'test', number });
  if (file !== undefined) return file;
  throw new CodedError(
    'NOT_SUPPORTED',
    recordings === null ? 'cpdd records no calls' : 'the call cannot be recorded: see the log of cpdd',
    { field: 'record', expected: 'recordings.folder in the configuration of cpdd, with room in it' },
  );
}

async function listen(app: FastifyInstance, at: { host: string; port: number }): Promise<string> {
  try {
    return await app.listen({ host: at.host, port: at.port });
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new CodedError('PORT_IN_USE', `admin port ${at.port} of ${at.host} is in use`, {
        field: 'admin.port',
        found: at.port,
        expected: 'a free port',
        cause: error,
      });
    }
    throw new CodedError('BAD_CONFIG', `cannot listen on ${at.host}:${at.port} (${code ?? String(error)})`, {
      field: 'admin.host',
      found: at.host,
      expected: 'an address of this host, and a port that this user may open',
      cause: error,
    });
  }
}
