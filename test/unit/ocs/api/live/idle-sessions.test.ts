import { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Role } from '../../../../../src/api/roles.ts';
import { createTokenWatch } from '../../../../../src/http/token-watch.ts';
import { serveLive } from '../../../../../src/ocs/api/live/live-stream.ts';
import { openRooms, type Rooms } from '../../../../support/ocs/rooms.ts';

const hour = 3_600_000;

class FakeSocket extends EventEmitter {
  closed: number[] = [];
  close(code: number) {
    this.closed.push(code);
  }
  ping() {
    this.emit('pong');
  }
}

let rooms: Rooms;
/** The page of somebody who has just logged in. */
let open: (role: Role) => { socket: FakeSocket; secret: string };
beforeEach(() => {
  rooms = openRooms();
  let connected: (socket: FakeSocket, request: object) => void = () => undefined;
  const app = {
    tokenWatch: createTokenWatch(rooms.log),
    get: (_path: string, _options: object, handler: typeof connected) => {
      connected = handler;
    },
  };
  serveLive(app as unknown as FastifyInstance, rooms);
  open = (role) => {
    const user = { name: role, role, groups: [], extension: null, passwordHash: '', oneTimeUntil: null };
    const anna = { ...user, disabled: false, createdAt: 0, lastLogInAt: null };
    rooms.store.users.save(anna);
    const { secret, session } = rooms.access.sessions.begin(anna, '127.0.0.1');
    const socket = new FakeSocket();
    connected(socket, { ip: '127.0.0.1', caller: { name: role, kind: 'user', role, session } });
    return { secret, socket };
  };
});
afterEach(() => {
  rooms.store.close();
});

it('a page that is only open does not keep its session in use, and is closed with it', () => {
  const { secret, socket } = open('supervisor');
  rooms.wireClock.advance(hour - 1);
  expect(socket.closed).toEqual([]);
  expect(rooms.access.sessions.find(secret)).not.toBeNull();
  // That was a request.
  rooms.wireClock.advance(hour - 1);
  expect(socket.closed).toEqual([]);
  rooms.wireClock.advance(15_000);
  expect(socket.closed).toEqual([4005]);
  expect(rooms.access.sessions.find(secret)).toBeNull();
});

it('a wall screen keeps its session in use', () => {
  const { secret, socket } = open('wall');
  const { id } = rooms.access.sessions.find(secret)?.session ?? { id: 'none' };
  rooms.wireClock.advance(hour);
  expect(socket.closed).toEqual([]);
  expect(rooms.wireClock.now() - (rooms.store.sessions.get(id)?.seenAt ?? 0)).toBeLessThan(2 * 60_000);
});
