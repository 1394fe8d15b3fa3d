import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  liveAgentSchema,
  liveCampaignSchema,
  liveDialerSchema,
  type LiveMessage,
} from '../../../../../src/api/live.ts';
import { apiToken, openAccess, type AccessBench } from '../../../../support/ocs/access.ts';

let bench: AccessBench;
let url: string;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  bench = await openAccess();
  url = await bench.ocs.listen({ port: 0 });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await bench.ocs.stop();
});

/** A client that keeps what it gets. */
async function listen(headers: Record<string, string> = { authorization: `Bearer ${apiToken}` }) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live/v1`, { headers });
  sockets.push(socket);
  const got: LiveMessage[] = [];
  const texts: string[] = [];
  socket.on('message', (data: Buffer) => {
    texts.push(data.toString());
    got.push(JSON.parse(data.toString()) as LiveMessage);
  });
  await once(socket, 'open');
  const next = async (count = 1) => {
    while (got.length < count) await once(socket, 'message');
    return got.splice(0, count);
  };
  const say = async (message: unknown) => {
    socket.send(JSON.stringify(message));
    // What was sent before is read before this is answered.
    socket.ping();
    await once(socket, 'pong');
  };
  return { got, next, say, socket, texts };
}
const subscribe = (...topics: string[]) => ({ type: 'subscribe', topics });
const tick = () => {
  bench.wire.advance(250);
};

const load = (name: string) =>
  bench.ask('POST', '/api/v1/campaigns', {
    token: apiToken,
    body: {
      definition: {
        name,
        list: name,
        mode: 'progressive',
        group: 'sales',
        handoff: { kind: 'destination', extension: '7000' },
      },
      csv: 'phone,tz\n+12125550101,UTC\n+12125550102,UTC\n',
    },
  });
const start = (name: string) => bench.ask('POST', `/api/v1/campaigns/${name}/start`, { token: apiToken });

describe('the live stream', () => {
  it('gives a snapshot of each topic, then the changes by number, and a beat each second', async () => {
    await load('spring');
    const wall = await listen();
    await wall.say(subscribe('campaigns', 'agents'));
    expect(wall.got).toEqual([]);
    tick();
    const [campaigns, agents] = await wall.next(2);
    expect(campaigns).toMatchObject({ type: 'snapshot', topic: 'campaigns', items: [{ name: 'spring' }] });
    expect(agents).toMatchObject({ type: 'snapshot', topic: 'agents', items: [] });
    const { seq } = campaigns as { seq: number };
    await start('spring');
    tick();
    const [change] = await wall.next();
    expect(change).toMatchObject({
      type: 'change',
      topic: 'campaigns',
      seq: seq + 1,
      set: [
        {
          name: 'spring',
          state: 'running',
          obstacles: ['no dialler is connected', 'no agent of group sales is logged in'],
        },
      ],
      gone: [],
    });
    expect(change).not.toHaveProperty('set.0.list');
    tick();
    tick();
    expect(await wall.next()).toMatchObject([{ type: 'beat', seqs: { campaigns: seq + 1 } }]);
    expect(wall.got).toEqual([]);
  });

  it('has items as its description says, and no telephone number in them', async () => {
    await load('spring');
    await start('spring');
    const desk = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
    sockets.push(desk);
    await once(desk, 'open');
    const login = { GSW_AGENT_ID: 'a1', GSW_EXTENSION: '20019988', GSW_GROUP: 'sales' };
    desk.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: 'Login', ...login }));
    await once(desk, 'message');
    desk.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: 'Ready' }));
    await once(desk, 'message');
    const { body } = await bench.ask('POST', '/link/v1/register', {
      body: {
        dialerId: 'd1',
        linkVersion: 1,
        softwareVersion: '1',
        boards: [],
        capabilities: {
          handoff: ['agent', 'destination'],
          plans: ['US'],
          modes: ['telephony_preset', 'accurate_am_detection'],
        },
      },
    });
    const channels = { inService: 9, busy: 0 };
    const pull = { dialerId: 'd1', sessionId: body['sessionId'], free: 9, channels, waitMs: 0, active: [] };
    await bench.ask('POST', '/link/v1/pull', { body: pull });
    const wall = await listen();
    await wall.say(subscribe('campaigns', 'agents', 'diallers'));
    tick();
    const all = (await wall.next(3)) as { items: object[] }[];
    const schemas = [liveCampaignSchema, liveAgentSchema, liveDialerSchema];
    all.forEach(({ items }, index) => {
      expect(items).toHaveLength(1);
      expect(schemas[index]?.strict().parse(items[0])).toEqual(items[0]);
    });
    expect(all[0]?.items).toMatchObject([{ calls: { leased: 1 }, agents: { ready: 1 }, total: 2, left: 2 }]);
    expect(all[2]?.items).toMatchObject([{ dialerId: 'd1', calls: 1, lost: false }]);
    expect(wall.texts.join()).not.toMatch(/5550101|5550102|20019988/);
  });

  it('is the same for all, however many listen and whenever they came', async () => {
    await load('spring');
    const first = await listen();
    await first.say(subscribe('campaigns'));
    tick();
    await first.next();
    await start('spring');
    const second = await listen();
    await second.say(subscribe('campaigns'));
    tick();
    const [change] = (await first.next()) as { seq: number; set: object[] }[];
    const [snapshot] = (await second.next()) as { seq: number; items: object[] }[];
    expect(snapshot).toMatchObject({ type: 'snapshot', seq: change?.seq, items: change?.set });
    await bench.ask('POST', '/api/v1/campaigns/spring/stop', { token: apiToken });
    tick();
    await Promise.all([first.next(), second.next()]);
    expect(first.texts.at(-1)).toBe(second.texts.at(-1));
    await bench.ask('POST', '/api/v1/campaigns/spring/unload', { token: apiToken });
    tick();
    expect(await first.next()).toMatchObject([{ type: 'change', gone: ['spring'] }]);
  });

  it('tells nothing of topics that were not asked for, or are not wanted any more', async () => {
    const wall = await listen();
    await wall.say(subscribe('agents'));
    tick();
    await wall.next();
    await load('spring');
    await wall.say(subscribe());
    for (let times = 0; times < 5; times += 1) tick();
    await wall.say(subscribe());
    expect(wall.got.map(({ type }) => type)).toEqual(['beat']);
  });

  it.each([
    ['no JSON', 'x'],
    ['an unknown topic', JSON.stringify(subscribe('weather'))],
    ['too much', JSON.stringify({ ...subscribe(), more: 'x'.repeat(2_000) })],
  ])('ends with whoever sends %s', async (_what, text) => {
    const wall = await listen();
    const closed = once(wall.socket, 'close');
    wall.socket.send(text);
    expect((await closed)[0]).toBe(1008);
    expect(wall.got).toMatchObject([{ type: 'error', code: 'BAD_MESSAGE' }]);
  });
});

describe('who listens', () => {
  const refusal = (headers: Record<string, string>) =>
    listen(headers).then(
      () => null,
      (error: Error) => Number(/\d{3}/.exec(error.message)?.[0]),
    );

  it('shows a token, or a session from a page of this server', async () => {
    expect(await refusal({})).toBe(401);
    expect(await refusal({ authorization: 'Bearer wrong' })).toBe(401);
    const { cookie } = await bench.enter('screen', 'wall');
    expect(await refusal({ cookie })).toBe(403);
    expect(await refusal({ cookie, origin: 'https://evil.example.net' })).toBe(401);
    expect(await refusal({ cookie, origin: url })).toBeNull();
    const agent = await bench.enter('anna', 'agent');
    expect(await refusal({ cookie: agent.cookie, origin: url })).toBe(403);
  });

  it('hears no more once the session is ended', async () => {
    const { cookie } = await bench.enter('sam', 'supervisor');
    const { socket } = await listen({ cookie, origin: url });
    const closed = once(socket, 'close');
    await bench.ask('DELETE', '/api/v1/users/sam/sessions', { token: apiToken });
    expect((await closed)[0]).toBe(4005);
  });
});
