import { describe, expect, it, vi } from 'vitest';
import { createLinkClient, type LinkClient } from '../../../src/link/client.ts';
import { refusalError } from '../../../src/link/pull-reply.ts';
import { mostReplyBytes } from '../../../src/link/transport.ts';
import { registered, request } from '../../support/dialer/link-messages.ts';

const question = { free: 2, channels: { inService: 4, busy: 2 }, waitMs: 500, active: ['a-0'] };
const nothing = { requests: [], commands: [] };

interface Sent {
  to: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** A client whose messages are answered here; registrations are, unless `answer` does it. */
function linked(
  answer: (sent: Sent) => Response | undefined,
  over: Partial<Parameters<typeof createLinkClient>[0]> = {},
): { link: LinkClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const link = createLinkClient({
    url: 'http://ocs.example:7800',
    dialerId: 'd-1',
    softwareVersion: '0.1.0',
    describe: () => ({ boards: [], capabilities: { handoff: ['agent'], plans: [], modes: [] } }),
    fetch: (to, init) => {
      const message = {
        to: to as string,
        headers: init?.headers as Record<string, string>,
        body: JSON.parse(init?.body as string) as Record<string, unknown>,
      };
      sent.push(message);
      const reply =
        answer(message) ??
        (message.to.endsWith('/register') ? Response.json(registered) : Response.json(nothing));
      return Promise.resolve(reply);
    },
    ...over,
  });
  return { link, sent };
}

const refusal = (status: number, error: unknown) => Response.json({ error }, { status });

describe('an answer that is not 200', () => {
  const known = {
    code: 'NUMBER_NOT_ALLOWED',
    message: 'no',
    field: 'number',
    found: '9',
    expected: 'another',
  };
  it.each<[string, Response, object]>([
    [
      'with a code of the catalogue is that error',
      refusal(422, known),
      { code: known.code, field: 'number', found: '9', expected: 'another' },
    ],
    [
      'of a server that failed is one that is away, whatever it says',
      refusal(500, known),
      { code: 'OCS_UNREACHABLE' },
    ],
    ['just below that is still the error itself', refusal(499, known), { code: 'NUMBER_NOT_ALLOWED' }],
    [
      'with an unknown code is one of an OCS that is away',
      refusal(400, { code: 'toString', message: 'x' }),
      { code: 'OCS_UNREACHABLE', field: 'ocs.url', found: 'http://ocs.example:7800/link/v1/pull' },
    ],
    [
      'of a proxy that wants a token',
      new Response('who are you', { status: 401 }),
      { code: 'UNAUTHORIZED', field: 'ocs.token' },
    ],
    [
      'of a proxy that lets nobody in',
      new Response('<html>', { status: 403 }),
      { code: 'UNAUTHORIZED', field: 'ocs.token' },
    ],
    [
      'of another proxy',
      new Response('<html>', { status: 404 }),
      { code: 'OCS_UNREACHABLE', message: 'http://ocs.example:7800/link/v1/pull: HTTP 404' },
    ],
    ['but a success of another kind', new Response(null, { status: 204 }), { code: 'OCS_UNREACHABLE' }],
  ])('%s', async (_what, reply, error) => {
    const { link } = linked(({ to }) => (to.endsWith('/pull') ? reply : undefined));
    await expect(link.pull(question)).rejects.toMatchObject(error);
  });

  it('is an error that a person can read, with what OCS says', async () => {
    const { link } = linked(({ to }) => (to.endsWith('/pull') ? refusal(422, known) : undefined));
    await expect(link.pull(question)).rejects.toThrow('http://ocs.example:7800/link/v1/pull: HTTP 422: no');
  });
});

describe('a reply', () => {
  it('may be as long as the limit, and is read though a character is cut in two on the way', async () => {
    const frame = JSON.stringify({ ...nothing, note: 'ä' });
    const bytes = new TextEncoder().encode(frame + ' '.repeat(mostReplyBytes - frame.length - 1));
    expect(bytes).toHaveLength(mostReplyBytes);
    const cut = frame.indexOf('ä') + 1;
    const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
    const body = () => ReadableStream.from(chunks) as unknown as ReadableStream<Uint8Array>;
    const { link } = linked(({ to }) => (to.endsWith('/pull') ? new Response(body()) : undefined));
    expect(await link.pull(question)).toMatchObject({ requests: [], sessionId: 's-1' });
    chunks.push(new Uint8Array(1));
    await expect(link.pull(question)).rejects.toMatchObject({ code: 'BAD_MESSAGE', field: 'reply' });
  });

  it('without a body is not as expected, and no fault of the network', async () => {
    const { link } = linked(({ to }) => (to.endsWith('/pull') ? new Response(null) : undefined));
    await expect(link.pull(question)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });

  it('of another shape names the field', async () => {
    const { link } = linked(({ to }) =>
      to.endsWith('/reports') ? Response.json({ accepted: [{}], refused: [] }) : undefined,
    );
    await expect(link.report([], [])).rejects.toMatchObject({
      code: 'BAD_MESSAGE',
      field: 'accepted.0.attemptId',
    });
  });

  it('that never comes says how long was waited: for a poll, OCS may take the wait besides', async () => {
    const { link } = linked(() => undefined, {
      timeoutMs: 30,
      fetch: (to, init) => {
        const path = to as string;
        if (path.endsWith('/register'))
          return Promise.resolve(Response.json({ ...registered, maxWaitMs: 40 }));
        return new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      },
    });
    await expect(link.pull(question)).rejects.toThrow('/pull: no answer within 70 ms');
    await expect(link.requestAgent('a-1', [])).rejects.toThrow('/agent-requests: no answer within 30 ms');
  });
});

describe('a message', () => {
  it('goes to the address as the operator wrote it, without a token where there is none', async () => {
    const { link, sent } = linked(() => undefined, { url: 'http://ocs.example:7800//' });
    await link.pull(question);
    expect(sent.map(({ to }) => to)).toEqual([
      'http://ocs.example:7800/link/v1/register',
      'http://ocs.example:7800/link/v1/pull',
    ]);
    expect(sent[0]?.headers).toEqual({ 'content-type': 'application/json' });
    expect(sent[0]?.body).not.toHaveProperty('journalId');
  });

  it('says at registration which journal the dialler has', async () => {
    const { link, sent } = linked(() => undefined, { journalId: 'j-1' });
    await link.register();
    expect(sent[0]?.body).toMatchObject({
      dialerId: 'd-1',
      journalId: 'j-1',
      linkVersion: 1,
      softwareVersion: '0.1.0',
    });
  });

  it('with a recording may take 15 s longer than the others', async () => {
    const limits = vi.spyOn(AbortSignal, 'timeout');
    const { link } = linked(({ to }) => (to.endsWith('/recording') ? Response.json({}) : undefined));
    await link.register();
    await link.recording({ requestId: 'r-1', muLaw: '', reason: null });
    expect(limits.mock.calls).toEqual([[5_000], [20_000]]);
    limits.mockRestore();
  });

  it('asks OCS to hold a poll no longer than OCS said it will', async () => {
    const { link, sent } = linked(() => undefined);
    await link.pull({ ...question, waitMs: 5_000 });
    await link.pull({ ...question, waitMs: 10 });
    expect(sent.slice(1).map(({ body }) => body['waitMs'])).toEqual([1_000, 10]);
    expect(sent.at(-1)?.body).toMatchObject({ dialerId: 'd-1', sessionId: 's-1', free: 2, active: ['a-0'] });
  });
});

describe('an OCS that forgets', () => {
  const forgotten = { code: 'UNKNOWN_DIALER', message: 'who' };

  it('again and again is asked once more each time, not for ever', async () => {
    const { link, sent } = linked(({ to }) =>
      to.endsWith('/register') ? undefined : refusal(409, forgotten),
    );
    await expect(link.pull(question)).rejects.toMatchObject({ code: 'UNKNOWN_DIALER' });
    expect(sent.map(({ to }) => to.split('/').at(-1))).toEqual(['register', 'pull', 'register', 'pull']);
  });

  it('another thing than the dialler is not registered with again', async () => {
    const { link, sent } = linked(({ to }) =>
      to.endsWith('/pull') ? refusal(404, { code: 'UNKNOWN_ATTEMPT', message: 'no' }) : undefined,
    );
    await expect(link.pull(question)).rejects.toMatchObject({ code: 'UNKNOWN_ATTEMPT' });
    expect(sent).toHaveLength(2);
  });

  it('the session of one message is not registered with anew for each of those that were on their way', async () => {
    let sessions = 0;
    const { link } = linked(({ to, body }) => {
      if (to.endsWith('/register')) return Response.json({ ...registered, sessionId: `s-${++sessions}` });
      return body['sessionId'] === 's-1' ? refusal(409, forgotten) : undefined;
    });
    await Promise.all([1, 2, 3].map(() => link.pull(question)));
    expect(sessions).toBe(2);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['number', { number: '5550101/5550102' }, 'BAD_NUMBER', /^number: .*expected one number$/],
    ['caller id', { callerId: 'anonymous' }, 'BAD_NUMBER', /^callerId: /],
    ['number before anything else', { recordHandle: 0, number: 'x' }, 'BAD_NUMBER', /^number: /],
    [
      'field within another',
      { handoff: { kind: 'destination', extension: '7,1' } },
      'BAD_MESSAGE',
      /^handoff.extension: an extension has 2 to 20 digits/,
    ],
  ])('names its %s', async (_what, over, code, message) => {
    const { link } = linked(({ to }) =>
      to.endsWith('/pull') ? Response.json({ requests: [{ ...request, ...over }], commands: [] }) : undefined,
    );
    const { refused } = await link.pull(question);
    expect(refused).toEqual([
      {
        attemptId: 'a-1',
        code,
        message: expect.stringMatching(message) as string,
        request: { ...request, ...over },
      },
    ]);
    const [first] = refused;
    if (first !== undefined)
      expect(refusalError(first)).toMatchObject({
        code,
        message: `request a-1 is refused: ${first.message}`,
      });
  });

  it('without an attempt id cannot be told apart: the whole reply is refused', async () => {
    for (const attemptId of ['', 'x'.repeat(129), 7]) {
      const { link } = linked(({ to }) =>
        to.endsWith('/pull')
          ? Response.json({ requests: [{ ...request, attemptId }], commands: [] })
          : undefined,
      );
      await expect(link.pull(question)).rejects.toMatchObject({
        code: 'BAD_MESSAGE',
        field: 'requests.0.attemptId',
      });
    }
  });
});
