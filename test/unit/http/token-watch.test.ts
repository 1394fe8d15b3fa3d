import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { supervisorApi, supervisorOperations } from '../../../src/api/supervisor.ts';
import { serveApi } from '../../../src/http/serve.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import { createTokenWatch, type TokenWatch } from '../../../src/http/token-watch.ts';
import { wantToken } from '../../../src/http/tokens.ts';

let logged: object[];
const log = {
  error: () => undefined,
  warn: (fields: object, message: string) => void logged.push({ ...fields, message }),
};
beforeEach(() => {
  logged = [];
});

describe('wrong tokens', () => {
  let endMinute: () => void;
  let watch: TokenWatch;
  beforeEach(() => {
    const after = (ms: number, run: () => void) => {
      expect(ms).toBe(60_000);
      endMinute = run;
    };
    watch = createTokenWatch(log, after);
  });
  const codes = (address: string, times: number) =>
    Array.from({ length: times }, () => watch.wrong(address, 'authorization').code);

  it('are in the log once with the address, then counted for each minute', () => {
    codes('10.0.0.1', 5);
    codes('10.0.0.2', 1);
    expect(logged).toEqual([
      { address: '10.0.0.1', field: 'authorization', message: 'wrong token' },
      { address: '10.0.0.2', field: 'authorization', message: 'wrong token' },
    ]);
    endMinute();
    expect(logged.slice(2)).toEqual([
      { address: '10.0.0.1', times: 5, message: 'wrong tokens in one minute' },
    ]);
    codes('10.0.0.1', 1);
    expect(logged.at(-1)).toMatchObject({ address: '10.0.0.1', message: 'wrong token' });
    expect(watch.total()).toBe(7);
  });

  it('are refused otherwise after ten in a minute, by address', () => {
    expect(codes('10.0.0.1', 12)).toEqual([
      ...Array.from({ length: 10 }, () => 'UNAUTHORIZED'),
      'TOO_MANY_WRONG_TOKENS',
      'TOO_MANY_WRONG_TOKENS',
    ]);
    expect(codes('10.0.0.2', 1)).toEqual(['UNAUTHORIZED']);
    endMinute();
    expect(codes('10.0.0.1', 1)).toEqual(['UNAUTHORIZED']);
  });

  it('from any number of addresses cost a bounded memory and a bounded log', () => {
    for (let n = 0; n < 5_000; n += 1)
      watch.wrong(`10.${String(n >> 8)}.${String(n & 255)}.1`, 'authorization');
    // Those beyond a thousand count as one, which has shown too many.
    expect(logged).toHaveLength(1_001);
    expect(watch.wrong('10.99.99.99', 'authorization').code).toBe('TOO_MANY_WRONG_TOKENS');
    for (let n = 0; n < 30; n += 1) watch.wrong(`10.0.${String(n)}.1`, 'authorization');
    logged = [];
    endMinute();
    expect(logged).toHaveLength(11);
    expect(logged.at(-1)).toMatchObject({ addresses: 21, times: 42 });
  });
});

describe('a server with a token', () => {
  const token = 'a-token-of-some-length';
  let app: FastifyInstance;
  beforeEach(async () => {
    app = await createHttpServer({ log, known: { allowedHosts: [], allowedOrigins: [] } });
    const serve = await serveApi(app, supervisorApi, {
      guard: () => wantToken(token, app.tokenWatch),
      softwareVersion: '0',
    });
    serve(supervisorOperations.getVersion, () => ({ version: '0' }));
    await app.ready();
  });
  afterEach(() => app.close());
  const ask = async (authorization?: string) => {
    const headers = { host: 'localhost', ...(authorization !== undefined && { authorization }) };
    return (await app.inject({ url: '/api/v1/version', headers })).statusCode;
  };

  it('answers 401, then 429, and still serves who has the right one', async () => {
    for (let times = 0; times < 5; times += 1) expect(await ask('Bearer wrong')).toBe(401);
    for (let times = 0; times < 5; times += 1) expect(await ask()).toBe(401);
    expect(await ask('Bearer wrong')).toBe(429);
    expect(await ask(`Bearer ${token}`)).toBe(200);
    expect(logged).toEqual([{ address: '127.0.0.1', field: 'authorization', message: 'wrong token' }]);
    expect(JSON.stringify(logged)).not.toContain('Bearer');
    expect(app.tokenWatch.total()).toBe(11);
  });
});
