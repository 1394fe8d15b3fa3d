import { once } from 'node:events';
import { createServer, type IncomingMessage, request as ask } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { freePort } from '../../../../src/demo/processes.ts';
import type { Peer } from '../../../../src/http/forward.ts';
import { cameFrom } from '../../../../src/http/peers.ts';
import { createHttpServer } from '../../../../src/http/server.ts';
import { createStandby, type Standby } from '../../../../src/ocs/nodes/standby.ts';
import type { Certificate } from '../../../../src/http/tls.ts';
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
async function startOwner(
  options: Partial<Parameters<typeof createHttpServer>[0]> = {},
  hear: (line: string, headers: object) => void = () => undefined,
): Promise<string> {
  const app = await createHttpServer({
    log: silentLog,
    known: { allowedHosts: [], allowedOrigins: [], ownPages: true },
    peerSecret: 'secret of the owner',
    messageLimitBytes: 1_000,
    ...options,
  });
  app.addHook('onRequest', (request, _reply, done) => {
    hear(`${request.method} ${request.url}`, request.headers);
    done();
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
  host: null,
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

  it.each(['DELETE', 'OPTIONS', 'GET', 'POST'])(
    'frames the body of a %s anew: nothing of it is taken for another request',
    async (method) => {
      const heard: string[] = [];
      const owner = await startOwner({}, (line) => heard.push(line));
      const standby = await startStandby();
      standby.see(peer(owner), '');
      const { port } = new URL(standby.url);
      for (const hidden of [
        'POST /stolen HTTP/1.1\r\nX-A: ',
        'GET /stolen HTTP/1.1\r\nHost: localhost\r\n\r\n',
      ]) {
        const socket = connect(Number(port), '127.0.0.1');
        socket.write(
          `${method} /heard HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n` +
            `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
        );
        await once(socket, 'data');
        socket.destroy();
        expect((await put(standby.url, { 'content-type': 'text/csv' }, 'mine')).json).toMatchObject({
          body: 'mine',
        });
      }
      expect(heard).toEqual([`${method} /heard`, 'POST /heard', `${method} /heard`, 'POST /heard']);
    },
  );

  it('hands on nothing that is a matter of the connection', async () => {
    const standby = await startStandby();
    const headers: object[] = [];
    const owner = await startOwner({}, (_line, sent) => headers.push(sent));
    standby.see(peer(owner), '');
    await put(standby.url, {
      connection: 'close, x-secret',
      'x-secret': '1',
      te: 'trailers',
      'x-other': '2',
    });
    expect(headers[0]).toMatchObject({ 'x-other': '2' });
    expect(headers[0]).not.toHaveProperty('x-secret');
    expect(headers[0]).not.toHaveProperty('te');
  });

  it('outlives clients that reset an upgrade before or after it is taken', async () => {
    const standby = await startStandby();
    standby.see(peer(await startOwner()), '');
    const head =
      'GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    for (const waits of [false, true]) {
      const socket = connect(Number(new URL(standby.url).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(head);
      if (waits) await once(socket, 'data');
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect((await put(standby.url, {})).status).toBe(200);
  });

  it.each<[string, Certificate | undefined, string]>([
    ['do not speak TLS', certificates.one, ''],
    [
      'keep open what was refused',
      undefined,
      'GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('closes though clients %s', async (_what, certificate, sent) => {
    const standby = await createStandby({ known, trustedProxies: [], log: silentLog, certificate });
    const port = Number(new URL(await standby.listen({ host: '127.0.0.1', port: 0 })).port);
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(client, 'connect');
    client.write(sent);
    if (sent !== '') await once(client, 'data');
    client.on('error', () => undefined).resume();
    await standby.close();
    client.destroy();
  });

  it('says what the owner says of a body that it does not read to its end', async () => {
    const standby = await startStandby();
    standby.see(peer(await startOwner({ bodyLimitBytes: 1_000 })), '');
    expect((await put(standby.url, { 'content-type': 'text/csv' }, 'x'.repeat(100_000))).status).toBe(413);
    expect((await put(standby.url, { 'content-type': 'text/csv' }, 'short')).status).toBe(200);
  });

  it('ends what the owner breaks off', async () => {
    const broken = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    ended.push(() => new Promise((resolve) => broken.close(resolve)));
    const standby = await startStandby();
    standby.see(peer(`http://127.0.0.1:${String((broken.address() as AddressInfo).port)}`), '');
    await expect(put(standby.url, {})).rejects.toThrow();
  });

  it('stays ready though clients go before they are answered, and lets the owner know', async () => {
    const gone: Promise<unknown>[] = [];
    let asked = () => {};
    const silent = createServer((request) => {
      gone.push(new Promise((resolve) => request.socket.once('close', resolve)));
      asked();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ended.push(() => new Promise((resolve) => silent.close(resolve)));
    const standby = await startStandby();
    standby.see(peer(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`), '');
    for (const sent of [
      'GET /heard HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET /heard HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'POST /heard HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf',
    ]) {
      const isAsked = new Promise<void>((resolve) => (asked = resolve));
      const client = connect(Number(new URL(standby.url).port), '127.0.0.1');
      client.write(sent);
      await isAsked;
      client.resetAndDestroy();
      await gone.pop();
    }
    expect((await fetch(`${standby.url}/healthz`)).status).toBe(200);
  });

  it('is not ready while the owner does not answer', async () => {
    const standby = await startStandby();
    const health = async () => (await fetch(`${standby.url}/healthz`)).status;
    standby.see(peer(`http://127.0.0.1:${String(await freePort())}`), '');
    await put(standby.url, {});
    expect(await health()).toBe(503);
    standby.see(peer(await startOwner()), '');
    await put(standby.url, {});
    expect(await health()).toBe(200);
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
