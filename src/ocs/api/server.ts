import type { FastifyInstance } from 'fastify';
import { linkOperations } from '../../api/link.ts';
import type { Serve } from '../../http/serve.ts';
import { createHttpServer } from '../../http/server.ts';
import type { Certificate } from '../../http/tls.ts';
import { knownOrigins } from '../access/known-origins.ts';
import { serveAccess, type AccessParts } from './access/access-routes.ts';
import { serveDesktops, type DesktopParts } from './desktop.ts';
import { serveConsole } from './console/console-files.ts';
import { serveLive } from './live/live-stream.ts';
import { serveLink, type LinkServerParts } from './link-server.ts';
import type { Store } from '../store/store.ts';
import { serveSupervisor, type SupervisorParts } from './supervisor.ts';

/** The link, the desktops and the supervisor's API on one server that does not listen yet. */
export async function createServer(
  parts: LinkServerParts &
    DesktopParts &
    SupervisorParts &
    AccessParts & { certificate?: Certificate | undefined; peerSecret?: string | undefined },
): Promise<{ app: FastifyInstance; serve: Serve }> {
  const { certificate, config, log, peerSecret } = parts;
  const app = await createHttpServer({
    log,
    known: knownOrigins(config),
    certificate,
    trustedProxies: config.trustedProxies,
    peerSecret,
    bodyLimitBytes: config.bodyLimitBytes,
    messageLimitBytes: 262_144,
  });
  app.decorateRequest('caller', null);
  // Answers hold customers' data; no cache on the way or in a browser keeps them.
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
  answerWhenKept(app, parts.store);
  await serveLink(app, parts);
  serveDesktops(app, parts);
  const serve = await serveSupervisor(app, parts);
  await serveAccess(app, parts);
  serveLive(app, parts);
  serveConsole(app);
  return { app, serve };
}

/** Whoever asks for a change hears that it is done when it is kept; for a person on the line nobody waits. */
function answerWhenKept(app: FastifyInstance, store: Store): void {
  const { path } = linkOperations.requestAgent;
  app.addHook('onSend', ({ method, routeOptions }, reply, payload, done) => {
    const changes = method !== 'GET' && reply.statusCode < 400 && routeOptions.url !== path;
    const kept = changes ? store.kept() : null;
    if (kept === null) {
      done(null, payload);
      return;
    }
    kept.then(
      () => {
        done(null, payload);
      },
      (error: unknown) => {
        done(error as Error);
      },
    );
  });
}
