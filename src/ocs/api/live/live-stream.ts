import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { WebSocket } from 'ws';
import {
  livePath,
  liveTopics,
  subscribeSchema,
  type LiveMessage,
  type LiveTopic,
} from '../../../api/live.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/log.ts';
import { asCodedError } from '../../../http/errors.ts';
import { parseMessage } from '../../../http/messages.ts';
import type { Access } from '../../access/access.ts';
import type { Clock } from '../../clock.ts';
import { keepAlive } from '../keep-alive.ts';
import { checkPage, guardDoor } from '../access/guard.ts';
import { createLiveFeeds, type TopicParts } from './live-topics.ts';

export type LiveStreamParts = TopicParts & { access: Access; log: Log; wireClock: Clock };

/** Changes are looked for so often while somebody listens; ms of the wire clock. */
const tickMs = 250;
const ticksPerBeat = 4;

/**
 * Beyond so many bytes that wait for a client it gets no changes, and new snapshots once it has read. The snapshots
 * themselves are not counted: one of many agents is larger than this.
 */
const mostUnread = 262_144;

/** What a client says is this short, and so many clients there may be. */
const longestMessage = 1_024;
const mostClients = 200;

/** Somebody who listens. */
interface Client {
  readonly socket: WebSocket;
  topics: ReadonlySet<LiveTopic>;
  /**
   * Topics of which it gets a snapshot, and no changes before: it has just subscribed, or read too slowly. In the order
   * in which they are sent; one that is lost again goes to the end.
   */
  owed: Set<LiveTopic>;
  /** Bytes of snapshots that may still wait for it. */
  snapshotBytes: number;
}

/** The live stream: what supervisors, engineers and wall screens look at, made once for all of them. */
export function serveLive(app: FastifyInstance, parts: LiveStreamParts): void {
  const { access, clock, log, wireClock } = parts;
  const feeds = createLiveFeeds(parts);
  const clients = new Set<Client>();
  let stopTick: (() => void) | null = null;
  let ticks = 0;
  let fails = false;

  const isOpen = ({ socket }: Client) => socket.readyState === socket.OPEN;
  const reads = ({ socket, snapshotBytes }: Client) => socket.bufferedAmount <= mostUnread + snapshotBytes;
  const snapshots = (client: Client) => {
    const { owed, socket } = client;
    if (socket.bufferedAmount > 0) return;
    for (const topic of owed) {
      if (!isOpen(client) || socket.bufferedAmount > mostUnread) return;
      const data = feeds[topic].snapshot();
      owed.delete(topic);
      socket.send(data, { binary: false });
      client.snapshotBytes = socket.bufferedAmount;
    }
  };
  const change = (client: Client, topic: LiveTopic, data: Buffer) => {
    if (!isOpen(client) || client.owed.has(topic)) return;
    if (reads(client)) client.socket.send(data, { binary: false });
    else client.owed.add(topic);
  };
  const update = () => {
    for (const topic of liveTopics) {
      const listeners = [...clients].filter(({ topics }) => topics.has(topic));
      const changed = listeners.length === 0 ? null : feeds[topic].update(clock.now());
      if (changed !== null) for (const client of listeners) change(client, topic, changed);
    }
  };
  const beat = (client: Client) => {
    const told = [...client.topics].filter((topic) => !client.owed.has(topic));
    const hasNothing = told.length === 0 && client.topics.size > 0;
    if (hasNothing || !isOpen(client) || !reads(client)) return;
    const seqs = Object.fromEntries(told.map((topic) => [topic, feeds[topic].seq()]));
    client.socket.send(bytesOf({ type: 'beat', at: clock.now(), seqs }), { binary: false });
  };
  const tick = () => {
    stopTick = wireClock.after(tickMs, tick);
    ticks += 1;
    try {
      for (const client of clients) {
        client.snapshotBytes = Math.min(client.snapshotBytes, client.socket.bufferedAmount);
      }
      update();
      for (const client of clients) {
        snapshots(client);
        if (ticks % ticksPerBeat === 0) beat(client);
      }
      fails = false;
    } catch (error) {
      if (!fails) log.error({ err: error }, 'the live stream is not up to date; it is tried again');
      fails = true;
    }
  };

  const subscribe = (client: Client, data: Buffer, binary: boolean) => {
    try {
      if (binary || data.length > longestMessage) {
        throw new CodedError('BAD_MESSAGE', 'the message is too long, or no text', { field: 'message' });
      }
      const { topics } = parseMessage(subscribeSchema, parseJson(data.toString('utf8')), 'message');
      client.topics = new Set(topics);
      client.owed = new Set(topics);
    } catch (error) {
      const { code, message } = asCodedError(error);
      client.socket.send(bytesOf({ type: 'error', code, message }), { binary: false });
      client.socket.close(1008, 'not understood');
    }
  };

  const connect = (socket: WebSocket, { caller, ip }: FastifyRequest) => {
    socket.on('error', (error) => {
      log.warn({ err: error.message, address: ip }, 'connection of the live stream failed');
    });
    if (clients.size >= mostClients) {
      socket.close(1013, 'too many listen');
      return;
    }
    const client: Client = { socket, topics: new Set(), owed: new Set(), snapshotBytes: 0 };
    clients.add(client);
    stopTick ??= wireClock.after(tickMs, tick);
    const session = caller?.session ?? null;
    const end = () => {
      socket.close(4005, 'the session is over');
    };
    const stopWatching = session === null ? null : access.sessions.watch(session.id, end);
    const stopPinging = keepAlive(socket, wireClock, () => {
      log.warn({ address: ip }, 'a client of the live stream does not answer; its connection is closed');
    });
    socket.on('pong', () => {
      if (session === null) return;
      // A browser answers though nobody sits before it; at a wall screen nobody has to.
      const { isAlive, touch } = access.sessions;
      if (!(caller?.role === 'wall' ? touch : isAlive)(session.id)) end();
    });
    socket.on('message', (data, binary) => {
      // `ws` gives one Buffer unless told otherwise.
      if (socket.readyState === socket.OPEN) subscribe(client, data as Buffer, binary);
    });
    socket.on('close', () => {
      clients.delete(client);
      stopPinging();
      stopWatching?.();
      if (clients.size > 0) return;
      stopTick?.();
      stopTick = null;
    });
  };
  const guard = guardDoor(access, app.tokenWatch, 'live') as onRequestHookHandler;
  const wantPage: onRequestHookHandler = (request, _reply, done) => {
    checkPage(request, request.caller);
    done();
  };
  app.get(livePath, { websocket: true, onRequest: [guard, wantPage] }, connect);
}

function bytesOf(message: LiveMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError('BAD_MESSAGE', 'the message is not JSON', {
      field: 'message',
      expected: '{"type": "subscribe", "topics": [...]}',
      cause: error,
    });
  }
}
