import { hostname } from 'node:os';
import { isLoopback } from '../../http/loopback.ts';
import { realClock, wallClock } from '../../ocs/clock.ts';
import { createOcs } from '../../ocs/ocs.ts';
import { watchCertificate } from '../../http/certificate-files.ts';
import { listensAt } from '../../ocs/store/postgres/ownership.ts';
import { shownAddress } from '../../ocs/store/postgres/address.ts';
import { lockFile } from '../file-lock.ts';
import type { Logger } from '../log.ts';
import { addDiagnostics } from './diagnostics.ts';
import type { OcsdSetup } from './config.ts';
import { ReleaserStack } from '../releasers.ts';
import type { Service, Start } from '../service.ts';
import { createStartProgress } from './start-progress.ts';

export interface Ocsd extends Service {
  url: string;
}

/** EX_TEMPFAIL of sysexits.h: another process has taken over; started again, this one stands by. */
const exitStandBy = 75;

/** Where people reach it, said to those who look who owns the campaigns. */
function addressOf({ listen, server }: OcsdSetup['config']): string {
  const scheme = listen.tls === undefined ? 'http' : 'https';
  return (
    server.publicUrl ??
    `${scheme}://${isLoopback(listen.host) ? hostname() : listen.host}:${String(listen.port)}`
  );
}

/**
 * Opens the database and listens for diallers, supervisors and desktops.
 *
 * @param start.notify tells the service manager how far a long start is
 * @param start.stopped ends a start that stands by until another ocsd is gone
 * @throws CodedError DATABASE_ERROR, PORT_IN_USE, BAD_CONFIG
 */
export async function startOcsd(
  setup: OcsdSetup,
  version: string,
  log: Logger,
  { notify, stopped }: Start,
): Promise<Ocsd> {
  const { config, postgres } = setup;
  const releasers = new ReleaserStack((part, error) => log.error({ part, err: error }, 'closing failed'));
  let draining = false;
  try {
    if (postgres === undefined) releasers.add('database lock', lockFile(config.database, 'DATABASE_ERROR'));
    const ocs = await createOcs({
      database:
        postgres === undefined
          ? config.database
          : {
              address: postgres,
              url: addressOf(config),
              listens: listensAt(config.listen),
              stopped,
              lost: () => process.exit(exitStandBy),
            },
      clock: config.clock.speed === 1 ? wallClock() : realClock(config.clock.speed),
      log,
      config: setup.ocs,
      certificate: setup.tls?.certificate,
      version,
      progress: createStartProgress(notify, log),
    });
    releasers.add('ocs', () => ocs.stop());
    addDiagnostics(ocs, { clockSpeed: config.clock.speed }, () => draining);
    const url = await ocs.listen(config.listen);
    const certificate = setup.tls && watchCertificate(setup.tls.files, ocs.renewCertificate, log);
    if (certificate !== undefined) releasers.add('certificate', certificate.stop);
    if (config.clock.speed !== 1) {
      log.warn({ speed: config.clock.speed }, 'the clock does not run in real time: for demonstrations only');
    }
    log.info({ url, database: shownAddress(config.database), version }, 'listening');
    return {
      url,
      describe: () => (draining ? 'stopping' : `running at ${url}`),
      // The event loop is all that turns here.
      alive: () => true,
      ...(certificate !== undefined && { reload: certificate.reload }),
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
