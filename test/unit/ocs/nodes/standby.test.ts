import { once } from 'node:events';
import { createServer, type IncomingMessage, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Peer } from '../../../../src/http/forward.ts';
import { cameFrom } from '../../../../src/http/peers.ts';
import { createHttpServer } from '../../../../src/http/server.ts';
import { createStandby, type Standby } from '../../../../src/ocs/nodes/standby.ts';
import { certificates } from '../../../support/certificates.ts';
import { silentLog } from '../../../support/silent-log.ts';

const known = { allowedHosts: ['ocs.test'], allowedOrigins: [], ownPages: true };
const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Heard {
  ip: string;
  from: string;
  host: string | undefined;
  protocol: string;
  body: string;
}

/** The one that owns the campaigns; it answers with what it heard. */
async function startOwner(options: Partial<Parameters<typeof createHttpServer>[0]> = {}): Promise<string> {
  const app = await createHttpServer({
    log: silentLog,
    known: { allowedHosts: [], allowedOrigins: [], ownPages: true },
    peerSecret: 'secret of the owner',
    messageLimitBytes: 1_000,
    ...options,
  });
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.all<{ Body: string | undefined }>('/heard', (request): Heard => ({
    ip: request.ip,
    from: cameFrom(request.raw),
    host: request.headers.host,
    protocol: request.protocol,
    body: request.body ?? '',
  }));
  app.get('/echo', { websocket: true }, (socket, request) => {
    socket.on('message', (data: Buffer) => {
      socket.send(`${request.ip} ${data.toString()}`);
    });
  });
  ended.push(() => app.close());
  return listen(app);
}

function listen(app: FastifyInstance): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function startStandby(trustedProxies: string[] = []): Promise<Standby & { url: string }> {
  const standby = await createStandby({ known, trustedProxies, log: silentLog });
  ended.push(() => standby.close());
  return { ...standby, url: await standby.listen({ host: '127.0.0.1', port: 0 }) };
}

const peer = (address: string, more: Partial<Peer> = {}) => ({
  address,
  url: address,
  secret: 'secret of the owner',
  certificate: null,
  ...more,
});

/** fetch does not let a caller choose these headers. */
async function put(
  url: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; json: unknown }> {
  const asked = ask(`${url}/heard`, { method: 'POST', headers, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, json: JSON.parse(text) };
}

describe('a node that stands by', () => {
  it('hands on what it is asked, with who asks', async () => {
    const standby = await startStandby();
    standby.see(peer(await startOwner()), 'another one owns the campaigns');
    const headers = { 'content-type': 'text/csv', host: 'ocs.test', 'x-forwarded-for': '192.0.2.9' };
    expect(await put(standby.url, headers, 'phone\n1\n')).toEqual({
      status: 200,
      json: { ip: '127.0.0.1', from: '127.0.0.1', host: 'ocs.test', protocol: 'http', body: 'phone\n1\n' },
    });
  });

  it('hands on what a proxy says of its client, where proxies are trusted by both', async () => {
    const standby = await startStandby(['127.0.0.1']);
    standby.see(peer(await startOwner({ trustedProxies: ['127.0.0.1'] })), '');
    const said = { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'https', host: 'ocs.test' };
    expect((await put(standby.url, said)).json).toMatchObject({
      ip: '192.0.2.9',
      from: '127.0.0.1',
      protocol: 'https',
    });
  });

  it('refuses a name that is not its own, also where a socket is asked for', async () => {
    const standby = await startStandby();
    standby.see(peer(await startOwner()), '');
    expect((await put(standby.url, { host: 'evil.test' })).status).toBe(401);
    const socket = new WebSocket(`${standby.url.replace('http', 'ws')}/echo`, {
      headers: { host: 'evil.test' },
    });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(401);
  });

  it('hands on sockets, and ends them when another one owns the campaigns', async () => {
    const standby = await startStandby();
    standby.see(peer(await startOwner()), '');
    const socket = new WebSocket(`${standby.url.replace('http', 'ws')}/echo`, {
      headers: { host: 'ocs.test' },
    });
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('127.0.0.1 hello');
    const closed = once(socket, 'close');
    standby.see(peer(await startOwner()), '');
    await closed;
  });

  it('says that nobody can answer: while there is no owner, and when that is gone', async () => {
    const standby = await startStandby();
    const refused = { status: 503, json: { error: { code: 'STANDING_BY' } } };
    expect(await put(standby.url, {})).toMatchObject(refused);
    standby.see(null, 'PostgreSQL does not answer');
    const health = await fetch(`${standby.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([
      503,
      { live: true, ready: false, state: 'standby', reasons: ['PostgreSQL does not answer'], notes: [] },
    ]);
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    gone.close();
    standby.see(peer(`http://127.0.0.1:${String(port)}`), '');
    expect(await put(standby.url, {})).toMatchObject(refused);
    const socket = new WebSocket(`${standby.url.replace('http', 'ws')}/echo`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(503);
  });

  it('sends nothing in a circle', async () => {
    const one = await startStandby();
    const two = await startStandby();
    one.see(peer(two.url), '');
    two.see(peer(one.url), '');
    expect(await put(one.url, {})).toMatchObject({ status: 503, json: { error: { code: 'STANDING_BY' } } });
  });

  it('trusts the very certificate that the owner shows, and no other one', async () => {
    const { one, two } = certificates;
    const owner = await startOwner({ certificate: one });
    const standby = await startStandby();
    standby.see(peer(owner, { certificate: one.cert }), '');
    expect((await put(standby.url, {})).status).toBe(200);
    standby.see(peer(owner, { certificate: two.cert }), '');
    expect((await put(standby.url, {})).status).toBe(503);
  });
});

describe('the owner', () => {
  it('believes nobody who does not know its secret, also at the address of one who does', async () => {
    const owner = await startOwner();
    const standby = await startStandby();
    standby.see(peer(owner), '');
    await put(standby.url, {});
    const lie = { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-host': 'localhost' };
    expect((await put(owner, lie)).json).toMatchObject({ ip: '127.0.0.1', from: '127.0.0.1' });
    expect((await put(owner, { ...lie, 'x-site-peer': 'a guess' })).json).toMatchObject({ ip: '127.0.0.1' });
    expect((await put(owner, { ...lie, 'x-site-peer': 'a guess', host: 'evil.test' })).status).toBe(401);
  });
});
