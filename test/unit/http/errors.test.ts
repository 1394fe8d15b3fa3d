import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { errorSchema } from '../../../src/api/fields.ts';
import { CodedError, type ErrorCode } from '../../../src/domain/errors.ts';
import { answerErrors, errorBody } from '../../../src/http/errors.ts';
import { createHttpServer } from '../../../src/http/server.ts';

let app: FastifyInstance | null = null;
const logged: object[] = [];
afterEach(async () => {
  await app?.close();
  app = null;
  logged.length = 0;
});

/** Throws on demand: `/fails/CODE`. */
async function open(): Promise<FastifyInstance> {
  app = await createHttpServer({
    log: { error: (fields) => void logged.push(fields), warn: () => undefined },
    known: { allowedHosts: [], allowedOrigins: [] },
    bodyLimitBytes: 1_000,
  });
  app.get<{ Params: { code: ErrorCode } }>('/fails/:code', ({ params }) => {
    throw new CodedError(params.code, 'it failed');
  });
  app.get('/throws', () => {
    throw new Error('the password is swordfish');
  });
  app.post('/takes', () => ({}));
  await app.ready();
  return app;
}

async function ask(url: string, more: { method?: 'GET' | 'POST'; payload?: string; headers?: object } = {}) {
  const reply = await (
    await open()
  ).inject({
    method: more.method ?? 'GET',
    url,
    headers: { host: 'localhost', 'content-type': 'application/json', ...more.headers },
    ...(more.payload !== undefined && { payload: more.payload }),
  });
  expect(reply.headers['x-content-type-options']).toBe('nosniff');
  return { status: reply.statusCode, error: errorSchema.strict().parse(reply.json()).error };
}

describe('every refusal of a server', () => {
  it.each([
    ['an address that is not there', '/nowhere', {}, 404, 'BAD_ARGUMENT'],
    ['a part of an address that is too long', `/fails/${'x'.repeat(1_201)}`, {}, 414, 'BAD_ARGUMENT'],
    ['an address that cannot be decoded', '/fails/%zz', {}, 400, 'BAD_ARGUMENT'],
    ['a body that is no JSON', '/takes', { method: 'POST', payload: '{' }, 422, 'BAD_MESSAGE'],
    [
      'a body that is too large',
      '/takes',
      { method: 'POST', payload: `"${'x'.repeat(1_000)}"` },
      413,
      'BAD_MESSAGE',
    ],
    [
      'a page of another origin',
      '/takes',
      { method: 'POST', headers: { origin: 'http://evil' } },
      401,
      'UNAUTHORIZED',
    ],
    ['what is not supported', '/fails/NOT_SUPPORTED', {}, 501, 'NOT_SUPPORTED'],
    ['a fault of our own', '/throws', {}, 500, 'INTERNAL'],
  ] as const)('has the one body: %s', async (_what, url, request, status, code) => {
    const { error, ...reply } = await ask(url, request);
    expect([reply.status, error.code]).toEqual([status, code]);
    expect(JSON.stringify(error)).not.toContain('swordfish');
  });

  it.each([
    ['INTERNAL', 1],
    ['DATABASE_ERROR', 1],
    ['BOARD_ERROR', 1],
    ['NOT_SUPPORTED', 0],
    ['UNKNOWN_RECORD', 0],
  ])('is logged as an error when it is our fault: %s', async (code, lines) => {
    await ask(`/fails/${code}`);
    expect(logged).toHaveLength(lines);
  });

  it('comes in the same body where what was sent is no HTTP', async () => {
    const server = await open();
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const answerTo = (sent: string) =>
      new Promise<string>((resolve, reject) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(sent));
        socket.on('data', (data) => (text += data.toString()));
        socket
          .on('error', reject)
          .on('end', () => socket.end())
          .on('close', () => resolve(text));
      });
    for (const [sent, status] of [
      ['nonsense\r\n\r\n', '400 Bad Request'],
      [`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, '431 Request Header'],
    ] as const) {
      const [head = '', body = ''] = (await answerTo(sent)).split('\r\n\r\n');
      expect(head).toContain(`HTTP/1.1 ${status}`);
      expect(errorSchema.parse(JSON.parse(body)).error.code).toBe('BAD_MESSAGE');
    }
  });

  it('echoes a bounded part of what was sent, whatever it was', async () => {
    const long = 'x'.repeat(50_000);
    const { error } = await ask(`/${'x'.repeat(10_000)}`);
    expect(error.message.length).toBeLessThan(600);
    const line = fc.record({
      line: fc.nat(),
      field: fc.constantFrom('phone', long),
      found: fc.constantFrom('5550101', long),
      expected: fc.constantFrom('digits', long),
    });
    const found = fc.oneof(fc.constantFrom(long, { deep: [long] }, undefined), fc.anything());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 300 }), found, (lines, value) => {
        const error = new CodedError('BAD_CSV', `line 1: ${long}`, {
          field: long,
          found: value,
          expected: long,
        });
        const body = errorBody(Object.assign(error, { lines }));
        expect(body.error.lines?.length).toBe(Math.min(100, lines.length));
        expect(body.error.moreLines ?? 0).toBe(Math.max(0, lines.length - 100));
        expect(JSON.stringify(body).length).toBeLessThan(100_000);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the log', () => {
  it('has what every request meets once in ten seconds, with how often, and each fault of our own', async () => {
    app = Fastify();
    let now = 0;
    const told: object[] = [];
    answerErrors(app, { error: (fields) => told.push(fields) }, () => now);
    app.get<{ Params: { code: ErrorCode } }>('/fails/:code', ({ params }) => {
      throw new CodedError(params.code, 'it failed');
    });
    const fail = (code: ErrorCode) => app?.inject(`/fails/${code}`);
    for (let times = 0; times < 5; times++) await fail('DATABASE_ERROR');
    expect(told).toHaveLength(1);
    await fail('BOARD_DEAD');
    now = 9_999;
    await fail('DATABASE_ERROR');
    expect(told).toHaveLength(2);
    now = 10_000;
    await fail('DATABASE_ERROR');
    expect(told).toHaveLength(3);
    expect(told[2]).toMatchObject({ moreBefore: 5, err: { code: 'DATABASE_ERROR' } });
    await fail('INTERNAL');
    await fail('INTERNAL');
    expect(told).toHaveLength(5);
  });
});
