import { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenWatch } from '../../../../src/http/token-watch.ts';
import { nextTurn } from '../../../../src/ocs/clock.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { serveDesktops } from '../../../../src/ocs/api/desktop.ts';
import { mostWaiting } from '../../../../src/ocs/api/message-queue.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

/** A desktop's connection as OCS sees it; what is sent to the desktop is in `inbox`. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  pings = 0;
  readonly inbox: Message[] = [];
  readonly closed: number[] = [];
  terminated = false;
  pause() {
    this.isPaused = true;
  }
  resume() {
    this.isPaused = false;
  }
  ping() {
    this.pings += 1;
  }
  send(text: string) {
    this.inbox.push(JSON.parse(text) as Message);
  }
  close(code: number) {
    this.closed.push(code);
    this.readyState = 2;
  }
  terminate() {
    this.terminated = true;
    this.readyState = 3;
    this.emit('close');
  }
}

const pingMs = 15_000;
const failing = createFailingWrites();
let rooms: Rooms;
let failures: string[];
let connect: (address?: string) => FakeSocket;

beforeEach(() => {
  rooms = openRooms({ tokens: { desktop: 'the desktops of us' } });
  failures = [];
  const log = { ...rooms.log, error: (_fields: object, message: string) => failures.push(message) };
  let handler: (socket: FakeSocket, request: { ip: string }) => void = () => undefined;
  const app = {
    tokenWatch: createTokenWatch(rooms.log, (ms, run) => rooms.wireClock.after(ms, run)),
    get: (_path: string, _options: object, connected: typeof handler) => {
      handler = connected;
    },
  };
  serveDesktops(app as unknown as FastifyInstance, { ...rooms, log });
  connect = (address = '127.0.0.1') => {
    const socket = new FakeSocket();
    handler(socket, { ip: address });
    return socket;
  };
});
afterEach(() => {
  failing.end();
  rooms.store.close();
});

let references = 0;
/** @returns what it is answered */
async function ask(socket: FakeSocket, request: string, more: Message = {}): Promise<Message | undefined> {
  references += 1;
  const reference = references;
  const sent = { GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference, ...more };
  socket.emit('message', Buffer.from(JSON.stringify(sent)), false);
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  return socket.inbox.find((message) => message['GSW_REFERENCE_ID'] === reference);
}
const login = (socket: FakeSocket, agentId = 'a1', token = 'the desktops of us') =>
  ask(socket, 'Login', {
    GSW_AGENT_ID: agentId,
    GSW_EXTENSION: '2001',
    GSW_GROUP: 'sales',
    GSW_TOKEN: token,
  });

describe('a desktop that is asked whether it is there', () => {
  it('stays for as long as it answers each ping', async () => {
    const socket = connect();
    await login(socket);
    for (let times = 1; times <= 4; times += 1) {
      rooms.wireClock.advance(pingMs);
      expect(socket.pings).toBe(times);
      socket.emit('pong');
    }
    expect(socket.terminated).toBe(false);
    expect(rooms.agents.get('a1')).toBeDefined();
  });

  it('is gone when it has not answered before the next one: nobody is sent a call there', async () => {
    const socket = connect();
    await login(socket);
    await ask(socket, 'Ready');
    rooms.wireClock.advance(pingMs);
    socket.emit('pong');
    rooms.wireClock.advance(2 * pingMs - 1);
    expect(socket.terminated).toBe(false);
    rooms.wireClock.advance(1);
    expect(socket.terminated).toBe(true);
    expect(rooms.logged).toContain('desktop does not answer; its connection is closed');
    expect(rooms.desks.get('a1')).toBeUndefined();
    const { pings } = socket;
    rooms.wireClock.advance(10 * pingMs);
    expect(socket.pings).toBe(pings);
  });

  it('has its time for a Login again when a LogOut came later than it was asked for', async () => {
    const socket = connect();
    await login(socket);
    const agent = rooms.agents.get('a1');
    if (agent === undefined) throw new Error('no agent');
    agent.handle = 7;
    expect(await ask(socket, 'LogOut')).toBeUndefined();
    agent.handle = null;
    const desk = rooms.desks.get('a1');
    if (desk === undefined) throw new Error('no desk');
    rooms.desks.logOut(desk, agent);
    expect(socket.inbox.at(-1)).toMatchObject({ GSW_USER_EVENT: 'LogOutAcknowledge' });
    // Only the answers to pings are heard from it.
    for (let times = 0; times < 2; times += 1) {
      rooms.wireClock.advance(pingMs);
      if (socket.closed.length === 0) socket.emit('pong');
    }
    expect(socket.closed).toEqual([4002]);
  });
});

describe('a desktop whose request waits for a store that is away', () => {
  /** A desk at which an agent is ready, and what was asked next waits. @returns lets it be carried out */
  const waitingDesk = async () => {
    const socket = connect();
    await login(socket);
    await ask(socket, 'Alive');
    await ask(socket, 'Ready');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { soon } = rooms.store;
    const later: typeof soon = async (importance, run) => {
      await promise;
      return soon(importance, run);
    };
    vi.spyOn(rooms.store, 'soon').mockImplementationOnce(later);
    expect(await ask(socket, 'CampaignStatusRequest')).toBeUndefined();
    const goOn = async () => {
      resolve(undefined);
      for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    };
    return { goOn, socket };
  };
  const acknowledged = ({ inbox }: FakeSocket) =>
    inbox.filter((message) => message['GSW_USER_EVENT'] === 'CampaignStatusRequestAcknowledge');

  it('lives for as long as it says so: its agent stays ready, and it is read', async () => {
    const { goOn, socket } = await waitingDesk();
    for (let times = 0; times < 2 * mostWaiting; times += 1) {
      rooms.wireClock.advance(5_000);
      socket.emit('pong');
      expect(await ask(socket, 'Alive')).toMatchObject({ GSW_USER_EVENT: 'AliveAcknowledge' });
    }
    expect(rooms.agents.get('a1')).toMatchObject({ state: 'ready', reason: null });
    expect(socket.isPaused).toBe(false);
    expect(acknowledged(socket)).toEqual([]);
    await goOn();
    expect(acknowledged(socket)).toHaveLength(1);
  });

  it('is not taken for gone while OCS does not read what it answers', async () => {
    const { goOn, socket } = await waitingDesk();
    for (let times = 0; times < mostWaiting; times += 1) await ask(socket, 'CampaignStatusRequest');
    expect(socket.isPaused).toBe(true);
    rooms.wireClock.advance(3 * pingMs);
    expect(socket.terminated).toBe(false);
    await goOn();
    expect(acknowledged(socket)).toHaveLength(mostWaiting + 1);
    expect(socket.isPaused).toBe(false);
    rooms.wireClock.advance(pingMs);
    expect(socket.terminated).toBe(true);
  });
});

describe('what a desktop is answered', () => {
  it('names what the database refused, and the log has it', async () => {
    const socket = connect();
    await login(socket);
    failing.failAt(1);
    expect(await ask(socket, 'Ready')).toMatchObject({
      GSW_USER_EVENT: 'Error',
      GSW_ERROR: 'DATABASE_ERROR',
    });
    failing.end();
    expect(failures).toEqual(['desktop message failed']);
    expect(rooms.agents.get('a1')?.state).toBe('not_ready');
    expect(await ask(socket, 'Ready')).toMatchObject({ GSW_USER_EVENT: 'ReadyAcknowledge' });
  });

  it('names a mistake of the desktop, and the log has nothing of it', async () => {
    const socket = connect();
    expect(await ask(socket, 'Ready')).toMatchObject({ GSW_ERROR: 'UNAUTHORIZED' });
    await login(socket);
    expect(await ask(socket, 'Sing')).toMatchObject({ GSW_ERROR: 'BAD_MESSAGE' });
    expect(failures).toEqual([]);
    expect(socket.closed).toEqual([]);
  });

  it('is an error that says so for what is no JSON, and for bytes', async () => {
    const socket = connect();
    await login(socket);
    for (const [data, binary] of [
      [Buffer.from('{'), false],
      [Buffer.from('{}'), true],
    ] as const) {
      socket.inbox.length = 0;
      socket.emit('message', data, binary);
      await nextTurn();
      expect(socket.inbox).toMatchObject([{ GSW_USER_EVENT: 'Error', GSW_ERROR: 'BAD_MESSAGE' }]);
    }
  });

  it('closes the connection after too many wrong tokens, and not that with the right one', async () => {
    let closed: number[] = [];
    for (let times = 0; times < 30 && closed.length === 0; times += 1) {
      const socket = connect('192.0.2.7');
      await login(socket, 'a1', 'a token that is wrong');
      ({ closed } = socket);
    }
    expect(closed).toEqual([4004]);
    // Behind a proxy others have the same address.
    expect(await login(connect('192.0.2.7'))).toMatchObject({ GSW_USER_EVENT: 'LoginAcknowledge' });
  });
});

describe('a connection that ends', () => {
  it('has nobody seated at it, though a Login was on its way', async () => {
    const socket = connect();
    socket.readyState = 3;
    expect(await login(socket)).toBeUndefined();
    expect(rooms.agents.get('a1')).toBeUndefined();
  });

  it('takes its agent along, once', async () => {
    const socket = connect();
    await login(socket);
    await ask(socket, 'Ready');
    socket.emit('error', new Error('reset'));
    expect(rooms.logged).toContain('desktop connection failed');
    socket.readyState = 3;
    socket.emit('close');
    expect(rooms.desks.get('a1')).toBeUndefined();
    rooms.wireClock.advance(10 * pingMs);
    expect(socket.pings).toBe(0);
    expect(socket.closed).toEqual([]);
  });
});
