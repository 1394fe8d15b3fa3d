import { afterEach, describe, expect, it } from 'vitest';
import { adminEndpoint, ocsEndpoint, testCallLines } from '../../../../src/cli/admin/admin-client.ts';
import { checkCpdd, checkNode, checkOcs, checkOcsToken } from '../../../../src/cli/doctor/doctor-checks.ts';
import { openLocalServer, type LocalServer } from '../../../support/local-server.ts';

const servers: LocalServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers every request so; without `end` the answer breaks off in its middle. */
async function answering(status: number, body: string, end = true): Promise<string> {
  const server = await openLocalServer((_, reply) => {
    reply.writeHead(status, {
      'content-type': 'application/json',
      'content-length': body.length + (end ? 0 : 9),
    });
    reply.write(body, () => (end ? reply.end() : reply.destroy()));
  });
  servers.push(server);
  return server.url;
}

describe('doctor', () => {
  it.each([
    ['20.19.0', 'fail'],
    ['22.17.9', 'fail'],
    ['22.18.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('judges Node %s as %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  const refused = JSON.stringify({ error: { code: 'UNAUTHORIZED', message: 'a bearer token is missing' } });

  it.each([401, 403, 429])('says that a token is needed (status %i)', async (status) => {
    const url = await answering(status, refused);
    expect(await checkOcsToken(url, 'wrong')).toMatchObject([{ check: 'ocs token', state: 'fail' }]);
    expect((await checkCpdd(adminEndpoint({ url }))).findings).toEqual([
      {
        check: 'cpdd',
        state: 'fail',
        detail: `${url} needs a token`,
        advice: 'give it: --token or $CPDCTL_TOKEN',
      },
    ]);
    expect((await checkOcs(ocsEndpoint({ 'ocs-url': url })))[0]).toEqual({
      check: 'ocsd',
      state: 'fail',
      detail: `${url} needs a token`,
      advice: 'give it: --ocs-token or $CPDCTL_OCS_TOKEN',
    });
  });

  it.each([
    [200, '{}'],
    [200, 'hello'],
    [500, refused],
  ])('takes status %i with %s for another program', async (status, body) => {
    const url = await answering(status, body);
    const { findings } = await checkCpdd(adminEndpoint({ url }));
    expect(findings).toMatchObject([{ check: 'cpdd', state: 'fail' }]);
    expect(findings[0]?.detail).toBe(`status ${status}, which is no answer of cpdd`);
    expect((await checkOcs(ocsEndpoint({ 'ocs-url': url })))[0]).toMatchObject({
      check: 'ocsd',
      state: 'fail',
    });
  });
});

describe('a test call through a cpdd that dies', () => {
  it('ends with one plain line, after what was told before', async () => {
    const url = await answering(200, '{"kind":"started","channel":2}\n', false);
    const seen: unknown[] = [];
    const all = async () => {
      for await (const line of testCallLines(adminEndpoint({ url }), {}, new AbortController().signal)) {
        seen.push(line);
      }
    };
    await expect(all()).rejects.toMatchObject({
      code: 'DAEMON_UNREACHABLE',
      message: `the answer of cpdd at ${url} broke off`,
    });
    expect(seen).toEqual([{ kind: 'started', channel: 2 }]);
  });
});
