import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Ocs } from '../../ocs/ocs.ts';
import { ownerHelp } from '../../ocs/nodes/standby.ts';
import type { CampaignStatus } from '../../api/campaigns.ts';

/** Reads one of the supervisor's addresses in this process. */
export type ReadApi = <T>(path: string) => Promise<T>;

export interface OcsdMetrics {
  contentType: string;
  /** The text of one scrape. */
  scrape(): Promise<string>;
}

/**
 * Prometheus metrics of ocsd: requests as they are answered; campaigns, agents and diallers as the supervisor's
 * API tells them at each scrape. Must be made before the server is ready.
 */
export function createOcsdMetrics(
  app: FastifyInstance,
  read: ReadApi,
  { clockSpeed, clockSteps, storeHealth }: { clockSpeed: number } & Pick<Ocs, 'clockSteps' | 'storeHealth'>,
): OcsdMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'ocsd_clock_speed',
    help: 'Speed of the clock; 1 except in demonstrations.',
    registers,
  }).set(clockSpeed);

  // One that stands by says 0 (standby.ts).
  new Gauge({ name: 'ocsd_owner', help: ownerHelp, registers }).set(1);

  new Counter({
    name: 'ocsd_clock_steps_total',
    help: "How often the machine's clock was put ahead or back.",
    labelNames: ['direction'],
    registers,
    collect() {
      this.reset();
      for (const [direction, steps] of Object.entries(clockSteps())) this.inc({ direction }, steps);
    },
  });
  new Gauge({
    name: 'ocsd_store_writable',
    help: '1 when the database can be written, 0 when it cannot.',
    registers,
    collect() {
      this.set(storeHealth.trouble() === null ? 1 : 0);
    },
  });
  new Counter({
    name: 'ocsd_store_errors_total',
    help: 'Failures of the database.',
    registers,
    collect() {
      this.reset();
      this.inc(storeHealth.errors());
    },
  });
  new Counter({
    name: 'ocsd_wrong_tokens_total',
    help: 'Requests and logins with a wrong token or none.',
    registers,
    collect() {
      this.reset();
      this.inc(app.tokenWatch.total());
    },
  });
  const requests = new Counter({
    name: 'ocsd_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the address: one label for all attempts and records.
    const route = request.routeOptions.url ?? 'none';
    if (!isOwn(request)) requests.inc({ method: request.method, route, status: String(reply.statusCode) });
    done();
  });

  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  const left = gauge('ocsd_records_left', 'Records still to be dialled, by campaign.', ['campaign']);
  const calls = gauge('ocsd_calls', 'Calls now, by campaign and phase.', ['campaign', 'phase']);
  const attempts = gauge('ocsd_attempts', 'Attempts ended, by campaign and result.', ['campaign', 'result']);
  const abandoned = gauge('ocsd_abandoned_ratio', 'Abandoned share of live calls within abandonedWindow.', [
    'campaign',
  ]);
  const agents = gauge('ocsd_agents', 'Agents logged in, by group and state.', ['group', 'state']);
  const dialers = gauge('ocsd_diallers', 'Diallers heard from within their lease.', []);

  const refresh = async () => {
    const [{ campaigns }, people, known] = await Promise.all([
      read<{ campaigns: CampaignStatus[] }>('/api/v1/campaigns'),
      read<{ agents: { group: string; state: string }[] }>('/api/v1/agents'),
      read<{ diallers: { lost: boolean }[] }>('/api/v1/diallers'),
    ]);
    for (const each of [left, calls, attempts, abandoned, agents]) each.reset();
    for (const status of campaigns) {
      const campaign = status.name;
      left.set({ campaign }, status.records.left);
      for (const [phase, count] of Object.entries(status.calls)) calls.set({ campaign, phase }, count);
      for (const [result, count] of Object.entries(status.results)) attempts.set({ campaign, result }, count);
      if (status.abandonedRatePct !== null) abandoned.set({ campaign }, status.abandonedRatePct / 100);
    }
    for (const { group, state } of people.agents) agents.inc({ group, state });
    dialers.set(known.diallers.filter(({ lost }) => !lost).length);
  };
  return {
    contentType: registry.contentType,
    scrape: async () => {
      await refresh();
      return registry.metrics();
    },
  };
}

/** A request that the metrics themselves put to the server; `inject` names itself so. */
function isOwn(request: FastifyRequest): boolean {
  return request.headers['user-agent'] === 'lightMyRequest';
}
