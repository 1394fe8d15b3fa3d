import { diagnosticOperations, type DaemonState } from '../../api/diagnostics.ts';
import type { Ocs } from '../../ocs/ocs.ts';
import { createOcsdMetrics, type ReadApi } from './metrics.ts';

/** Health and metrics beside the routes of OCS itself; before it listens. */
export function addDiagnostics(
  {
    app,
    clockSteps,
    ownToken,
    serve,
    storeHealth,
  }: Pick<Ocs, 'app' | 'clockSteps' | 'ownToken' | 'serve' | 'storeHealth'>,
  { clockSpeed }: { clockSpeed: number },
  draining: () => boolean,
): void {
  const read: ReadApi = async <T>(path: string) => {
    const headers = { host: 'localhost', authorization: `Bearer ${ownToken}` };
    return (await app.inject({ url: path, headers })).json<T>();
  };
  const metrics = createOcsdMetrics(app, read, { clockSpeed, clockSteps, storeHealth });
  serve(
    diagnosticOperations.health,
    (_request, reply) => {
      const trouble = storeHealth.trouble();
      const reasons = [
        ...(draining() ? ['the daemon is draining'] : []),
        ...(trouble === null ? [] : [`the database cannot be written: ${trouble}`]),
      ];
      const state: DaemonState = draining() ? 'draining' : trouble === null ? 'running' : 'degraded';
      reply.code(reasons.length > 0 ? 503 : 200);
      return {
        live: true,
        ready: reasons.length === 0,
        state,
        reasons,
      };
    },
    { open: true },
  );
  serve(diagnosticOperations.metrics, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.scrape()),
  );
}
