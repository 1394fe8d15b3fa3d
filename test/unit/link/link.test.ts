import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBackoff } from '../../../src/link/backoff.ts';
import { createLinkClient, type LinkClient } from '../../../src/link/client.ts';
import { mostReplyBytes } from '../../../src/link/transport.ts';
import { settle } from '../../support/dialer/fake-ocs.ts';
import { registered, request as wireRequest } from '../../support/dialer/link-messages.ts';
import { openLocalServer, type LocalServer } from '../../support/local-server.ts';

type Reply = { status?: number; body: unknown } | 'never';

let server: LocalServer;
let url: string;
/** What the server answers, by path; a function sees the message. */
let answers: Record<string, (body: Record<string, unknown>) => Reply>;
let seen: { path: string; body: Record<string, unknown>; headers: IncomingMessage['headers'] }[];

const question = { free: 2, channels: { inService: 4, busy: 2 }, waitMs: 5_000, active: [] };

beforeEach(async () => {
  seen = [];
  answers = { '/link/v1/register': () => ({ body: registered }) };
  server = await openLocalServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const path = request.url ?? '';
      seen.push({ path, body, headers: request.headers });
      const reply = answers[path]?.(body) ?? { status: 404, body: {} };
      if (reply === 'never') return;
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  ({ url } = server);
});

afterEach(() => {
  server.close();
});

function client(over: Partial<Parameters<typeof createLinkClient>[0]> = {}): LinkClient {
  return createLinkClient({
    url,
    dialerId: 'd-1',
    softwareVersion: '0.1.0',
    describe: () => ({ boards: [], capabilities: { handoff: ['agent'], plans: ['US'], modes: [] } }),
    ...over,
  });
}

const request = { ...wireRequest, number: '+1 (202) 555-0123' };

const refusal = (status: number, code: string) => ({ status, body: { error: { code, message: 'no' } } });

describe('the client', () => {
  test('takes no more requests than it asked for; of the others it reads the ids', async () => {
    const requests = ['a-1', 'a-2', 'a-3', 'a-4'].map((attemptId) => ({ ...request, attemptId }));
    answers['/link/v1/pull'] = () => ({ body: { requests, commands: [] } });
    const answer = await client().pull(question);
    expect(answer.requests.map(({ attemptId }) => attemptId)).toEqual(['a-1', 'a-2']);
    expect(answer.excess).toEqual(['a-3', 'a-4']);
  });

  test('asks those that stand by in turn while one cannot be reached', async () => {
    answers['/link/v1/pull'] = () => ({ body: { requests: [], commands: [] } });
    const away = await openLocalServer(() => undefined);
    away.close();
    const pair = client({ url: away.url, standbyUrls: [`${away.url}/`, url] });
    await expect(pair.pull(question)).rejects.toMatchObject({ code: 'OCS_UNREACHABLE' });
    // Two that find it out at once count as one.
    const both = await Promise.allSettled([pair.pull(question), pair.pull(question)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pair.pull(question)).resolves.toMatchObject({ requests: [] });
    server.close();
    await expect(pair.pull(question)).rejects.toMatchObject({ code: 'OCS_UNREACHABLE' });
    await expect(pair.pull(question)).rejects.toMatchObject({ found: `${away.url}/link/v1/pull` });
  });

  test('gives up a reply that does not end', async () => {
    const endless = { ...request, userData: { note: 'x'.repeat(mostReplyBytes) } };
    answers['/link/v1/pull'] = () => ({ body: { requests: [endless], commands: [] } });
    await expect(client().pull(question)).rejects.toMatchObject({ code: 'BAD_MESSAGE', field: 'reply' });
  });

  test('registers before its first message, says its token, and uses the session', async () => {
    answers['/link/v1/pull'] = () => ({ body: { requests: [request], commands: [] } });
    const answer = await client({ token: 'a-secret-of-some-length' }).pull(question);
    expect(answer.sessionId).toBe('s-1');
    expect(answer.requests[0]).toMatchObject({
      attemptId: 'a-1',
      number: '+12025550123',
      ringTimeoutMs: 30_000,
    });
    expect(seen.map(({ path }) => path)).toEqual(['/link/v1/register', '/link/v1/pull']);
    expect(seen[1]?.body).toMatchObject({ dialerId: 'd-1', sessionId: 's-1', free: 2, waitMs: 1_000 });
    expect(seen[1]?.headers.authorization).toBe('Bearer a-secret-of-some-length');
  });

  test('registers anew and asks again when OCS forgot it', async () => {
    let sessions = 0;
    answers['/link/v1/register'] = () => ({ body: { ...registered, sessionId: `s-${++sessions}` } });
    answers['/link/v1/agent-requests'] = ({ sessionId }) =>
      sessionId === 's-1'
        ? refusal(409, 'UNKNOWN_DIALER')
        : { body: { agent: { agentId: 'ann', extension: '7001' }, retryMs: 0 } };
    const link = client();
    const replies = await Promise.all([link.requestAgent('a-1', []), link.requestAgent('a-2', ['bob'])]);
    expect(replies.map(({ agent }) => agent?.agentId)).toEqual(['ann', 'ann']);
    expect(sessions).toBe(2);
    expect(seen.at(-1)?.body).toMatchObject({ failed: ['bob'] });
  });

  test('registers anew when its session was given up, even if OCS was away then', async () => {
    let sessions = 0;
    let away = false;
    answers['/link/v1/register'] = () =>
      away ? { status: 503, body: {} } : { body: { ...registered, sessionId: `s-${++sessions}` } };
    answers['/link/v1/pull'] = () => ({ body: { requests: [], commands: [] } });
    const link = client();
    expect((await link.pull(question)).sessionId).toBe('s-1');
    away = true;
    link.renew();
    await expect(link.pull(question)).rejects.toMatchObject({ code: 'OCS_UNREACHABLE' });
    away = false;
    expect((await link.pull(question)).sessionId).toBe('s-2');
  });

  test('takes no session from a registration that was under way when it was given up', async () => {
    const slow = Promise.withResolvers<void>();
    let registrations = 0;
    const link = client({
      fetch: async (to) => {
        if (to !== `${url}/link/v1/register`) return Response.json({ requests: [], commands: [] });
        const sessionId = `s-${++registrations}`;
        if (sessionId === 's-1') await slow.promise;
        return Response.json({ ...registered, sessionId });
      },
    });
    const early = link.pull(question);
    link.renew();
    expect((await link.pull(question)).sessionId).toBe('s-2');
    slow.resolve();
    expect((await early).sessionId).toBe('s-2');
    expect((await link.pull(question)).sessionId).toBe('s-2');
  });

  test('refuses a bad request alone, by its attempt id; leaves out commands it does not know', async () => {
    const commands = [
      { kind: 'cancel', attemptId: 'a-9' },
      { kind: 'dance', attemptId: 'a-9' },
    ];
    const requests = [
      { ...request, attemptId: 'bad-number', number: '555,,1234!' },
      { ...request, attemptId: 'bad-mode', mode: 'guess' },
      request,
    ];
    answers['/link/v1/pull'] = () => ({ body: { requests, commands } });
    const answer = await client().pull({ ...question, free: 10 });
    expect(answer.requests.map(({ attemptId }) => attemptId)).toEqual(['a-1']);
    expect(answer.refused.map(({ attemptId, code }) => [attemptId, code])).toEqual([
      ['bad-number', 'BAD_NUMBER'],
      ['bad-mode', 'BAD_MESSAGE'],
    ]);
    expect(answer.commands).toEqual([{ kind: 'cancel', attemptId: 'a-9' }]);
  });

  test.each<[string, Reply, string]>([
    ['an HTTP error of the server', { status: 503, body: 'gone' }, 'OCS_UNREACHABLE'],
    ['a wrong token', refusal(401, 'UNAUTHORIZED'), 'UNAUTHORIZED'],
    ['a reply that is no JSON', { body: 'hello' }, 'BAD_MESSAGE'],
    ['a reply of another shape', { body: { requests: 'none' } }, 'BAD_MESSAGE'],
    ['silence', 'never', 'OCS_UNREACHABLE'],
  ])('%s is a coded error', async (_what, reply, code) => {
    answers['/link/v1/pull'] = () => reply;
    // Only silence is to be waited out: a busy machine is late with an answer, too.
    const link = client({ timeoutMs: reply === 'never' ? 50 : 60_000 });
    await expect(link.pull({ ...question, waitMs: 0 })).rejects.toMatchObject({ code });
  });

  test('no server at all is OCS_UNREACHABLE with the reason', async () => {
    server.close();
    await expect(client().pull(question)).rejects.toMatchObject({
      code: 'OCS_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('a poll can be given up', async () => {
    answers['/link/v1/pull'] = () => 'never';
    const giveUp = new AbortController();
    const pull = client().pull(question, giveUp.signal);
    const failure = expect(pull).rejects.toMatchObject({ name: 'AbortError' });
    while (seen.length < 2) await settle(1);
    giveUp.abort();
    await failure;
  });
});

test('pauses double up to the longest, each shortened by up to half', () => {
  const longest = createBackoff({ firstMs: 100, longestMs: 1_000 }, () => 0);
  expect(Array.from({ length: 6 }, () => longest.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  const shortest = createBackoff({ firstMs: 100, longestMs: 1_000 }, () => 0.999_999);
  expect([shortest.next(), shortest.next()]).toEqual([50, 100]);
  longest.reset();
  expect(longest.next()).toBe(100);
});
