import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { apiToken, openAccess, type AccessBench, type Browser } from '../../../../support/ocs/access.ts';

let bench: AccessBench;
let url: string;
const sockets: WebSocket[] = [];
const open = async (config: Parameters<typeof openAccess>[0] = {}) => {
  bench = await openAccess(config);
  url = await bench.ocs.listen({ port: 0 });
};
beforeEach(() => open());
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await bench.ocs.stop();
});

type Message = Record<string, string | number>;

/** A desktop in a browser, or with nobody's session. */
async function desk(as: Browser | null, origin: string | null = url) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`, {
    headers: { ...(as !== null && { cookie: as.cookie }), ...(origin !== null && { origin }) },
  });
  sockets.push(socket);
  await once(socket, 'open');
  const login = async (agentId: string, group = 'sales', more: Message = {}): Promise<Message> => {
    const answered = once(socket, 'message');
    const login = {
      GSW_AGENT_REQ_TYPE: 'Login',
      GSW_AGENT_ID: agentId,
      GSW_EXTENSION: '2001',
      GSW_GROUP: group,
    };
    socket.send(JSON.stringify({ ...login, ...more }));
    const [data] = (await answered) as [Buffer];
    return JSON.parse(data.toString()) as Message;
  };
  return { socket, login };
}
const refused = (code: string, field: string) => ({
  GSW_USER_EVENT: 'Error',
  GSW_ERROR: code,
  GSW_ERROR_FIELD: field,
});
const done = { GSW_USER_EVENT: 'LoginAcknowledge' };
const agents = async () =>
  (await bench.ask('GET', '/api/v1/agents', { token: apiToken })).body['agents'] as { agentId: string }[];

describe('an agent who is a user', () => {
  it('logs in at a desk by the session alone, as itself, in its groups', async () => {
    const anna = await bench.enter('anna', 'agent', ['sales', 'service']);
    const { login } = await desk(anna);
    expect(await login('ben')).toMatchObject(refused('UNAUTHORIZED', 'GSW_AGENT_ID'));
    expect(await login('Anna')).toMatchObject(refused('UNAUTHORIZED', 'GSW_AGENT_ID'));
    expect(await login('anna', 'collections')).toMatchObject(refused('UNAUTHORIZED', 'GSW_GROUP'));
    expect(await agents()).toEqual([]);
    expect(await login('anna', 'service')).toMatchObject({ ...done, GSW_GROUP: 'service' });
    expect(await agents()).toMatchObject([{ agentId: 'anna', group: 'service' }]);
  });

  it.each(['anna', 'ANNA', ' anna'])(
    'is nobody else, also not with the token of all desktops: %j',
    async (name) => {
      await bench.ocs.stop();
      const desktop = 'the-token-of-all-desktops';
      await open({ tokens: { api: apiToken, desktop } });
      await bench.addUser('anna', 'agent');
      const { login } = await desk(null);
      expect(await login(name, 'sales', { GSW_TOKEN: desktop })).toMatchObject(
        refused('UNAUTHORIZED', 'GSW_TOKEN'),
      );
      expect(await login('cleo', 'sales', { GSW_TOKEN: desktop })).toMatchObject(done);
      expect((await agents()).map(({ agentId }) => agentId)).toEqual(['cleo']);
    },
  );

  it('has no desk before the one-time password is changed', async () => {
    const first = await bench.logIn('anna', await bench.addUser('anna', 'agent'));
    const { login } = await desk(first);
    expect(await login('anna')).toMatchObject(refused('FORBIDDEN', 'GSW_AGENT_ID'));
  });

  it.each(['supervisor', 'admin'] as const)('is no %s', async (role) => {
    const { login } = await desk(await bench.enter('sam', role));
    expect(await login('sam')).toMatchObject(refused('FORBIDDEN', 'GSW_AGENT_ID'));
  });

  it('loses the desk when an admin ends the session', async () => {
    const { login, socket } = await desk(await bench.enter('anna', 'agent'));
    await login('anna');
    const closed = once(socket, 'close');
    await bench.ask('PATCH', '/api/v1/users/anna', { token: apiToken, body: { disabled: true } });
    expect((await closed)[0]).toBe(4005);
  });
});

describe('the WebSocket of the desktops', () => {
  const status = (as: Browser, origin: string | null) =>
    desk(as, origin).then(
      () => 'open',
      (error: Error) => error.message,
    );

  it('takes a session from pages of this server only', async () => {
    const anna = await bench.enter('anna', 'agent');
    expect(await status(anna, url)).toBe('open');
    expect(await status(anna, 'https://evil.example.net')).toMatch(/401/);
    expect(await status(anna, url.replace(/\d+$/, '1'))).toMatch(/401/);
    expect(await status(anna, null)).toMatch(/403/);
  });

  it('is open to desktops of others, which have no session', async () => {
    expect(await status({ cookie: 'cpd=of-another-server' } as Browser, null)).toBe('open');
  });
});
