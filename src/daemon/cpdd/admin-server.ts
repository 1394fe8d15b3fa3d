import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import {
  adminApi,
  adminOperations,
  type StatusReply,
  type TestCallLine,
  type testCallRequestSchema,
} from '../../api/admin.ts';
import type { Health } from '../../api/diagnostics.ts';
import type { Board } from '../../board/board.ts';
import type { Dialer, TestCall } from '../../dialer/contract.ts';
import { CodedError } from '../../domain/errors.ts';
import { listen } from '../../http/listen.ts';
import { serveApi, type Serve } from '../../http/serve.ts';
import { createHttpServer } from '../../http/server.ts';
import { wantToken } from '../../http/tokens.ts';
import type { CallRecordings } from './call-recordings.ts';
import { isLoopback } from '../../http/loopback.ts';
import { countWrongTokens } from './metrics.ts';
import type { Logger, LogLines } from '../log.ts';
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
  const app = await createAdminServer(source, at);
  return { url: await listen(app, at, 'admin'), close: () => app.close() };
}

/** The server with all its routes; it does not listen yet. */
export async function createAdminServer(
  source: AdminSource,
  at: { host: string; token: string | undefined },
): Promise<FastifyInstance> {
  const allowedHosts = isLoopback(at.host) ? [] : [at.host];
  const app = await createHttpServer({
    log: source.log,
    known: { allowedHosts, allowedOrigins: [] },
  });
  countWrongTokens(source.metrics, app.tokenWatch);
  // Of everybody, also who asks for an address that is not there.
  app.addHook('onRequest', wantToken(at.token, app.tokenWatch));
  const serve = await serveApi(app, adminApi, {
    guard: () => wantToken(at.token, app.tokenWatch),
    softwareVersion: source.status().version,
  });
  serveDiagnostics(serve, source);
  serveBoard(serve, source);
  serveCalls(serve, source);
  return app;
}

function serveDiagnostics(serve: Serve, source: AdminSource): void {
  serve(adminOperations.health, (_request, reply) => {
    const health = source.health();
    reply.code(health.ready ? 200 : 503);
    return health;
  });
  serve(adminOperations.metrics, async (_request, reply) =>
    reply.type(source.metrics.contentType).send(await source.metrics.metrics()),
  );
  serve(adminOperations.getStatus, () => ({
    ...source.status(),
    health: source.health(),
    logLevel: source.log.level,
  }));
  serve(adminOperations.getLog, () => ({ lines: source.logLines.list() }));
  serve(adminOperations.setLogLevel, ({ body: { level } }) => {
    source.log.level = level;
    source.log.info({ level }, 'log level changed');
    return { level };
  });
}

function serveBoard(serve: Serve, source: AdminSource): void {
  serve(adminOperations.listBoards, () => {
    const board = source.board();
    if (board === null) return { boards: [] };
    const dead = source.dialer()?.status().board === 'dead';
    return {
      boards: [{ ...board.inventory(), state: dead ? ('dead' as const) : ('up' as const), now: board.now() }],
    };
  });
  serve(adminOperations.getBoardReport, async ({ params: { topic }, query: { channel } }) => {
    const board = source.board();
    if (board === null) throw noBoard();
    const { driver, name } = board.inventory();
    const report = await board.report(topic, channel);
    return { driver, name, topic, channel, now: board.now(), report };
  });
  serve(adminOperations.listChannels, () => ({
    now: source.board()?.now() ?? null,
    channels: needDialer(source).channels(),
  }));
}

function serveCalls(serve: Serve, source: AdminSource): void {
  serve(adminOperations.listCalls, () => ({
    active: source.dialer()?.calls() ?? [],
    recent: source.recent.list().map((call) => ({
      ...call,
      outcome: call.outcome && { ...call.outcome, evidence: null },
    })),
  }));
  serve(adminOperations.getCall, ({ params: { attemptId } }) => {
    const call = source.recent.find(attemptId);
    if (call !== undefined) return call;
    throw new CodedError('UNKNOWN_ATTEMPT', `no call ${attemptId} among the recent ones`, {
      field: 'attemptId',
      found: attemptId,
      expected: 'an attempt of the list of calls',
    });
  });
  serve(adminOperations.placeTestCall, ({ body }, reply) => {
    streamTestCall(needDialer(source), source.recordings, body, reply);
    return reply;
  });
}

function noBoard(): CodedError {
  return new CodedError('BOARD_DEAD', 'no board is open');
}

function needDialer(source: AdminSource): Dialer {
  const dialer = source.dialer();
  if (dialer === null) throw noBoard();
  return dialer;
}

/** Places a test call and writes its events as they come. A reader that goes away hangs up. */
function streamTestCall(
  dialer: Dialer,
  recordings: CallRecordings | null,
  asked: z.output<typeof testCallRequestSchema>,
  reply: FastifyReply,
): void {
  const { number, record, ...given } = asked;
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
    recordings === null
      ? 'recording of calls is off in cpdd'
      : 'the call cannot be recorded: see the log of cpdd',
    { field: 'record', expected: 'recordings.folder in the configuration of cpdd, with room in it' },
  );
}
