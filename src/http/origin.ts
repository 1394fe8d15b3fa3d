import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import { isBrought } from './peers.ts';

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

/**
 * Refuses a request that was put to another name than this server's.
 *
 * @throws CodedError UNAUTHORIZED
 */
export function checkHost({ headers, socket }: IncomingMessage, { allowedHosts }: KnownOrigins): void {
  const hostname = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const own = socket.localAddress?.replace(/^::ffff:/, '');
  if (loopbackNames.has(hostname) || hostname === own || allowedHosts.includes(hostname)) return;
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

/** @throws CodedError UNAUTHORIZED */
function checkOrigin(request: FastifyRequest, known: KnownOrigins): void {
  // Who brought it has looked at the name: it is that server's.
  if (!isBrought(request.raw)) checkHost(request.raw, known);
  const origin = request.headers.origin;
  if (origin === undefined || known.allowedOrigins.includes(origin)) return;
  // The name is one of ours, as was just seen.
  if (known.ownPages === true && origin === `${request.protocol}://${request.headers.host ?? ''}`) return;
  throw new CodedError('UNAUTHORIZED', `pages of ${origin} are not allowed to use this server`, {
    field: 'origin',
    found: origin,
    expected: 'an origin in allowedOrigins',
  });
}
