import { realClock, wallClock } from '../ocs/clock.ts';
import { checkBearer } from '../ocs/http.ts';
import { createOcs, type Ocs } from '../ocs/ocs.ts';
import { lockFile } from './file-lock.ts';
import type { Logger } from './log.ts';
import { createOcsdMetrics, type ReadApi } from './ocsd-metrics.ts';
import type { OcsdSetup } from './ocsd-config.ts';
import { ReleaserStack } from './releasers.ts';
import type { Service } from './service.ts';

export interface Ocsd extends Service {
  url: string;
}

/**
 * Opens the database and listens for diallers, supervisors and desktops.
 *
 * @throws CodedError DATABASE_ERROR, PORT_IN_USE, BAD_CONFIG
 */
export async function startOcsd(setup: OcsdSetup, version: string, log: Logger): Promise<Ocsd> {
  const { config } = setup;
  const releasers = new ReleaserStack((part, error) => log.error({ part, err: error }, 'closing failed'));
  let draining = false;
  try {
    releasers.add('database lock', lockFile(config.database, 'DATABASE_ERROR'));
    const ocs = await createOcs({
      database: config.database,
      clock: config.clock.speed === 1 ? wallClock() : realClock(config.clock.speed),
      log,
      config: setup.ocs,
      version,
    });
    releasers.add('ocs', () => ocs.stop());
    addDiagnostics(ocs, setup, () => draining);
    const url = await ocs.listen(config.listen);
    if (config.clock.speed !== 1) {
      log.warn(
        { speed: config.clock.speed },
        'the clock does not show the real time: for demonstrations only',
      );
    }
    log.info({ url, database: config.database, version }, 'listening');
    return {
      url,
      describe: () => (draining ? 'stopping' : `running at ${url}`),
      // The event loop is all that turns here.
      alive: () => true,
      drain: () => {
        draining = true;
        return releasers.close();
      },
      hangUp: () => process.exit(1),
    };
  } catch (error) {
    await releasers.close();
    throw error;
  }
}

/** Health and metrics beside the routes of OCS itself. */
function addDiagnostics({ app }: Ocs, setup: OcsdSetup, draining: () => boolean): void {
  const token = setup.ocs.tokens.api;
  const read: ReadApi = async <T>(path: string) => {
    const headers = {
      host: 'localhost',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return (await app.inject({ url: path, headers })).json<T>();
  };
  const metrics = createOcsdMetrics(app, read, setup.config.clock.speed);
  app.get('/healthz', (_request, reply) =>
    reply.code(draining() ? 503 : 200).send({
      live: true,
      ready: !draining(),
      state: draining() ? 'draining' : 'running',
      reasons: draining() ? ['the daemon is draining'] : [],
    }),
  );
  app.get('/metrics', async (request, reply) => {
    checkBearer(request, token);
    return reply.type(metrics.contentType).send(await metrics.scrape());
  });
}
