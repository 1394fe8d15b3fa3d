import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import { linkOpenApi } from '../link/openapi.ts';
import { linkPrefix } from '../link/schemas.ts';
import { realClock, type Clock } from './clock.ts';
import { ocsConfigSchema, type OcsConfigInput } from './config.ts';
import { openDatabase } from './database.ts';
import { answerErrors, checkOrigin, parseMessage } from './http.ts';

/** What OCS writes to; a pino logger is one. */
export interface OcsLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface OcsOptions {
  /** SQLite file; made if absent. */
  database: string;
  clock: Clock;
  /** Time on the wire: long polls, leases, stale attempts. The machine's own when absent. */
  wireClock?: Clock;
  log: OcsLog;
  /** Checked by {@link ocsConfigSchema}. */
  config?: OcsConfigInput;
  /** Version of this software, told to diallers. */
  version?: string;
}

/** The Outbound Contact Server: link, desktop and supervisor's API on one fastify instance. */
export interface Ocs {
  /** Not listening yet; {@link Ocs.listen} makes it. */
  readonly app: FastifyInstance;
  /** Takes up campaigns and attempts where they were left. Can be called twice. */
  start(): Promise<void>;
  /**
   * Starts if it was not started, and listens.
   * @returns the address, e.g. `http://127.0.0.1:8470`
   * @throws CodedError PORT_IN_USE
   */
  listen(at: { host?: string; port: number }): Promise<string>;
  /** Answers waiting polls, closes desktops and the database. Nothing is lost. Can be called twice. */
  stop(): Promise<void>;
}

/** @throws CodedError BAD_CONFIG, DATABASE_ERROR */
export async function createOcs(options: OcsOptions): Promise<Ocs> {
  const config = parseMessage(ocsConfigSchema, options.config ?? {}, 'ocs configuration', 'BAD_CONFIG');
  const wireClock = options.wireClock ?? realClock();
  const database = openDatabase(options.database);
  const version = options.version ?? '0';
  const app = Fastify({ bodyLimit: config.bodyLimitBytes, forceCloseConnections: true });
  answerErrors(app, options.log);
  await app.register(websocket, { options: { maxPayload: 262_144 } });
  app.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request, config);
    done();
  });
  app.get(`${linkPrefix}/openapi.json`, () => linkOpenApi(version));
  const startedAt = wireClock.now();
  app.get('/api/v1/version', () => ({ version, upMs: wireClock.now() - startedAt }));

  let stopped: Promise<void> | null = null;
  const ocs: Ocs = {
    app,
    start: async () => {
      await app.ready();
    },
    listen: async ({ host = '127.0.0.1', port }) => {
      await ocs.start();
      try {
        return await app.listen({ host, port });
      } catch (error) {
        if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
        throw new CodedError('PORT_IN_USE', `port ${String(port)} of ${host} is in use`, {
          field: 'port',
          found: port,
          expected: 'a free port',
        });
      }
    },
    stop: () => {
      stopped ??= app.close().then(() => {
        database.close();
      });
      return stopped;
    },
  };
  return ocs;
}
