import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { answerErrors, refusalText, sendError, type ErrorLog } from './errors.ts';
import { keepPagesOut, type KnownOrigins } from './origin.ts';
import { createForwarders } from './peers.ts';
import { tlsOptions, type Certificate } from './tls.ts';
import { createTokenWatch, type TokenWatch } from './token-watch.ts';

declare module 'fastify' {
  interface FastifyInstance {
    tokenWatch: TokenWatch;
  }
}

/** Longest part of an address, e.g. an attempt id, as it is sent: encoded, a character may take nine. */
const longestPart = 1_200;

/**
 * A server that refuses in one form: every refusal has the same body. Pages of other origins are kept out, and a browser takes no answer for anything else than it is. Routes come later.
 *
 * @param options.bodyLimitBytes largest body; 1 MB when absent
 * @param options.certificate speaks TLS with it; plain HTTP when absent
 * @param options.trustedProxies addresses or networks whose `X-Forwarded-` headers say who the client is; nobody's when empty
 * @param options.peerSecret what another server of the site shows that brings a client's request (peers.ts); there is none when absent
 * @param options.messageLimitBytes largest message of a WebSocket; there can be none when absent
 */
export async function createHttpServer(options: {
  log: ErrorLog & Pick<Log, 'warn'>;
  known: KnownOrigins;
  bodyLimitBytes?: number;
  certificate?: Certificate | undefined;
  messageLimitBytes?: number;
  peerSecret?: string | undefined;
  trustedProxies?: readonly string[];
}): Promise<FastifyInstance> {
  const { log, known, bodyLimitBytes, certificate, messageLimitBytes, trustedProxies = [] } = options;
  const forwarders = createForwarders(trustedProxies, options.peerSecret);
  const isForwarded = trustedProxies.length > 0 || options.peerSecret !== undefined;
  const app = Fastify({
    forceCloseConnections: true,
    ...(isForwarded && {
      trustProxy: (address: string, hops: number) => forwarders.trusts(address, hops),
      rewriteUrl: (request: IncomingMessage) => {
        forwarders.look(request);
        return request.url ?? '/';
      },
    }),
    ...(certificate !== undefined && { https: tlsOptions(certificate) }),
    ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
    routerOptions: { maxParamLength: longestPart },
    // What fails before a route is found.
    frameworkErrors: (error, _request, reply) => {
      void reply.header('x-content-type-options', 'nosniff');
      sendError(error, reply);
    },
    clientErrorHandler: refuseRequest,
  });
  app.decorate('tokenWatch', createTokenWatch(log));
  answerErrors(app, log);
  if (messageLimitBytes !== undefined) {
    // Before anything that refuses: it ends the sockets of those who are refused.
    await app.register(websocket, { options: { maxPayload: messageLimitBytes } });
  }
  await app.register(helmet, {
    // There are no pages here; one that is served sets what it needs on its own route.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // A matter of the proxy that ends TLS.
    strictTransportSecurity: false,
  });
  keepPagesOut(app, known);
  return app;
}

/** Answers what is no HTTP, or has a head that is too large; there is no request then. */
function refuseRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'the head of the request is too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', 'the request is incomplete']
        : [400, 'Bad Request', 'the request is not valid HTTP'];
  const refusal = new CodedError('BAD_MESSAGE', message, { field: 'request' });
  socket.end(refusalText(refusal, status, reason));
}
