import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createAgents } from './agents.ts';
import { createAttempts } from './attempts.ts';
import { createCalls } from './calls.ts';
import { createCampaigns } from './campaigns.ts';
import { createCancels } from './cancels.ts';
import { realClock, type Clock } from './clock.ts';
import { ocsConfigSchema, type OcsConfigInput } from './config.ts';
import { openDatabase } from './database.ts';
import { createDesktops } from './desktop.ts';
import { createDiallers, supersede } from './diallers.ts';
import { createDoNotCall } from './do-not-call.ts';
import { createEngagements } from './engagements.ts';
import { createHandOut } from './hand-out.ts';
import { answerErrors, checkOrigin, parseMessage } from './http.ts';
import { serveLink } from './link-server.ts';
import { createPacer } from './pace.ts';
import { createRecords } from './records.ts';
import { createReports } from './reports.ts';
import { createSettlement } from './settlement.ts';
import { serveSupervisor } from './supervisor.ts';
import { createWork, type Work } from './work.ts';

export interface OcsOptions {
  /** SQLite file; made if absent. */
  database: string;
  clock: Clock;
  /** Time on the wire: long polls, leases, stale attempts. The machine's own when absent. */
  wireClock?: Clock;
  log: Log;
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
  if (config.maxWaitMs >= config.leaseMs) {
    throw new CodedError('BAD_CONFIG', 'ocs configuration: maxWaitMs must lie below leaseMs', {
      field: 'maxWaitMs',
      found: config.maxWaitMs,
      expected: `less than leaseMs (${String(config.leaseMs)})`,
    });
  }
  const { clock, log } = options;
  const wireClock = options.wireClock ?? realClock();
  const version = options.version ?? '0';
  const database = openDatabase(options.database, config.numbering);

  let stopped: Promise<void> | null = null;
  // However much happens in one turn, the diallers are woken once.
  let waking = false;
  const changed = () => {
    if (waking) return;
    waking = true;
    setImmediate(() => {
      waking = false;
      if (stopped === null) diallers.wake();
    });
  };
  const records = createRecords(database);
  const attempts = createAttempts(database);
  const doNotCall = createDoNotCall(database);
  const campaigns = createCampaigns({ database, attempts, clock, resume: config.resumeCampaigns });
  const calls = createCalls(attempts, wireClock.now());
  const agents = createAgents(clock, changed);
  const diallers = createDiallers(wireClock, config.leaseMs);
  const engagements = createEngagements({ agents, campaigns, diallers, changed });
  const settlement = createSettlement({ records, attempts, doNotCall, clock });
  const cancels = createCancels({
    attempts,
    calls,
    campaigns,
    doNotCall,
    phoneKey: database.phoneKey,
    records,
    changed,
  });
  const desktops = createDesktops({
    agents,
    campaigns,
    cancels,
    clock,
    config,
    doNotCall,
    log,
    records,
    settlement,
    transaction: (run) => database.transaction(run),
    wireClock,
    work: () => work,
  });
  const work: Work = createWork({
    database,
    records,
    attempts,
    calls,
    campaigns,
    cancels,
    agents,
    doNotCall,
    settlement,
    clock,
    config,
    push: (agentId, message) => {
      desktops.push(agentId, message);
    },
    released: (agent) => {
      desktops.released(agent);
    },
    absent: (agentId) => {
      desktops.absent(agentId);
    },
  });
  const reports = createReports({
    database,
    records,
    attempts,
    calls,
    campaigns,
    settlement,
    doNotCall,
    work,
    clock,
    config,
    changed,
  });
  const handOut = createHandOut({
    database,
    records,
    attempts,
    calls,
    agents,
    doNotCall,
    settlement,
    clock,
    wireClock,
    config,
    changed,
  });
  const pace = createPacer({
    agents,
    calls,
    campaigns,
    clock,
    legAt: (agentId) => engagements.legAt(agentId),
    isHeard: (dialerId) => diallers.isHeard(dialerId),
  });

  const unloadFinished = () => {
    for (const { definition, unloading } of campaigns.all()) {
      const { name } = definition;
      const inCall = calls.all().some((call) => call.campaign === name);
      if (unloading && !inCall && work.openOf(name) === 0) {
        campaigns.remove(name);
        log.info({ campaign: name }, 'a campaign is unloaded');
      }
    }
  };
  const endStale = () => {
    const since = wireClock.now() - config.staleMs;
    for (const call of calls.all()) {
      if (call.heardAt >= since) continue;
      const attempt = attempts.get(call.attemptId);
      if (attempt === undefined) continue;
      log.warn({ attemptId: call.attemptId, dialler: call.dialerId }, 'an attempt is stale');
      reports.stale(attempt);
    }
  };
  /** Whoever waits for a call of a dialler that fell silent waits in vain; the attempt itself may yet be told. */
  const freeReserved = () => {
    // After a restart of OCS no dialler is known yet; their calls have a lease from then on.
    const since = wireClock.now() - config.leaseMs;
    for (const { state, attemptId } of agents.all()) {
      const call = attemptId === null ? undefined : calls.get(attemptId);
      if (state !== 'reserved' || call === undefined) continue;
      if (call.heardAt >= since || diallers.isHeard(call.dialerId)) continue;
      log.warn({ attemptId, dialler: call.dialerId }, 'the dialler of a reserved agent is lost');
      work.callEnded(call.attemptId, 'dialler_lost', false);
    }
  };

  const app = Fastify({ bodyLimit: config.bodyLimitBytes, forceCloseConnections: true });
  answerErrors(app, log);
  await app.register(websocket, { options: { maxPayload: 262_144 } });
  app.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request, config);
    done();
  });
  serveLink(app, {
    agents,
    attempts,
    calls,
    campaigns,
    config,
    diallers,
    engagements,
    handOut,
    log,
    pace,
    records,
    reports,
    version,
    wireClock,
    work,
    transaction: (run) => database.transaction(run),
  });
  desktops.serve(app);
  serveSupervisor(app, {
    agents,
    attempts,
    calls,
    campaigns,
    cancels,
    clock,
    config,
    database,
    diallers,
    doNotCall,
    log,
    records,
    settlement,
    version,
    wireClock,
    work,
    changed,
    unloadFinished,
  });

  let stopTick: (() => void) | null = null;
  const tick = () => {
    try {
      unloadFinished();
      endStale();
      freeReserved();
      // Records fall due and windows open without anybody saying so.
      diallers.wake();
    } catch (error) {
      log.error({ err: error }, 'the regular look at records failed; it is tried again');
    }
    stopTick = clock.after(config.tickMs, tick);
  };
  let started = false;
  const ocs: Ocs = {
    app,
    start: async () => {
      if (started) return;
      started = true;
      await app.ready();
      desktops.start();
      tick();
      log.info({ campaigns: campaigns.all().length, openAttempts: calls.all().length }, 'OCS is up');
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
          cause: error,
        });
      }
    },
    stop: () => {
      stopped ??= (async () => {
        stopTick?.();
        for (const dialler of diallers.all()) supersede(dialler);
        desktops.stop();
        await app.close();
        database.close();
        log.info({}, 'OCS is down');
      })();
      return stopped;
    },
  };
  return ocs;
}
