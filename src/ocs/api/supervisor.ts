import type { FastifyInstance } from 'fastify';
import { supervisorApi, supervisorOperations } from '../../api/supervisor.ts';
import { serveApi, type Serve } from '../../http/serve.ts';
import type { Access } from '../access/access.ts';
import type { OcsConfig } from '../config.ts';
import { createAudited } from './access/audited.ts';
import { createBefore } from './access/before.ts';
import { guardApi } from './access/guard.ts';
import { serveAttempts, type AttemptParts } from './attempt-routes.ts';
import { serveCampaigns, type CampaignParts } from './campaign-routes.ts';
import { serveDesk, type DeskParts } from './console/desk-routes.ts';
import { serveDoNotCall, type DoNotCallParts } from './dnc-routes.ts';
import { serveLists, type ListParts } from './list-routes.ts';
import { servePresence, type PresenceParts } from './presence-routes.ts';
import { serveRecords, type RecordParts } from './record-routes.ts';

export interface SupervisorParts
  extends CampaignParts, DeskParts, ListParts, RecordParts, PresenceParts, DoNotCallParts, AttemptParts {
  access: Access;
  config: OcsConfig;
  version: string;
}

/** What a supervisor, `cpdctl` and the console ask. */
export async function serveSupervisor(app: FastifyInstance, parts: SupervisorParts): Promise<Serve> {
  const { access, campaigns, config, store, version } = parts;
  // As it comes in: a list can be larger than what should be in memory at once.
  app.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { bodyLimit: config.listLimitBytes },
    (_request, body, done) => {
      done(null, body);
    },
  );
  const serve = await serveApi(app, supervisorApi, {
    guard: guardApi(access, app.tokenWatch, 'openapi'),
    carryOut: createAudited(parts, createBefore(parts)),
    softwareVersion: version,
  });
  serve(supervisorOperations.getVersion, () => ({ version }));
  serve(supervisorOperations.listNodes, async () => {
    const { units, ...site } = await store.site();
    const groups = [...new Set(campaigns.all().map(({ definition }) => definition.group ?? ''))];
    // There is one unit yet, with all that is loaded.
    const known = groups.filter((group) => group !== '').sort();
    return { ...site, units: units.map((unit) => ({ ...unit, groups: known })) };
  });
  serveCampaigns(serve, parts);
  serveLists(serve, parts);
  serveRecords(serve, parts);
  serveAttempts(serve, parts);
  servePresence(serve, parts);
  serveDesk(serve, parts);
  serveDoNotCall(serve, parts);
  return serve;
}
