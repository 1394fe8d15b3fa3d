import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { accessApi } from '../../../src/api/access.ts';
import { adminApi } from '../../../src/api/admin.ts';
import { linkApi } from '../../../src/api/link.ts';
import type { Api } from '../../../src/api/operation.ts';
import { supervisorApi } from '../../../src/api/supervisor.ts';
import { createAdminServer, type AdminSource } from '../../../src/daemon/cpdd/admin-server.ts';
import { addDiagnostics } from '../../../src/daemon/ocsd/diagnostics.ts';
import { manualClock } from '../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { routesOf } from '../../support/routes.ts';
import { silentLog } from '../../support/silent-log.ts';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId?: string; requestBody?: { required?: boolean } }>>;
  components: { schemas: Record<string, object> };
}

let ocs: Ocs | null = null;
let admin: FastifyInstance | null = null;
afterEach(async () => {
  await ocs?.stop();
  await admin?.close();
  ocs = admin = null;
});

/** The server of ocsd, with what the daemon adds to it. */
async function ocsdServer(): Promise<FastifyInstance> {
  ocs = await createOcs({
    database: ':memory:',
    clock: manualClock(0),
    wireClock: manualClock(0),
    log: silentLog,
  });
  addDiagnostics(ocs, { clockSpeed: 1 }, () => false);
  await ocs.start();
  return ocs.app;
}

async function adminServer(): Promise<FastifyInstance> {
  // Its routes are looked at; none is asked.
  const source = {
    status: () => ({ version: 'test', dialerId: 'd', upMs: 0, dialer: null }),
    metrics: new Registry(),
    log: silentLog,
  } as unknown as AdminSource;
  admin = await createAdminServer(source, { host: '127.0.0.1', token: undefined });
  await admin.ready();
  return admin;
}

async function documentOf(app: FastifyInstance, api: Api): Promise<Document> {
  const reply = await app.inject({ url: api.document, headers: { host: 'localhost' } });
  expect(reply.statusCode).toBe(200);
  return reply.json<Document>();
}

function operationsOf(document: Document): string[] {
  return Object.entries(document.paths)
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    .sort();
}

describe('the routes of each server', () => {
  it('of ocsd are those of its three documents, the documents themselves, the desktop, the live stream and the console', async () => {
    const app = await ocsdServer();
    const documents = await Promise.all(
      [linkApi, supervisorApi, accessApi].map((api) => documentOf(app, api)),
    );
    expect(routesOf(app)).toEqual(
      [
        ...documents.flatMap(operationsOf),
        'GET /link/v1/openapi.json',
        'GET /api/v1/openapi.json',
        'GET /api/v1/access/openapi.json',
        'GET /desktop/v1',
        'GET /live/v1',
        'GET /console',
        'GET /console/*',
      ].sort(),
    );
  });

  it('of cpdd are those of its document, and the document itself', async () => {
    const app = await adminServer();
    const document = await documentOf(app, adminApi);
    expect(routesOf(app)).toEqual([...operationsOf(document), 'GET /admin/v1/openapi.json'].sort());
  });
});

describe.each([
  ['link', linkApi, ocsdServer],
  ['supervisor', supervisorApi, ocsdServer],
  ['access', accessApi, ocsdServer],
  ['admin', adminApi, adminServer],
] as const)('the document of the %s API', (_name, api, open) => {
  it('says of every operation that takes a body that it needs one, and of no other', async () => {
    const document = await documentOf(await open(), api);
    const documented = Object.values(document.paths).flatMap((operations) => Object.values(operations));
    const needs = documented.map(({ operationId, requestBody }) => [
      operationId,
      requestBody === undefined ? 'no body' : requestBody.required,
    ]);
    expect(Object.fromEntries(needs)).toEqual(
      Object.fromEntries(
        Object.entries(api.operations).map(([id, { body }]) => [id, body === undefined ? 'no body' : true]),
      ),
    );
  });

  it('names each of its schemas, and only what is there', async () => {
    const document = await documentOf(await open(), api);
    expect(document.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
    const named = new Set(references.map((found) => found[1]));
    expect([...named].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });
});
