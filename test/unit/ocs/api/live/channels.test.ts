import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { liveChannelSchema, liveHeardSchema, type LiveMessage } from '../../../../../src/api/live.ts';
import type { HeardCall, LiveRequest, WatchedChannel } from '../../../../../src/link/live-schemas.ts';
import type { PullReply } from '../../../../../src/link/schemas.ts';
import { apiToken, openAccess, type AccessBench } from '../../../../support/ocs/access.ts';

const machines = ['supervisor', 'engineer', 'wall'] as const;
const tokenOf = (role: string) => `the-token-of-a-machine-${role}`;

let bench: AccessBench;
let url: string;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  bench = await openAccess({
    tokens: {
      api: apiToken,
      machines: Object.fromEntries(machines.map((role) => [role, { role, token: tokenOf(role) }])),
    },
  });
  url = await bench.ocs.listen({ port: 0 });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await bench.ocs.stop();
});
const tick = () => {
  bench.wire.advance(250);
};

async function listen(token = apiToken) {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live/v1`, { headers });
  sockets.push(socket);
  const got: LiveMessage[] = [];
  socket.on('message', (data: Buffer) => got.push(JSON.parse(data.toString()) as LiveMessage));
  await once(socket, 'open');
  const say = async (message: object) => {
    socket.send(JSON.stringify(message));
    socket.ping();
    await once(socket, 'pong');
  };
  const next = async (type: LiveMessage['type']) => {
    for (;;) {
      const at = got.findIndex((message) => message.type === type);
      if (at >= 0) return got.splice(0, at + 1).at(-1) as LiveMessage & Record<string, unknown>;
      await once(socket, 'message');
    }
  };
  const close = async () => {
    socket.close();
    await once(socket, 'close');
    // The server's end of it.
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { close, got, next, say, socket };
}
type Listener = Awaited<ReturnType<typeof listen>>;
const look = (listener: Listener) => listener.say({ type: 'subscribe', topics: ['channels'] });

/** A dialler with its session. */
async function register(dialerId = 'd1', capabilities: object = { watch: true }) {
  const about = { dialerId, linkVersion: 1, softwareVersion: '1', boards: [] };
  const can = { handoff: ['agent'], plans: ['US'], modes: ['telephony_preset'], ...capabilities };
  const { body } = await bench.ask('POST', '/link/v1/register', { body: { ...about, capabilities: can } });
  const session = { dialerId, sessionId: body['sessionId'] };
  const commands = async () => {
    const poll = { free: 0, channels: { inService: 0, busy: 0 }, waitMs: 0, active: [] };
    const reply = await bench.ask('POST', '/link/v1/pull', { body: { ...session, ...poll } });
    return (reply.body as unknown as PullReply).commands;
  };
  const tell = async (message: Partial<LiveRequest>) => {
    const live = { ...session, seq: 1, board: 'ok', channels: [], heard: [], ...message };
    const { body: answer } = await bench.ask('POST', '/link/v1/live', { body: live });
    return answer['want'] ?? answer.error?.code;
  };
  return { commands, tell };
}

const channel = (number: number, more: Partial<WatchedChannel> = {}): WatchedChannel => ({
  ...{ channel: number, span: 0, use: 'idle', phase: null, forMs: 1_000, attemptId: null, campaign: null },
  ...{ agentId: null, test: false, lastEvent: 'released', lastEventMs: 900, reason: null, faults: 0 },
  ...more,
});
const heard: HeardCall = {
  channel: 2,
  call: 'a-1',
  dialledMs: 3_000,
  items: [{ kind: 'beep', startMs: 900, endMs: 1_200, name: null, hz: [1_000], confidence: null }],
  scores: [{ atMs: 2_000, machineLogOdds: 1.5, machineFrom: 2, liveBelow: -1 }],
};

describe('channels in the live stream', () => {
  it('are asked of the diallers only while somebody looks', async () => {
    const dialer = await register();
    expect(await dialer.commands()).toEqual([]);
    expect(await dialer.tell({ channels: [channel(1)] })).toBe('nothing');
    const engineer = await listen(tokenOf('engineer'));
    await engineer.say({ type: 'subscribe', topics: ['diallers'] });
    expect(await dialer.commands()).toEqual([]);
    await look(engineer);
    expect(await dialer.commands()).toEqual([{ kind: 'watch', turn: 1, forMs: 30_000, hear: [] }]);
    expect(await dialer.commands()).toEqual([]);
    bench.wire.advance(5_000);
    expect(await dialer.commands()).toHaveLength(1);
    expect(await dialer.tell({ channels: [channel(1)] })).toBe('changes');
    await engineer.close();
    expect(await dialer.tell({ seq: 2 })).toBe('nothing');
    bench.wire.advance(5_000);
    expect(await dialer.commands()).toEqual([]);
    await look(await listen());
    expect(await dialer.commands()).toEqual([{ kind: 'watch', turn: 2, forMs: 30_000, hear: [] }]);
  });

  it('come as a snapshot, and then what changed, as the description says', async () => {
    const [one, two] = [await register('d1'), await register('d2')];
    const engineer = await listen(tokenOf('engineer'));
    await look(engineer);
    await one.tell({ channels: [channel(1), channel(2, { forMs: 60_000 })] });
    await two.tell({ channels: [channel(1)] });
    tick();
    const { items } = (await engineer.next('snapshot')) as unknown as { items: object[] };
    expect(items.map((item) => liveChannelSchema.strict().parse(item).id)).toEqual(['d1/1', 'd1/2', 'd2/1']);
    expect(items[1]).toMatchObject({
      since: bench.clock.now() - 60_000,
      lastEventAt: bench.clock.now() - 900,
    });
    const ringing = { use: 'call', phase: 'alerting', attemptId: 'a-1', campaign: 'spring', forMs: 0 };
    await one.tell({ seq: 2, channels: [channel(2, ringing)] });
    tick();
    const change = await engineer.next('change');
    expect(change).toMatchObject({ topic: 'channels', gone: [] });
    expect(change['set']).toEqual([
      {
        ...{ id: 'd1/2', use: 'call', phase: 'alerting', attemptId: 'a-1', campaign: 'spring' },
        since: bench.clock.now(),
      },
    ]);
    // A dialler that was away knows nothing of what it was.
    await register('d1');
    tick();
    expect(await engineer.next('change')).toMatchObject({ set: [], gone: ['d1/1', 'd1/2'] });
  });

  it('are told anew when a message was lost', async () => {
    const dialer = await register();
    await look(await listen());
    expect(await dialer.tell({ seq: 2 })).toBe('all');
    expect(await dialer.tell({ seq: 1 })).toBe('changes');
    expect(await dialer.tell({ seq: 2 })).toBe('changes');
    expect(await dialer.tell({ seq: 2 })).toBe('all');
    expect(await dialer.tell({ seq: 4 })).toBe('all');
    expect(await dialer.tell({ seq: 1 })).toBe('changes');
  });

  it('say of a dialler whether it can tell, and whether its board is dead', async () => {
    const dialer = await register('d1');
    await register('old', {});
    const wall = await listen(tokenOf('wall'));
    await wall.say({ type: 'subscribe', topics: ['diallers'] });
    tick();
    expect(await wall.next('snapshot')).toMatchObject({
      items: [
        { dialerId: 'd1', canWatch: true, board: null },
        { dialerId: 'old', canWatch: false, board: null },
      ],
    });
    await look(await listen());
    await dialer.tell({ board: 'dead' });
    tick();
    expect(await wall.next('change')).toMatchObject({ set: [{ dialerId: 'd1', board: 'dead' }] });
  });

  it('are nothing for a wall screen', async () => {
    const wall = await listen(tokenOf('wall'));
    const closed = once(wall.socket, 'close');
    wall.socket.send(JSON.stringify({ type: 'subscribe', topics: ['diallers', 'channels'] }));
    expect((await closed)[0]).toBe(1008);
    expect(wall.got).toMatchObject([{ type: 'error', code: 'FORBIDDEN' }]);
  });

  it('let whoever listens to one know what is heard, and nobody else', async () => {
    const [dialer, other] = [await register('d/1'), await register('d2')];
    const [one, two] = [await listen(), await listen()];
    await look(one);
    await look(two);
    await one.say({ type: 'hear', id: 'd/1/2' });
    expect(await dialer.commands()).toMatchObject([{ kind: 'watch', hear: [2] }]);
    expect(await other.commands()).toMatchObject([{ kind: 'watch', hear: [] }]);
    await dialer.tell({ channels: [channel(2)], heard: [heard, { ...heard, channel: 3 }] });
    tick();
    const { at: _at, type: _type, ...told } = await one.next('heard');
    expect(liveHeardSchema.strict().parse(told)).toEqual({
      id: 'd/1/2',
      call: 'a-1',
      dialledAt: bench.clock.now() - 3_000,
      items: heard.items,
      scores: heard.scores,
    });
    tick();
    await two.say({ type: 'hear', id: 'd/1/3' });
    tick();
    await two.say({ type: 'hear', id: 'd/1/2' });
    tick();
    expect(await two.next('heard')).toMatchObject({ id: 'd/1/2', call: 'a-1' });
    expect([...one.got, ...two.got].filter(({ type }) => type === 'heard')).toEqual([]);
  });

  it('tell nothing heard to who does not look at channels', async () => {
    const dialer = await register();
    const [wall, engineer] = [await listen(tokenOf('wall')), await listen()];
    await look(engineer);
    await engineer.say({ type: 'hear', id: 'd1/2' });
    await wall.say({ type: 'subscribe', topics: ['diallers'] });
    await wall.say({ type: 'hear', id: 'd1/2' });
    await dialer.tell({ channels: [channel(2)], heard: [heard] });
    tick();
    await engineer.next('heard');
    await wall.say({ type: 'subscribe', topics: ['diallers'] });
    expect(wall.got.filter(({ type }) => type === 'heard')).toEqual([]);
  });

  it('are refused where they are more than a message takes, or not as they should be', async () => {
    const dialer = await register();
    await look(await listen());
    const many = Array.from({ length: 1_001 }, (_, n) => channel(n));
    expect(await dialer.tell({ channels: many })).toBe('BAD_MESSAGE');
    expect(await dialer.tell({ channels: many.slice(1) })).toBe('changes');
    expect(await dialer.tell({ seq: 0 })).toBe('BAD_MESSAGE');
    expect(
      await dialer.tell({
        heard: [{ ...heard, items: Array.from({ length: 65 }, () => heard.items).flat() }],
      }),
    ).toBe('BAD_MESSAGE');
  });
});
