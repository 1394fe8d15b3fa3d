import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { WebSocket } from 'ws';
import { livePath, liveTopics, type LiveTopic } from '../../../api/live.ts';
import type { Log } from '../../../domain/log.ts';
import { asCodedError } from '../../../http/errors.ts';
import type { Access } from '../../access/access.ts';
import { anybody, groupsSeen } from '../../access/caller.ts';
import type { Clock } from '../../clock.ts';
import { keepAlive } from '../keep-alive.ts';
import { checkPage, guardDoor } from '../access/guard.ts';
import { createChannelListeners } from './channel-listeners.ts';
import { bytesOf, isOpen, mostUnread, newClient, reads, takeAsk, type Client } from './live-client.ts';
import { createLiveScopes, type TopicParts } from './live-topics.ts';

export type LiveStreamParts = TopicParts & { access: Access; log: Log; wireClock: Clock };

/** Changes are looked for so often while somebody listens; ms of the wire clock. */
const tickMs = 250;
const ticksPerBeat = 4;

const mostClients = 200;

/** The live stream: what supervisors, engineers and wall screens look at, made once for all of them. */
export function serveLive(app: FastifyInstance, parts: LiveStreamParts): void {
  const { access, channelWatch, clock, log, wireClock } = parts;
  const listeners = createChannelListeners(channelWatch, clock);
  const clients = new Set<Client>();
  const scopes = createLiveScopes(parts);
  let stopTick: (() => void) | null = null;
  let ticks = 0;
  let fails = false;

  const snapshots = (client: Client) => {
    const { feeds, owed, socket } = client;
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
    for (const feeds of scopes.all()) {
      for (const topic of liveTopics) {
        const wanted = [...clients].filter((client) => client.feeds === feeds && client.topics.has(topic));
        const changed = wanted.length === 0 ? null : feeds[topic].update(clock.now());
        if (changed !== null) for (const client of wanted) change(client, topic, changed);
      }
    }
  };
  const beat = (client: Client) => {
    const told = [...client.topics].filter((topic) => !client.owed.has(topic));
    const hasNothing = told.length === 0 && client.topics.size > 0;
    if (hasNothing || !isOpen(client) || !reads(client)) return;
    const seqs = Object.fromEntries(told.map((topic) => [topic, client.feeds[topic].seq()]));
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
      listeners.tell(clients);
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

  const take = (client: Client, data: Buffer, binary: boolean) => {
    try {
      takeAsk(client, data, binary);
      listeners.changed(clients);
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
    const client = newClient(socket, (caller ?? anybody).role, scopes.of(groupsSeen(caller)));
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
      if (socket.readyState === socket.OPEN) take(client, data as Buffer, binary);
    });
    socket.on('close', () => {
      clients.delete(client);
      listeners.changed(clients);
      stopPinging();
      stopWatching?.();
      scopes.keepOnly(new Set([...clients].map(({ feeds }) => feeds)));
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
