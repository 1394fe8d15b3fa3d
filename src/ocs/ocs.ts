import type { FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { listen } from '../http/listen.ts';
import { parseMessage } from '../http/messages.ts';
import type { Serve } from '../http/serve.ts';
import { renewCertificate, type Certificate } from '../http/tls.ts';
import { createAccess } from './access/access.ts';
import type { PasswordCost } from './access/passwords.ts';
import { tidyAtOnce } from './api/file-load.ts';
import { createServer } from './api/server.ts';
import { nextTurn, realClock, type Clock } from './clock.ts';
import { configConflicts, ocsConfigSchema, type OcsConfig, type OcsConfigInput } from './config.ts';
import type { ClockWatch } from './live/clock-watch.ts';
import { createLive } from './live/live.ts';
import { createRecordRules } from './records/rules.ts';
import type { StoreHealth } from './store/transactions/health.ts';
import type { StartProgress } from './store/phone-keys.ts';
import type { PostgresOptions } from './store/postgres/postgres-store.ts';
import { openStore, type Store } from './store/store.ts';

export interface OcsOptions {
  /** SQLite file, made if absent; or where PostgreSQL is. */
  database: string | PostgresSource;
  clock: Clock;
  /** Time on the wire: long polls, leases, stale attempts. The machine's own when absent. */
  wireClock?: Clock;
  log: Log;
  /** Checked by {@link ocsConfigSchema}. */
  config?: OcsConfigInput;
  /** Speaks TLS with it; plain HTTP when absent. */
  certificate?: Certificate | undefined;
  /** Of passwords that are set; for tests, that of OWASP when absent. */
  passwordCost?: PasswordCost;
  /** Version of this software, told to diallers. */
  version?: string;
  /** Told while the database is brought up to date, which takes long for millions of records. */
  progress?: StartProgress;
}

/** See {@link PostgresOptions}. */
export type PostgresSource = Pick<PostgresOptions, 'address' | 'self' | 'standingBy' | 'stopped' | 'lost'>;

/** The Outbound Contact Server: link, desktop and supervisor's API on one fastify instance. */
export interface Ocs {
  /** Not listening yet; {@link Ocs.listen} makes it. */
  readonly app: FastifyInstance;
  /** For what the daemon answers beside the supervisor's API, before it listens. */
  readonly serve: Serve;
  /** For what this process asks of its own API. */
  readonly ownToken: string;
  /** For new connections; only where there was one at the start. */
  readonly renewCertificate: (certificate: Certificate) => void;
  /** Whether the database can be written. */
  readonly storeHealth: StoreHealth;
  /** How often the machine's clock was put ahead or back since the start. */
  readonly clockSteps: ClockWatch['steps'];
  /** Takes up campaigns and attempts where they were left. Can be called twice. */
  start(): Promise<void>;
  /**
   * Starts if it was not started, and listens.
   * @returns the address, e.g. `http://127.0.0.1:8470`
   * @throws CodedError PORT_IN_USE, BAD_CONFIG
   */
  listen(at: { host?: string; port: number }): Promise<string>;
  /** Answers waiting polls, closes desktops and the database. Nothing is lost. Can be called twice. */
  stop(): Promise<void>;
}

/** @throws CodedError BAD_CONFIG, DATABASE_ERROR */
export async function createOcs(options: OcsOptions): Promise<Ocs> {
  const config = checkConfig(options.config ?? {});
  const { certificate, clock, log, wireClock = realClock(), version = '0' } = options;
  const store = await openAnyStore(options, config);
  const base = { clock, config, log, store, wireClock };
  const live = createLive(base);
  const rules = createRecordRules({ ...base, live });
  const access = createAccess({
    ...base,
    passwordCost: options.passwordCost,
    tls: certificate !== undefined,
  });
  const parts = { ...base, ...live, ...rules, access, certificate, version };
  const { app, serve } = await createServer({ ...parts, peerSecret: peerSecretOf(options) });
  let stopTick: (() => void) | null = null;
  const probe = createProbe(store, log);
  const tick = () => {
    probe();
    try {
      live.clockWatch.look();
      live.dialers.tidy();
      live.unloadFinished();
      store.imports.tidy(tidyAtOnce);
      store.dncBatches.tidy(tidyAtOnce);
      rules.endStale();
      live.engagements.check();
      rules.freeReserved();
      // Records fall due and windows open without anybody saying so.
      live.dialers.wake();
      rules.settleUndialable();
      live.agentTimes.writeAtTimes();
    } catch (error) {
      log.error({ err: error }, 'periodic check of records failed; it is repeated');
    }
    stopTick = clock.after(config.tickMs, tick);
  };
  /** What a crash left of imports is hidden; it is taken away between other things. */
  const tidy = async () => {
    try {
      for (let slices = 0; stopped === null; slices++) {
        if (!store.imports.tidy(tidyAtOnce) && !store.dncBatches.tidy(tidyAtOnce)) {
          if (slices > 0) log.info({}, 'what imports had left is taken away');
          return;
        }
        await store.ease();
      }
    } catch (error) {
      log.error({ err: error }, 'what imports have left cannot be taken away now; it is repeated');
    }
  };
  /** The rest of the agents' day, which nothing else needs. */
  const keepTimes = () => {
    try {
      live.agentTimes.write();
    } catch (error) {
      log.warn({ err: error }, 'the last times of the agents are not written');
    }
  };
  let started = false;
  let stopped: Promise<void> | null = null;
  const ocs: Ocs = {
    app,
    serve,
    ownToken: access.ownToken,
    renewCertificate: (renewed) => {
      renewCertificate(app, renewed);
    },
    storeHealth: store.health,
    clockSteps: live.clockWatch.steps,
    start: async () => {
      if (started) return;
      started = true;
      await app.ready();
      rules.absent.start();
      tick();
      void tidy();
      const openAttempts = live.calls.all().length;
      log.info({ campaigns: live.campaigns.all().length, openAttempts }, 'OCS is up');
    },
    listen: async ({ host = '127.0.0.1', port }) => {
      await ocs.start();
      const url = await listen(app, { host, port }, '');
      store.announce();
      return url;
    },
    stop: () => {
      stopped ??= (async () => {
        stopTick?.();
        live.dialers.stop();
        rules.absent.stop();
        // What was asked before is answered yet.
        await store.soon('poll', () => undefined).catch(() => undefined);
        await nextTurn();
        live.desks.closeAll(1001, 'OCS is stopping');
        await app.close();
        keepTimes();
        await store.drain();
        store.close();
        log.info({}, 'OCS is down');
      })();
      return stopped;
    },
  };
  return ocs;
}

/** A write while none succeeds: the recovery is noticed though nobody asks for anything. */
function createProbe(store: Store, log: Log): () => void {
  let told: string | null = null;
  return () => {
    const trouble = store.health.trouble();
    if (trouble === null) {
      if (told !== null) log.info({}, 'the database can be written again');
      told = null;
      return;
    }
    try {
      store.probe();
      log.info({}, 'the database can be written again');
    } catch {
      if (told !== trouble) log.error({ trouble }, 'the database cannot be written');
    }
    told = store.health.trouble();
  };
}

/** What another process shows that uses the same database. */
function peerSecretOf({ database }: OcsOptions): string | undefined {
  return typeof database === 'string' ? undefined : database.self.secret;
}

/** @throws CodedError DATABASE_ERROR */
async function openAnyStore(options: OcsOptions, { numbering }: OcsConfig): Promise<Store> {
  const { database, log, progress } = options;
  const failed = (error: unknown) => {
    log.error({ err: error }, 'a change is in the database, and somebody could not be told');
  };
  if (typeof database === 'string') return openStore(database, numbering, progress, failed);
  // Nobody else has to load its driver.
  const { openPostgresStore } = await import('./store/postgres/postgres-store.ts');
  return openPostgresStore({ ...database, numbering, log, failed, progress: progress ?? (() => undefined) });
}

/** @throws CodedError BAD_CONFIG */
function checkConfig(input: OcsConfigInput): OcsConfig {
  const config = parseMessage(ocsConfigSchema, input, 'ocs configuration', 'BAD_CONFIG');
  const [conflict] = configConflicts(config);
  if (conflict === undefined) return config;
  const { expected, field, found } = conflict;
  throw new CodedError('BAD_CONFIG', `ocs configuration: ${field} must be ${expected}`, {
    field,
    found,
    expected,
  });
}
