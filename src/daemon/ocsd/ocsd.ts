import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { isLoopback } from '../../http/loopback.ts';
import { realClock, wallClock } from '../../ocs/clock.ts';
import { createOcs } from '../../ocs/ocs.ts';
import { watchCertificate } from '../../http/certificate-files.ts';
import type { Certificate } from '../../http/tls.ts';
import { knownOrigins } from '../../ocs/access/known-origins.ts';
import { createStandby, type Standby } from '../../ocs/nodes/standby.ts';
import type { ThisNode } from '../../ocs/store/postgres/nodes.ts';
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

/** This process as the others that use the database see it. */
function thisNode(
  { listen, nodeUrl, server }: OcsdSetup['config'],
  version: string,
  certificate: () => string | null,
): ThisNode {
  const host = hostname();
  const scheme = listen.tls === undefined ? 'http' : 'https';
  const at = (name: string) => `${scheme}://${isIPv6(name) ? `[${name}]` : name}:${String(listen.port)}`;
  const isAny = listen.host === '0.0.0.0' || listen.host === '::';
  const address = nodeUrl ?? at(isAny ? host : listen.host);
  return {
    url: server.publicUrl ?? (isLoopback(listen.host) ? at(host) : address),
    address: address.replace(/\/$/, ''),
    host,
    version,
    secret: randomBytes(32).toString('base64url'),
    certificate,
  };
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
  let certificate = setup.tls?.certificate;
  let renew: (renewed: Certificate) => void = () => undefined;
  try {
    const watch =
      setup.tls &&
      watchCertificate(
        setup.tls.files,
        (renewed) => {
          certificate = renewed;
          renew(renewed);
        },
        log,
      );
    if (watch !== undefined) releasers.add('certificate', watch.stop);
    if (postgres === undefined) releasers.add('database lock', lockFile(config.database, 'DATABASE_ERROR'));
    const standby = postgres && (await startStandby(setup, log));
    if (standby !== undefined) {
      releasers.add('standby', () => standby.close());
      renew = (renewed) => {
        standby.renewCertificate(renewed);
      };
    }
    const ocs = await createOcs({
      database:
        postgres === undefined
          ? config.database
          : {
              address: postgres,
              self: thisNode(config, version, () => certificate?.cert ?? null),
              standingBy: (owner, why) => standby?.see(owner, why),
              stopped,
              lost: () => process.exit(exitStandBy),
            },
      clock: config.clock.speed === 1 ? wallClock() : realClock(config.clock.speed, config.clock.since),
      log,
      config: setup.ocs,
      certificate,
      version,
      progress: createStartProgress(notify, log),
    });
    releasers.add('ocs', () => ocs.stop());
    addDiagnostics(ocs, { clockSpeed: config.clock.speed }, () => draining);
    await standby?.close();
    const url = await ocs.listen(config.listen);
    renew = ocs.renewCertificate;
    // It may have changed while another ocsd owned the campaigns.
    if (certificate !== undefined) renew(certificate);
    if (config.clock.speed !== 1) {
      log.warn({ speed: config.clock.speed }, 'the clock does not run in real time: for demonstrations only');
    }
    log.info({ url, database: shownAddress(config.database), version }, 'listening');
    return {
      url,
      describe: () => (draining ? 'stopping' : `running at ${url}`),
      // The event loop is all that turns here.
      alive: () => true,
      ...(watch !== undefined && { reload: watch.reload }),
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

/** Listens from the start: whoever talks to this process while another one owns the campaigns is served by that one. */
async function startStandby({ config, ocs, tls }: OcsdSetup, log: Logger): Promise<Standby> {
  const standby = await createStandby({
    known: knownOrigins(config.server),
    certificate: tls?.certificate,
    trustedProxies: ocs.trustedProxies,
    log,
  });
  const url = await standby.listen(config.listen);
  log.info({ url }, 'listening; the campaigns may be owned by another ocsd');
  return standby;
}
