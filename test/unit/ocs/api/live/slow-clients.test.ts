import { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LiveMessage } from '../../../../../src/api/live.ts';
import { createTokenWatch } from '../../../../../src/http/token-watch.ts';
import { serveLive } from '../../../../../src/ocs/api/live/live-stream.ts';
import { openRooms, type Rooms } from '../../../../support/ocs/rooms.ts';

/** A client's connection as OCS sees it. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  closed: number[] = [];
  readonly got: LiveMessage[] = [];
  send(data: Buffer) {
    this.got.push(JSON.parse(data.toString()) as LiveMessage);
  }
  close(code: number) {
    this.closed.push(code);
    this.readyState = 2;
  }
  ping() {}
  terminate() {
    this.readyState = 3;
    this.emit('close');
  }
  subscribe(...topics: string[]) {
    this.emit('message', Buffer.from(JSON.stringify({ type: 'subscribe', topics })), false);
  }
}

let rooms: Rooms;
let failures: string[];
let connect: () => FakeSocket;
beforeEach(() => {
  rooms = openRooms();
  failures = [];
  const log = { ...rooms.log, error: (_fields: object, message: string) => failures.push(message) };
  let handler: (socket: FakeSocket, request: object) => void = () => undefined;
  const app = {
    tokenWatch: createTokenWatch(rooms.log),
    get: (_path: string, _options: object, connected: typeof handler) => {
      handler = connected;
    },
  };
  serveLive(app as unknown as FastifyInstance, { ...rooms, log });
  connect = () => {
    const socket = new FakeSocket();
    handler(socket, { ip: '127.0.0.1', caller: null });
    return socket;
  };
});
afterEach(() => {
  rooms.store.close();
});
const tick = () => {
  rooms.wireClock.advance(250);
};
const kinds = ({ got }: FakeSocket) => got.splice(0).map(({ type }) => type);

it('whoever reads too slowly gets no changes, and a snapshot when it has caught up', () => {
  const [slow, quick] = [connect(), connect()];
  slow.subscribe('agents');
  quick.subscribe('agents');
  tick();
  expect([kinds(slow), kinds(quick)]).toEqual([['snapshot'], ['snapshot']]);
  slow.bufferedAmount = 262_145;
  rooms.sit('a1', '2001', 'sales');
  tick();
  rooms.sit('a2', '2002', 'sales');
  tick();
  slow.bufferedAmount = 1;
  tick();
  expect([kinds(slow), kinds(quick)]).toEqual([[], ['change', 'change', 'beat']]);
  slow.bufferedAmount = 0;
  tick();
  expect(slow.got).toMatchObject([{ type: 'snapshot', items: [{ agentId: 'a1' }, { agentId: 'a2' }] }]);
  expect(kinds(quick)).toEqual([]);
});

it('a topic larger than what may wait keeps no other topic back, and gets its changes', () => {
  // As over TLS: what is sent waits until the next turn.
  const socket = connect();
  const keep = socket.send.bind(socket);
  socket.send = (data) => {
    socket.bufferedAmount += data.length;
    keep(data);
  };
  const drained = () => {
    socket.bufferedAmount = 0;
    tick();
    return socket.got
      .splice(0)
      .map((message) => `${message.type} ${'topic' in message ? message.topic : ''}`);
  };
  for (let index = 0; index < 2_400; index += 1) {
    rooms.sit(`agent-with-a-name-${String(index)}`, String(100_000 + index), 'sales');
  }
  socket.subscribe('agents', 'diallers');
  expect(drained()).toEqual(['snapshot agents']);
  const large = socket.bufferedAmount;
  expect(large).toBeGreaterThan(262_144);
  rooms.sit('a1', '2001', 'sales');
  tick();
  expect(kinds(socket)).toEqual(['change']);
  expect(drained()).toEqual(['snapshot diallers']);
  rooms.sit('a2', '2002', 'sales');
  expect(drained()).toEqual(['change agents', 'beat ']);
  // Who leaves that much unread besides the snapshot has read too slowly, of this topic alone.
  socket.bufferedAmount = 262_145;
  rooms.sit('a3', '2003', 'sales');
  tick();
  expect(kinds(socket)).toEqual([]);
  expect(drained()).toEqual(['snapshot agents']);
  socket.bufferedAmount = large + 262_145 + 1_000;
  rooms.sit('a4', '2004', 'sales');
  tick();
  expect(kinds(socket)).toEqual([]);
  socket.bufferedAmount = 1;
  tick();
  expect(socket.got).toMatchObject([{ type: 'beat', seqs: { diallers: expect.any(Number) as number } }]);
  expect(socket.got[0]).not.toHaveProperty('seqs.agents');
});

it('nothing is looked at while nobody listens', () => {
  const socket = connect();
  socket.subscribe('campaigns');
  tick();
  socket.terminate();
  let looks = 0;
  rooms.campaigns.all = () => {
    looks += 1;
    return [];
  };
  tick();
  expect(looks).toBe(0);
  connect().subscribe('campaigns');
  tick();
  expect(looks).toBe(1);
});

it('more than 200 are sent away', () => {
  const all = Array.from({ length: 201 }, connect);
  expect(all.map(({ closed }) => closed.length).reduce((sum, closed) => sum + closed)).toBe(1);
  expect(all.at(-1)?.closed).toEqual([1013]);
});

it('a store that cannot be read is said once, and the stream goes on afterwards', () => {
  const socket = connect();
  socket.subscribe('campaigns');
  const all = rooms.campaigns.all.bind(rooms.campaigns);
  rooms.campaigns.all = () => {
    throw new Error('no');
  };
  tick();
  tick();
  expect(failures).toHaveLength(1);
  rooms.campaigns.all = all;
  tick();
  expect(kinds(socket)).toEqual(['snapshot']);
});
