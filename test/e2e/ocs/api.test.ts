import { request as httpRequest } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { manualClock } from '../../../src/ocs/clock.ts';
import { createOcs } from '../../../src/ocs/ocs.ts';
import { startOfTest, openBench, type OcsBench } from '../../support/ocs/ocs.ts';
import { silentLog } from '../../support/silent-log.ts';

let bench: OcsBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});
const open = async (...options: Parameters<typeof openBench>) => (bench = await openBench(...options));
const definition = { name: 'c', list: 'l', mode: 'progressive' as const, group: 'sales' };

/** Status of a GET with headers that fetch would not let a caller set. */
function statusWith(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('loading a calling list', () => {
  const csv = 'record_id,phone,name\n1,5550101,Ada\nx,5550102,Ben\n3,call me,Cy\n4,5550101,Dee\n';

  it('loads nothing when a line is bad, and names all of them', async () => {
    const { api } = await open();
    const reply = await api<{ error: { code: string; lines: { line: number; field: string }[] } }>(
      'POST',
      '/campaigns',
      { definition, csv },
    );
    expect(reply.error.code).toBe('BAD_CSV');
    expect(reply.error.lines.map(({ line, field }) => [line, field])).toEqual([
      [3, 'record_id'],
      [4, 'phone'],
    ]);
    expect(await api('GET', '/campaigns')).toEqual({ campaigns: [] });
    expect(await api('GET', '/lists')).toEqual({ lists: [] });
  });

  it('loads the good lines when asked to skip the bad', async () => {
    const { api } = await open();
    const reply = await api<{ added: number; skipped: { line: number }[] }>('POST', '/campaigns', {
      definition,
      csv,
      skipBad: true,
    });
    expect(reply.added).toBe(1);
    expect(reply.skipped.map(({ line }) => line)).toEqual([3, 4, 5]);
  });

  it('needs a list, and a definition it can use', async () => {
    const { api } = await open();
    expect(await api('POST', '/campaigns', { definition })).toMatchObject({
      error: { code: 'BAD_ARGUMENT', field: 'definition.list' },
    });
    expect(
      await api('POST', '/campaigns', { definition: { ...definition, mode: 'power' }, csv: 'phone\n' }),
    ).toMatchObject({
      error: { code: 'BAD_ARGUMENT', field: 'definition.mode', found: 'power' },
    });
  });

  it('exports what it imported', async () => {
    const { api } = await open();
    const file =
      'record_id,chain_id,chain_n,phone,contact_info_type,record_type,record_status,call_result,attempt,' +
      'dial_sched_time,call_time,daily_from,daily_till,tz,campaign,agent_id,group,app,treatments,name,note\n' +
      '1,1,0,+12125550101,4,2,1,28,0,,,32400,61200,Europe/Berlin,,,,,{},Ada,"a ""b"",\nc"\n' +
      '2,7,1,5550102,0,3,1,6,2,1767600000,1767500000,,,,c,a1,sales,1,"{""6"":1}",Ben,\n';
    expect(await api('POST', '/lists/l/import', file)).toEqual({ added: 2, skipped: [] });
    const exported = await api<string>('GET', '/lists/l/export');
    expect(exported).toBe(file);
    expect(await api('POST', '/lists/copy/import', exported)).toEqual({ added: 2, skipped: [] });
    expect(await api('GET', '/lists/copy/export')).toBe(exported);
    expect(await api('POST', '/lists/l/import', file)).toMatchObject({ error: { code: 'BAD_CSV' } });
  });
});

describe('campaigns', () => {
  it('are unknown until loaded and cannot be changed while running', async () => {
    const { api, load, start } = await open();
    expect(await api('POST', '/campaigns/c/start')).toMatchObject({ error: { code: 'UNKNOWN_CAMPAIGN' } });
    await load(definition, 'phone\n5550101\n');
    expect(await start('c')).toMatchObject({ state: 'running' });
    expect(await api('POST', '/campaigns', { definition })).toMatchObject({
      error: { code: 'ILLEGAL_STATE' },
    });
    expect(await api('POST', '/campaigns/c/stop')).toMatchObject({ state: 'inactive' });
    expect(
      await api('POST', '/campaigns', { definition: { ...definition, mode: 'predictive' } }),
    ).toMatchObject({
      campaign: { mode: 'predictive', records: { total: 1 } },
    });
    expect(await api('POST', '/campaigns/c/unload')).toEqual({ name: 'c', state: 'not_loaded' });
  });

  it('stay stopped after a restart when configured so', async () => {
    const first = await open({ resumeCampaigns: false });
    await first.load(definition, 'phone\n5550101\n');
    await first.start('c');
    bench = await first.restart();
    expect(await bench.api('GET', '/campaigns/c')).toMatchObject({ state: 'inactive' });
  });

  it('explain their pacing', async () => {
    const { load, start, desktop, dialer, api } = await open();
    await load({ ...definition, mode: 'predictive' }, 'phone\n5550101\n5550102\n');
    await start('c');
    const agent = await desktop();
    await agent.login('a1', '2001');
    await agent.ask('Ready');
    await (await dialer()).pull();
    expect(await api('GET', '/campaigns/c')).toMatchObject({
      records: { total: 2, left: 2, byStatus: { Ready: 1, Retrieved: 1 } },
      calls: { leased: 1 },
      pacing: {
        rule: 'start_up',
        calls: 1,
        inputs: { readyAgents: 1, undecided: [] },
        explanation: '0 of 50 decided calls known, so progressive: M 1, 1 ready, 0 waiting, 0 dialling',
      },
    });
  });

  it('warn of an announcement that a dialler does not know', async () => {
    const { load, start, dialer, api, wire } = await open();
    await dialer('knows', { announcements: ['sorry', 'later'] });
    await dialer('lacks', { announcements: ['sorry'] });
    await dialer('silent on it');
    await load({ ...definition, announcement: 'later' }, 'phone\n5550101\n');
    const warnings = ['dialler lacks does not have announcement later'];
    expect(await start('c')).toMatchObject({ state: 'running', warnings });
    await dialer('lacks', { announcements: ['sorry', 'later'] });
    expect(await api('GET', '/campaigns/c')).toMatchObject({ warnings: [] });
    await dialer('lacks', { announcements: [] });
    wire.advance(30_001);
    expect(await api('GET', '/campaigns/c')).toMatchObject({ warnings: [] });
  });

  it('can have a single record cancelled', async () => {
    const { load, api } = await open();
    await load(definition, 'phone\n5550101\n');
    expect(await api('POST', '/records/1/cancel')).toMatchObject({ record_status: 5, call_result: 52 });
    expect(await api('POST', '/records/9/cancel')).toMatchObject({ error: { code: 'UNKNOWN_RECORD' } });
  });
});

describe('who may talk to OCS', () => {
  const token = (name: string) => `${name}-secret-of-16-or-more`;

  it('needs the token of its door', async () => {
    const { url } = await open({
      tokens: { api: token('api'), link: token('link'), desktop: token('desktop') },
    });
    const status = async (path: string, secret?: string) =>
      (
        await fetch(url + path, {
          headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
        })
      ).status;
    expect(await status('/api/v1/campaigns')).toBe(401);
    expect(await status('/api/v1/campaigns', token('link'))).toBe(401);
    expect(await status('/api/v1/campaigns', token('api'))).toBe(200);
    expect(await status('/link/v1/openapi.json', token('api'))).toBe(401);
    expect(await status('/link/v1/openapi.json', token('link'))).toBe(200);
    const desktop = await bench?.desktop();
    expect(await desktop?.login('a1', '2001')).toMatchObject({ GSW_ERROR: 'UNAUTHORIZED' });
    expect(
      await desktop?.ask('Login', {
        GSW_AGENT_ID: 'a1',
        GSW_EXTENSION: '2001',
        GSW_GROUP: 'g',
        GSW_TOKEN: token('desktop'),
      }),
    ).toMatchObject({ GSW_USER_EVENT: 'LoginAcknowledge' });
  });

  it('is no page of another origin and comes by a known name', async () => {
    const { url } = await open({
      allowedOrigins: ['https://desk.example.com'],
      allowedHosts: ['ocs.example.com'],
    });
    const path = `${url}/api/v1/campaigns`;
    expect(await statusWith(path, {})).toBe(200);
    expect(await statusWith(path, { origin: 'https://evil.example.net' })).toBe(401);
    expect(await statusWith(path, { origin: 'https://desk.example.com' })).toBe(200);
    expect(await statusWith(path, { host: 'evil.example.net' })).toBe(401);
    expect(await statusWith(path, { host: 'ocs.example.com:8080' })).toBe(200);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`, {
      origin: 'https://evil.example.net',
    });
    const failure = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(failure.message).toContain('401');
  });

  it('sends no more than the limit and nothing but JSON', async () => {
    const { url } = await open({ bodyLimitBytes: 65_536 });
    const post = (body: string) =>
      fetch(`${url}/link/v1/register`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    const tooLarge = await post(JSON.stringify({ dialerId: 'x'.repeat(70_000) }));
    expect([tooLarge.status, await tooLarge.json()]).toMatchObject([413, { error: { code: 'BAD_MESSAGE' } }]);
    const broken = await post('{');
    expect([broken.status, await broken.json()]).toMatchObject([422, { error: { code: 'BAD_MESSAGE' } }]);
    const nowhere = await fetch(`${url}/link/v2/pull`);
    expect([nowhere.status, await nowhere.json()]).toMatchObject([404, { error: { field: 'url' } }]);
  });
});

it('serves the OpenAPI document of the link', async () => {
  const { url } = await open();
  const document = (await (await fetch(`${url}/link/v1/openapi.json`)).json()) as {
    openapi: string;
    paths: object;
    components: { schemas: Record<string, { properties: object }> };
  };
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual([
    '/link/v1/register',
    '/link/v1/pull',
    '/link/v1/reports',
    '/link/v1/agent-requests',
    '/link/v1/live',
    '/link/v1/recording',
  ]);
  expect(Object.keys(document.components.schemas.PullRequest?.properties ?? {})).toContain('active');
  const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
    (found) => found[1],
  );
  for (const name of references) expect(document.components.schemas).toHaveProperty(name ?? '');
});

describe('start and stop', () => {
  it('can be called twice and overlap; a waiting poll is answered', async () => {
    const { ocs, dialer, api } = await open();
    await Promise.all([ocs.start(), ocs.start()]);
    const client = await dialer();
    const poll = client.pull({ waitMs: 20_000, free: 7 });
    for (let free = 0; free !== 7;) {
      [{ free = 0 } = { free: 0 }] = (
        await api<{ diallers: { free: number }[] }>('GET', '/diallers')
      ).diallers;
    }
    await Promise.all([ocs.stop(), ocs.stop()]);
    await ocs.stop();
    expect(await poll).toEqual({ requests: [], commands: [] });
  });

  it('says what is wrong with a database or a port', async () => {
    const { url } = await open();
    const folder = mkdtempSync(join(tmpdir(), 'ocs-bad-'));
    const create = (database: string) =>
      createOcs({ database, clock: manualClock(), wireClock: manualClock(), log: silentLog });
    await expect(create(join(folder, 'none', 'ocs.db'))).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    writeFileSync(join(folder, 'text.db'), 'this is no database, it only looks like a file of some length');
    await expect(create(join(folder, 'text.db'))).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    const second = await create(join(folder, 'ocs.db'));
    await expect(second.listen({ port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    await second.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('the Do Not Call list', () => {
  const numbering = { countryCode: '1', nationalPrefix: '', internationalPrefix: '011' };

  it('is loaded from a file, with what is known already counted once', async () => {
    const { api } = await open({ numbering });
    await api('POST', '/dnc', { phone: '+12125550100' });
    const csv = 'phone,customer_id,message,source\n212-555-0100,,by letter,x\n2125550101,K1,,x\n,K1,,x\n';
    expect(await api('POST', '/dnc/import', csv)).toEqual({
      batch: new Date(startOfTest).toISOString(),
      entries: 3,
      added: 2,
      numbers: 1,
      customers: 1,
      skipped: [],
    });
    expect(await api('GET', '/dnc?phone=%2B12125550101')).toMatchObject({
      listed: true,
      entries: [{ phone: '2125550101', customerId: null }],
    });
    expect(await api('GET', '/dnc?customerId=K1&phone=12125550100')).toMatchObject({
      entries: [{ phone: '+12125550100', message: null }, { customerId: 'K1' }],
    });
    expect(await api('GET', '/dnc?phone=12125550199')).toEqual({ listed: false, entries: [] });
  });

  it('names all bad lines and loads nothing, or the good ones', async () => {
    const { api } = await open();
    const csv = 'phone,message,created_at\n5550101,ok,\ncall me,,\n,nobody,\n5550104,,soon\n5550105\n';
    const reply = await api<{ error: { code: string; lines: { line: number; field: string }[] } }>(
      'POST',
      '/dnc/import',
      csv,
    );
    expect(reply.error.code).toBe('BAD_CSV');
    const bad = [
      [3, 'phone'],
      [4, 'phone'],
      [5, 'created_at'],
      [6, 'line'],
    ];
    expect(reply.error.lines.map(({ line, field }) => [line, field])).toEqual(bad);
    expect(await api('GET', '/dnc?phone=5550101')).toMatchObject({ listed: false });
    const skipped = await api<{ added: number; skipped: unknown[] }>('POST', '/dnc/import?skipBad=1', csv);
    expect([skipped.added, skipped.skipped.length]).toEqual([1, 4]);
    expect(await api('GET', '/dnc?phone=5550101')).toMatchObject({ listed: true });
    expect(await api('POST', '/dnc/import', 'number\n5550101\n')).toMatchObject({
      error: { code: 'BAD_CSV', field: 'header' },
    });
  });

  it('is exported as it can be imported, and lets one go', async () => {
    const { api } = await open({ numbering });
    const csv =
      'phone,customer_id,message,campaign,list,created_at\n' +
      '+12125550100,,"by ""letter""\nand phone",spring,l,1767600000\n' +
      ',K1,,,,1767600001\n';
    await api('POST', '/dnc/import', csv);
    expect(await api('GET', '/dnc/export')).toBe(csv);
    expect(await api('DELETE', '/dnc?phone=2125550100')).toEqual({ removed: 1 });
    expect(await api('DELETE', '/dnc?phone=2125550100')).toEqual({ removed: 0 });
    expect(await api('GET', '/dnc?phone=2125550100')).toMatchObject({ listed: false });
    expect(await api('GET', '/dnc/export')).not.toContain('555');
    expect(await api('DELETE', '/dnc')).toMatchObject({ error: { code: 'BAD_ARGUMENT', field: 'phone' } });
    expect(await api('GET', '/dnc?phone=x')).toMatchObject({ error: { code: 'BAD_ARGUMENT' } });
  });
});
