import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBackoff } from '../../src/link/backoff.ts';
import { createLinkClient, type LinkClient } from '../../src/link/client.ts';
import { createPuller } from '../../src/link/puller.ts';
import { createReporter } from '../../src/link/reporter.ts';
import type { Report } from '../../src/link/schemas.ts';
import { settle, shortSleep } from '../support/fake-ocs.ts';
import { silentLog } from '../support/silent-log.ts';

type Reply = { status?: number; body: unknown } | 'never';

let server: Server;
let url: string;
/** What the server answers, by path; a function sees the message. */
let answers: Record<string, (body: Record<string, unknown>) => Reply>;
let seen: { path: string; body: Record<string, unknown>; headers: IncomingMessage['headers'] }[];

const registered = { sessionId: 's-1', ocsVersion: '1', leaseMs: 30_000, maxWaitMs: 1_000 };
const question = { free: 2, channels: { inService: 4, busy: 2 }, waitMs: 5_000, active: [] };

beforeEach(async () => {
  seen = [];
  answers = { '/link/v1/register': () => ({ body: registered }) };
  server = createServer((request, response) => {
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
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
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

const request = {
  attemptId: 'a-1',
  campaign: 'spring',
  recordHandle: 1,
  number: '+1 (202) 555-0123',
  mode: 'accurate_am_detection',
  handoff: { kind: 'agent' },
};

const refusal = (status: number, code: string) => ({ status, body: { error: { code, message: 'no' } } });

describe('the client', () => {
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
    const answer = await client().pull(question);
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
    await pause(20);
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

test('the puller pauses longer and longer while OCS is away, and says when it is lost and found', async () => {
  const pauses: number[] = [];
  const states: string[] = [];
  let failing = 3;
  const puller = createPuller({
    link: {
      pull: () => {
        if (failing-- > 0) return Promise.reject(new Error('away'));
        return Promise.resolve({ sessionId: 's-1', requests: [], refused: [], commands: [] });
      },
    },
    sleep: (ms, signal) => {
      pauses.push(ms);
      return shortSleep(ms, signal);
    },
    random: () => 0,
    log: silentLog,
    question: () => question,
    take: () => {},
    changed: (state) => states.push(state),
  });
  puller.start();
  puller.start();
  while (states.length === 0) await settle();
  failing = 1;
  while (states.length < 3) await settle();
  await puller.stop();
  await puller.stop();
  expect(pauses.slice(0, 3)).toEqual([250, 500, 1_000]);
  expect(states).toEqual(['up', 'down', 'up']);
});

test('the reporter repeats until each report is acknowledged, in order, and gives up refused ones', async () => {
  const body = { kind: 'milestone', name: 'ringing', atMs: 1 } as const;
  let waiting: Report[] = [1, 2, 3].map((seq) => ({ attemptId: 'a', seq, ...body }));
  const sent: number[][] = [];
  const reporter = createReporter({
    source: {
      unacknowledged: (limit) => waiting.slice(0, limit),
      acknowledge: (done) => {
        waiting = waiting.filter(({ seq }) => !done.some((other) => other.seq === seq));
      },
    },
    link: {
      report: (reports) => {
        sent.push(reports.map(({ seq }) => seq));
        const ack = (seq: number) => ({ attemptId: 'a', seq });
        if (sent.length === 1) return Promise.reject(new Error('away'));
        if (sent.length === 2) return Promise.resolve({ accepted: [ack(1)], refused: [] });
        const refused = [{ ...ack(3), code: 'BAD_MESSAGE', message: 'no' }];
        return Promise.resolve({ accepted: [ack(2)], refused });
      },
    },
    sleep: shortSleep,
    random: () => 0,
    log: silentLog,
  });
  reporter.start();
  await reporter.delivered();
  expect(sent).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [2, 3],
  ]);
  await reporter.stop();
});

test('an answer that cannot be taken is said once, tried ever more slowly, and said again after a success', async () => {
  const pauses: number[] = [];
  /** At which attempts something was said. */
  const said: number[] = [];
  let takes = 0;
  const puller = createPuller({
    link: {
      pull: () =>
        Promise.resolve({
          sessionId: 's-1',
          requests: [],
          refused: [],
          commands: [{ kind: 'drain' as const }],
        }),
    },
    sleep: (ms, signal) => {
      pauses.push(ms);
      return shortSleep(ms, signal);
    },
    random: () => 0,
    log: { ...silentLog, error: () => said.push(takes) },
    question: () => question,
    take: () => {
      takes += 1;
      if (takes !== 4) throw new Error('disk full');
    },
    changed: () => {},
  });
  puller.start();
  while (takes < 6) await settle();
  await puller.stop();
  expect(said).toEqual([1, 5]);
  expect(pauses.slice(0, 5)).toEqual([250, 500, 1_000, 250, 500]);
});
