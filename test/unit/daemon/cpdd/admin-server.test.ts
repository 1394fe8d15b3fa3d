import { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { createAdminServer, type AdminSource } from '../../../../src/daemon/cpdd/admin-server.ts';
import { silentLog } from '../../../support/silent-log.ts';

const close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of close.splice(0)) await one();
});

it('wrong tokens of the admin server are counted once each, however often that is read', async () => {
  const metrics = new Registry();
  const source = {
    status: () => ({ version: 'test', dialerId: 'd', upMs: 0, dialer: null }),
    metrics,
    log: silentLog,
  } as unknown as AdminSource;
  const admin = await createAdminServer(source, { host: '127.0.0.1', token: 'right' });
  close.push(() => admin.close());
  await admin.ready();
  const ask = async (token: string) => {
    const { statusCode } = await admin.inject({
      url: '/admin/v1/openapi.json',
      headers: { authorization: `Bearer ${token}` },
    });
    return statusCode;
  };
  expect(await metrics.metrics()).toContain('cpdd_wrong_tokens_total 0');
  expect([await ask('wrong'), await ask('right'), await ask('wrong')]).toEqual([401, 200, 401]);
  for (let read = 0; read < 2; read += 1) {
    expect(await metrics.metrics()).toContain('cpdd_wrong_tokens_total 2');
  }
});
