import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { afterAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { once } from 'node:events';
import { addressOf, killAll, scratch, startDaemon } from './programs.ts';

afterAll(killAll);

const config = `dialerId: sim
ocs: {url: 'http://127.0.0.1:9'}
board:
  driver: sim
  trunks: [{kind: isdn, channels: 4}]
  clock: {speed: 20}
  world: {unlisted: busy}
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
drain: {timeoutMs: 20000, flushMs: 200}
`;

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, unknown> }> }>>;
}

/** Objects have no other fields than those that are described, unless their description says so. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const open = inner['properties'] !== undefined && inner['additionalProperties'] === undefined;
  return open ? { ...inner, additionalProperties: false } : inner;
}

/** Asks a server, and compares each answer with what its document says of the operation and the status. */
async function checkedServer(server: string, documentPath: string) {
  const document = (await (await fetch(server + documentPath)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(closed(document) as AnySchemaObject, 'document');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method,
      path,
      name: `${method.toUpperCase()} ${path}`,
      fits: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    })),
  );
  const succeeded = new Set<string>();

  const check = (where: (string | number)[], answer: unknown) => {
    const pointer = where.map((part) =>
      encodeURIComponent(String(part).replace(/~/g, '~0').replace(/\//g, '~1')),
    );
    const validate = ajv.compile({ $ref: `document#/${pointer.join('/')}/schema` });
    expect([validate(answer), validate.errors], where.join(' ')).toEqual([true, null]);
  };
  const ask = async <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json';
    const reply = await fetch(server + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    const [plain = ''] = path.split('?');
    const operation = operations
      .filter((each) => each.method.toUpperCase() === method && each.fits.test(plain))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
    if (operation === undefined) throw new Error(`${method} ${path} is in no document`);
    if (reply.ok) succeeded.add(operation.name);
    const text = await reply.text();
    const [media = ''] = (reply.headers.get('content-type') ?? '').split(';');
    const answers =
      media === 'application/json'
        ? [JSON.parse(text) as unknown]
        : media === 'application/x-ndjson'
          ? text
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as unknown)
          : [text];
    const where = ['paths', operation.path, operation.method, 'responses', reply.status, 'content', media];
    for (const answer of answers) check(where, answer);
    return answers[0] as T;
  };
  return { ask, unasked: () => operations.map(({ name }) => name).filter((name) => !succeeded.has(name)) };
}

async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const definition = {
  name: 'spring',
  list: 'customers',
  mode: 'progressive',
  group: 'sales',
  handoff: { kind: 'destination', extension: '8000' },
  dailyWindow: { from: '00:00', till: '24:00' },
  treatments: [{ result: 'Busy', retryMinutes: 30, retries: 3 }],
  pacing: { maxInFlight: 4 },
};

it('answers as its documents say: ocsd to supervisors and diallers, cpdd to its admin', async () => {
  const folder = scratch({ 'ocsd.yaml': 'listen: {port: 0}\n', 'cpdd.yaml': config });
  const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  const ocsUrl = await addressOf(ocsd, 'url');
  const cpdd = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), '--ocs-url', ocsUrl]);
  const adminUrl = await addressOf(cpdd, 'admin');
  const api = await checkedServer(ocsUrl, '/api/v1/openapi.json');
  const link = await checkedServer(ocsUrl, '/link/v1/openapi.json');
  const admin = await checkedServer(adminUrl, '/admin/v1/openapi.json');

  // An agent, so that calls are started.
  const desktop = new WebSocket(`${ocsUrl.replace('http', 'ws')}/desktop/v1`);
  await once(desktop, 'open');
  const tell = async (message: object) => {
    desktop.send(JSON.stringify(message));
    await once(desktop, 'message');
  };
  await tell({ GSW_AGENT_REQ_TYPE: 'Login', GSW_AGENT_ID: 'a', GSW_EXTENSION: '2001', GSW_GROUP: 'sales' });
  await tell({ GSW_AGENT_REQ_TYPE: 'Ready' });

  const { ask } = api;
  const csv = 'record_id,phone,name\n1,+12125550101,Ada\n2,+12125550102,Bob\n';
  await ask('POST', '/api/v1/campaigns', { definition, csv: 'phone\nnobody\n' });
  await ask('POST', '/api/v1/campaigns', { definition: {} });
  await ask('POST', '/api/v1/campaigns');
  await ask('POST', '/api/v1/campaigns', { definition, csv });
  await ask('POST', '/api/v1/campaigns/spring/start');
  interface Attempts {
    attempts: { attempt_id: string; evidence: unknown; record_handle: number }[];
  }
  const { attempts } = await until(
    () => ask<Attempts>('GET', '/api/v1/attempts?open=0'),
    (found) => found.attempts.some(({ evidence }) => evidence !== null),
  );
  await ask('GET', '/api/v1/attempts?limit=0');
  await ask('GET', `/api/v1/attempts/${String(attempts[0]?.attempt_id)}`);
  await ask('GET', '/api/v1/attempts/none');
  await ask('PUT', `/api/v1/attempts/${String(attempts[0]?.attempt_id)}/label`, { was: 'machine' });
  await ask('PUT', '/api/v1/attempts/none/label', { was: 'machine' });
  await ask('GET', `/api/v1/attempts/${String(attempts[0]?.attempt_id)}/recording`);
  await ask('GET', '/api/v1/attempts/none/recording');
  await ask('GET', '/api/v1/labels');
  await ask('GET', `/api/v1/records/${String(attempts[0]?.record_handle)}`);
  await ask('GET', '/api/v1/records/99');
  await ask('POST', '/api/v1/records/1/cancel');
  await ask('GET', '/api/v1/campaigns');
  await ask('GET', '/api/v1/campaigns/spring');
  await ask('GET', '/api/v1/campaigns/none');
  await ask('GET', '/api/v1/campaigns/spring/definition');
  await ask('GET', '/api/v1/campaigns/spring/due');
  await ask('POST', '/api/v1/campaigns', { definition });
  await ask('GET', '/api/v1/agents');
  await ask('GET', '/api/v1/nodes');
  await ask('GET', '/api/v1/agents/a/day');
  await ask('POST', '/api/v1/agents/a/not-ready', { reason: 'Meeting' });
  await ask('POST', '/api/v1/agents/none/not-ready');
  await ask('POST', '/api/v1/agents/a/log-out');
  await ask('GET', '/api/v1/diallers');
  await ask('GET', '/api/v1/version');
  await ask('GET', '/api/v1/lists');
  await ask('POST', '/api/v1/lists/more/import?skipBad=1', 'phone\n+12125550103\nx\n');
  await ask('POST', '/api/v1/lists/more/import', 'phone\nx\n');
  await ask('GET', '/api/v1/lists/more/import');
  await ask('GET', '/api/v1/lists/more/export');
  await ask('GET', '/api/v1/lists/none/export');
  await ask('POST', '/api/v1/dnc', { phone: '+12125550109', customerId: 'c-1' });
  await ask('POST', '/api/v1/dnc', {});
  await ask('GET', '/api/v1/dnc?customerId=c-1');
  await ask('DELETE', '/api/v1/dnc?customerId=c-1');
  await ask('POST', '/api/v1/dnc/import?batch=b', 'phone\n+12125550110\n');
  await ask('POST', '/api/v1/dnc/import?dryRun=1&skipBad=1', 'phone\n+12125550111\nx\n');
  await ask('GET', '/api/v1/dnc/import');
  await ask('GET', '/api/v1/dnc/batches');
  await ask('DELETE', '/api/v1/dnc/batches/b');
  await ask('GET', '/api/v1/dnc/export');
  await ask('GET', '/healthz');
  await ask('GET', '/metrics');

  await admin.ask('POST', '/admin/v1/test-calls', { number: '+12125550100' });
  await admin.ask('POST', '/admin/v1/test-calls', { number: 'nobody' });
  await admin.ask('POST', '/admin/v1/test-calls');
  const { recent } = await admin.ask<{ recent: { attemptId: string }[] }>('GET', '/admin/v1/calls');
  await admin.ask('GET', `/admin/v1/calls/${String(recent[0]?.attemptId)}`);
  await admin.ask('GET', '/admin/v1/calls/none');
  for (const path of ['status', 'boards', 'channels', 'log', 'board/inventory?channel=1', 'board/all']) {
    await admin.ask('GET', `/admin/v1/${path}`);
  }
  await admin.ask('PUT', '/admin/v1/log-level', { level: 'warn' });
  await admin.ask('PUT', '/admin/v1/log-level', { level: 'loud' });
  await until(
    () => admin.ask<{ ready: boolean }>('GET', '/healthz'),
    ({ ready }) => ready,
  );
  await admin.ask('GET', '/metrics');

  await ask('POST', '/api/v1/campaigns/spring/stop');
  const about = {
    dialerId: 'by-hand',
    linkVersion: 1,
    softwareVersion: '0',
    boards: [],
    capabilities: { handoff: ['destination'], plans: ['US'], modes: ['telephony_preset'] },
  };
  const { sessionId } = await link.ask<{ sessionId: string }>('POST', '/link/v1/register', about);
  await link.ask('POST', '/link/v1/register', { ...about, journalId: 'another' });
  const session = { dialerId: 'by-hand', sessionId };
  const pull = { free: 1, channels: { inService: 1, busy: 0 }, waitMs: 0, active: [] };
  await ask('POST', '/api/v1/campaigns', {
    definition: { ...definition, name: 'summer', list: 'more', mode: 'predictive' },
  });
  await ask('POST', '/api/v1/campaigns/summer/start');
  await link.ask('POST', '/link/v1/pull', { ...session, ...pull });
  await link.ask('POST', '/link/v1/pull', { ...session, ...pull, sessionId: 'none' });
  await link.ask('POST', '/link/v1/pull');
  const report = { attemptId: 'none', seq: 1, kind: 'accepted' };
  await link.ask('POST', '/link/v1/live', { ...session, seq: 1, board: 'ok', channels: [], heard: [] });
  const noRecording = { requestId: 'none', muLaw: null, reason: 'none' };
  await link.ask('POST', '/link/v1/recording', { ...session, ...noRecording });
  await link.ask('POST', '/link/v1/reports', { ...session, reports: [report] });
  await link.ask('POST', '/link/v1/agent-requests', { ...session, attemptId: 'none' });
  await ask('POST', '/api/v1/campaigns/spring/unload?force=1');

  // Of an attempt of its own a dialler by hand has none here; test/e2e/ocs/link.test.ts asks for agents.
  expect(link.unasked()).toEqual(['POST /link/v1/agent-requests']);
  // Nothing is recorded here, and a desk is for the session of an agent only; see recordings.test.ts and
  // desk-routes.test.ts in test/unit/ocs/api.
  expect(api.unasked()).toEqual([
    'GET /api/v1/attempts/{id}/recording',
    'GET /api/v1/desk',
    'GET /api/v1/desk/history',
  ]);
  expect(admin.unasked()).toEqual([]);
  desktop.close();
  for (const daemon of [cpdd, ocsd]) daemon.signal('SIGTERM');
  await Promise.all([cpdd.ended, ocsd.ended]);
  folder.remove();
});
