import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { diagnosticOperations, type Health } from '../../api/diagnostics.ts';
import { CodedError, errorCodes } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { asCodedError, errorBody, refusalText } from '../../http/errors.ts';
import { createForwarder, type Forwarder, type Peer } from '../../http/forward.ts';
import { listen } from '../../http/listen.ts';
import { createNetworks } from '../../http/networks.ts';
import { checkHost, type KnownOrigins } from '../../http/origin.ts';
import { peerHeader } from '../../http/peers.ts';
import { createHttpServer } from '../../http/server.ts';
import { renewCertificate, type Certificate } from '../../http/tls.ts';

/**
 * Listens in place of OCS while another process owns the campaigns, and hands it whatever is asked: clients may talk to any
 * node. What it answers itself is its own health.
 */
export interface Standby {
  /** @throws CodedError PORT_IN_USE, BAD_CONFIG */
  listen(at: { host: string; port: number }): Promise<string>;
  /**
   * @param owner whom to ask from now on; null while there is nobody
   * @param why it stands by, for people
   */
  see(owner: (Peer & { url: string }) | null, why: string): void;
  renewCertificate(certificate: Certificate): void;
  /** The port is free then. Can be called twice. */
  close(): Promise<void>;
}

export interface StandbyOptions {
  known: KnownOrigins;
  certificate?: Certificate | undefined;
  trustedProxies: readonly string[];
  log: Log;
}

export async function createStandby(options: StandbyOptions): Promise<Standby> {
  const { known, log, trustedProxies } = options;
  const app = await createHttpServer(options);
  const proxies = createNetworks(trustedProxies);
  let forwarder: (Forwarder & { url: string }) | null = null;
  let reason = 'it has not looked yet who owns the campaigns';

  /** @throws CodedError STANDING_BY */
  const whomToAsk = ({ headers }: IncomingMessage): Forwarder => {
    // One that takes this process for the owner is behind the times; it must not go in a circle.
    if (forwarder !== null && headers[peerHeader] === undefined) return forwarder;
    throw notReady(reason);
  };
  let warnedAt = -Infinity;
  const failedAt = ({ to }: Forwarder, why: string) => {
    if (performance.now() - warnedAt > warnEveryMs) {
      warnedAt = performance.now();
      log.warn({ address: to.address, why }, 'the ocsd that owns the campaigns does not answer');
    }
    return notReady(`the ocsd that owns the campaigns does not answer at ${to.address}`);
  };

  app.get(diagnosticOperations.health.path, (_request, reply): Health => {
    const isReady = forwarder?.isAnswered() === true;
    reply.code(isReady ? 200 : 503);
    const notes = forwarder === null ? [] : [`stands by, and hands requests to ${forwarder.url}`];
    const reasons =
      forwarder === null
        ? [reason]
        : isReady
          ? []
          : [`the ocsd that owns the campaigns does not answer at ${forwarder.to.address}`];
    return { live: true, ready: isReady, state: 'standby', reasons, notes };
  });
  app.get(diagnosticOperations.metrics.path, (_request, reply) =>
    reply.type('text/plain').send(`# HELP ocsd_owner ${ownerHelp}\n# TYPE ocsd_owner gauge\nocsd_owner 0\n`),
  );
  // As they come in.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => {
    done(null);
  });
  app.all('/*', (request, reply) => {
    const asked = whomToAsk(request.raw);
    reply.hijack();
    asked.request(request.raw, reply.raw, (why) => {
      const error = failedAt(asked, why);
      reply.raw.writeHead(errorCodes[error.code].http, { 'content-type': 'application/json', ...again });
      reply.raw.end(JSON.stringify(errorBody(error)));
    });
  });
  acceptUpgrades(app, (request, socket, head) => {
    checkHost(request, known);
    const asked = whomToAsk(request);
    asked.upgrade(request, socket, head, (why) => {
      refuse(socket, failedAt(asked, why));
    });
  });

  /** Also of those that wait for TLS, and of upgrades, which the server does not know. */
  const sockets = new Set<Socket>();
  let closed: Promise<void> | null = null;
  app.server.on('connection', (socket: Socket) => {
    if (closed !== null) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    listen: (at) => listen(app, at, ''),
    see: (owner, why) => {
      reason = why;
      if (isSame(forwarder?.to, owner)) return;
      forwarder?.close();
      forwarder = owner && { ...createForwarder(owner, proxies), url: owner.url };
    },
    renewCertificate: (certificate) => {
      renewCertificate(app, certificate);
    },
    close: () => {
      forwarder?.close();
      forwarder = null;
      closed ??= app.close().then(() => undefined);
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

/** What the metric `ocsd_owner` says. */
export const ownerHelp = '1 when this process owns the campaigns, 0 when it stands by.';

/** Warnings of one kind. ms. */
const warnEveryMs = 10_000;

const again = { 'retry-after': '1' };

function notReady(why: string): CodedError {
  return new CodedError('STANDING_BY', why, { field: 'database' });
}

function isSame(a: Peer | undefined, b: Peer | null): boolean {
  return a?.address === b?.address && a?.secret === b?.secret && a?.certificate === b?.certificate;
}

/** @param take throws what is told to a client that is refused */
function acceptUpgrades(
  app: FastifyInstance,
  take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      checkUpgrade(request);
      take(request, socket, head);
    } catch (error) {
      refuse(socket, asCodedError(error));
    }
  });
}

/** @throws CodedError BAD_MESSAGE unless it asks for a WebSocket, without a body */
function checkUpgrade({ headers, method }: IncomingMessage): void {
  const isWebSocket = method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
  const length = headers['content-length'] ?? '0';
  if (isWebSocket && length === '0' && headers['transfer-encoding'] === undefined) return;
  throw new CodedError('BAD_MESSAGE', 'only a WebSocket can be asked for in place of HTTP', {
    field: 'upgrade',
    found: headers.upgrade,
    expected: 'websocket, by GET and without a body',
  });
}

function refuse(socket: Duplex, error: CodedError): void {
  const { http } = errorCodes[error.code];
  socket.end(refusalText(error, http, STATUS_CODES[http] ?? '', 'Retry-After: 1\r\n'), () =>
    socket.destroy(),
  );
}
