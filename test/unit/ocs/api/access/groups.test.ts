import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../../../../src/api/live.ts';
import { maskNumber } from '../../../../../src/domain/number.ts';
import { apiToken, openAccess, type AccessBench, type Browser } from '../../../../support/ocs/access.ts';

let bench: AccessBench;
let url: string;
const sockets: WebSocket[] = [];
const definition = (name: string, group?: string) => ({
  name,
  list: 'l',
  mode: 'progressive',
  ...(group !== undefined && { group }),
  handoff: { kind: 'destination', extension: '7000' },
  pacing: { maxInFlight: 1 },
});
const campaigns = [
  ['spring', 'sales'],
  ['autumn', 'service'],
  ['robot', undefined],
] as const;

async function connect(path: string, as: Browser) {
  const headers = { cookie: as.cookie, origin: url };
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers });
  sockets.push(socket);
  await once(socket, 'open');
  return socket;
}
async function sit(agentId: string, group: string, extension: string) {
  const socket = await connect('/desktop/v1', await bench.enter(agentId, 'agent', [group]));
  const answered = once(socket, 'message');
  const login = { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: group };
  socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: 'Login', ...login }));
  await answered;
}
/** The names of the campaigns and agents that somebody's live stream has. */
async function streamOf(as: Browser): Promise<string[]> {
  const socket = await connect('/live/v1', as);
  const names: string[] = [];
  let topics = 0;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as LiveMessage;
    if (message.type !== 'snapshot') return;
    topics += 1;
    for (const item of message.items as { name?: string; agentId?: string }[]) {
      names.push(item.name ?? item.agentId ?? '');
    }
  });
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['campaigns', 'agents'] }));
  // What was said is heard before time passes.
  await vi.waitFor(() => {
    bench.wire.advance(250);
    expect(topics).toBe(2);
  });
  return names.sort();
}

beforeEach(async () => {
  bench = await openAccess();
  url = await bench.ocs.listen({ port: 0 });
  for (const [name, group] of campaigns) {
    const body = { definition: definition(name, group), csv: 'phone,tz\n+12125550101,UTC\n' };
    const list = { ...body, definition: { ...body.definition, list: name } };
    await bench.ask('POST', '/api/v1/campaigns', { token: apiToken, body: list });
  }
  await sit('ben', 'sales', '2001');
  await sit('cleo', 'service', '2002');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await bench.ocs.stop();
});

it('a supervisor or a wall screen without groups sees all', async () => {
  const all = ['autumn', 'ben', 'cleo', 'robot', 'spring'];
  expect(await streamOf(await bench.enter('anna', 'supervisor'))).toEqual(all);
  expect(await streamOf(await bench.enter('room', 'wall'))).toEqual(all);
});

it('with groups, only theirs, also beside somebody who sees others', async () => {
  expect(await streamOf(await bench.enter('anna', 'supervisor', ['sales']))).toEqual(['ben', 'spring']);
  expect(await streamOf(await bench.enter('room', 'wall', ['service']))).toEqual(['autumn', 'cleo']);
  expect(await streamOf(await bench.enter('boss', 'admin'))).toHaveLength(5);
});

it('a supervisor with groups asks for and changes campaigns and agents of these alone', async () => {
  const anna = await bench.enter('anna', 'supervisor', ['sales']);
  const status = async (method: string, path: string, body?: object) =>
    (await bench.ask(method, `/api/v1${path}`, { as: anna, ...(body !== undefined && { body }) })).status;
  const listed = await bench.ask('GET', '/api/v1/campaigns', { as: anna });
  expect(listed.body['campaigns']).toMatchObject([{ name: 'spring' }]);
  const agents = await bench.ask('GET', '/api/v1/agents', { as: anna });
  expect(agents.body['agents']).toMatchObject([{ agentId: 'ben' }]);
  for (const [name, expected] of [
    ['spring', 200],
    ['autumn', 403],
    ['robot', 403],
  ] as const) {
    for (const path of ['', '/due', '/definition']) {
      expect([name, path, await status('GET', `/campaigns/${name}${path}`)]).toEqual([name, path, expected]);
    }
    for (const path of ['start', 'stop', 'unload']) {
      expect([name, path, await status('POST', `/campaigns/${name}/${path}`)]).toEqual([
        name,
        path,
        expected,
      ]);
    }
  }
  // Neither a campaign of others, nor one of others under the name of a group of one's own.
  const load = (name: string, group?: string) =>
    status('POST', '/campaigns', { definition: { ...definition(name, group), list: 'spring' } });
  expect(await load('new', 'service')).toBe(403);
  expect(await load('autumn', 'sales')).toBe(403);
  expect(await load('new', 'sales')).toBe(201);
  expect(await status('POST', '/agents/cleo/not-ready')).toBe(403);
  expect(await status('POST', '/agents/cleo/log-out')).toBe(403);
  expect(await status('POST', '/agents/ben/log-out')).toBe(200);
});

it('an engineer sees the numbers of what is dialled next masked', async () => {
  const dueFor = async (role: 'supervisor' | 'engineer') => {
    const as = await bench.enter(role, role);
    const { body } = await bench.ask('GET', '/api/v1/campaigns/spring/due', { as });
    return (body['records'] as { phone: string }[]).map(({ phone }) => phone);
  };
  expect(await dueFor('supervisor')).toEqual(['+12125550101']);
  expect(await dueFor('engineer')).toEqual([maskNumber('+12125550101')]);
});
