import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import type { DaemonState } from '../../../../../src/api/diagnostics.ts';
import { createHttpServer } from '../../../../../src/http/server.ts';
import type { Certificate } from '../../../../../src/http/tls.ts';
import { freePort } from '../../../../../src/demo/processes.ts';
import { hasEnded } from '../../../../../src/ocs/store/postgres/node-probe.ts';
import { certificates } from '../../../../support/certificates.ts';
import { silentLog } from '../../../../support/silent-log.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function startOcsd(state: DaemonState, certificate?: Certificate): Promise<string> {
  app = await createHttpServer({
    log: silentLog,
    known: { allowedHosts: [], allowedOrigins: [] },
    certificate,
  });
  app.get('/healthz', () => ({ live: true, ready: true, state, reasons: [] }));
  return app.listen({ host: '127.0.0.1', port: 0 });
}
const owner = (address: string, certificate: string | null = null, host = hostname()) => ({
  address,
  host,
  url: address,
  secret: 's',
  certificate,
});

it('an owner that answers has not ended, also where it is in trouble or speaks TLS', async () => {
  expect(await hasEnded(owner(await startOcsd('running')))).toBe(false);
  await app?.close();
  expect(await hasEnded(owner(await startOcsd('degraded')))).toBe(false);
  await app?.close();
  const { one } = certificates;
  expect(await hasEnded(owner(await startOcsd('running', one), one.cert))).toBe(false);
});

it('it has where nobody listens in its place, or one that stands by', async () => {
  expect(await hasEnded(owner(`http://127.0.0.1:${String(await freePort())}`))).toBe(true);
  expect(await hasEnded(owner(await startOcsd('standby')))).toBe(true);
});

it('nothing is known of one on another host that gave a loopback address', async () => {
  expect(await hasEnded(owner(`http://127.0.0.1:${String(await freePort())}`, null, 'another host'))).toBe(
    false,
  );
  expect(await hasEnded(owner(`http://[::1]:${String(await freePort())}`, null, 'another host'))).toBe(false);
});

it('nor of one that is there and says nothing that can be understood', async () => {
  app = await createHttpServer({ log: silentLog, known: { allowedHosts: [], allowedOrigins: [] } });
  app.get('/healthz', () => 'what?');
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  expect(await hasEnded(owner(address))).toBe(false);
});
