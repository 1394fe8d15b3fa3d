import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../domain/errors.ts';

/** Under which names a server may be addressed, and which web pages may talk to it. */
export interface KnownOrigins {
  /** Host names besides loopback and the server's own address. */
  allowedHosts: readonly string[];
  /** e.g. `https://desk.example.com` */
  allowedOrigins: readonly string[];
  /** The server has pages of its own, under the name by which it is addressed. */
  ownPages?: boolean;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Keeps web pages out: a page of another origin cannot read or write here, and one that made a name of its
 * own point to this host (DNS rebinding) gives itself away by that name.
 */
export function keepPagesOut(app: FastifyInstance, known: KnownOrigins): void {
  app.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request, known);
    done();
  });
}

/** @throws CodedError UNAUTHORIZED */
function checkOrigin(request: FastifyRequest, known: KnownOrigins): void {
  const host = request.headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '').toLowerCase();
  const own = request.socket.localAddress?.replace(/^::ffff:/, '');
  if (!loopbackNames.has(hostname) && hostname !== own && !known.allowedHosts.includes(hostname)) {
    throw new CodedError(
      'UNAUTHORIZED',
      `this server does not answer to the name ${JSON.stringify(hostname)}`,
      {
        field: 'host',
        found: hostname,
        expected: 'loopback, its own address or a name in allowedHosts',
      },
    );
  }
  const origin = request.headers.origin;
  if (origin === undefined || known.allowedOrigins.includes(origin)) return;
  // The name is one of ours, as was just seen.
  if (known.ownPages === true && origin === `${request.protocol}://${host}`) return;
  throw new CodedError('UNAUTHORIZED', `pages of ${origin} are not allowed to use this server`, {
    field: 'origin',
    found: origin,
    expected: 'an origin in allowedOrigins',
  });
}
