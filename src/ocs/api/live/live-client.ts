import type { WebSocket } from 'ws';
import {
  liveAskSchema,
  liveTopics,
  type LiveHeard,
  type LiveMessage,
  type LiveTopic,
} from '../../../api/live.ts';
import { topicRoles } from '../../../api/rights.ts';
import type { Role } from '../../../api/roles.ts';
import { CodedError } from '../../../domain/errors.ts';
import { parseJson, parseMessage } from '../../../http/messages.ts';
import type { LiveFeeds } from './live-topics.ts';

/**
 * Beyond so many bytes that wait for a client it gets no changes, and new snapshots once it has read. The snapshots
 * themselves are not counted: one of many agents is larger than this.
 */
export const mostUnread = 262_144;

/** What a client says is this short. */
const longestMessage = 1_024;

/** Somebody who listens. */
export interface Client {
  readonly socket: WebSocket;
  readonly role: Role;
  /** What its groups may see; shared by all who see the same. */
  readonly feeds: LiveFeeds;
  topics: ReadonlySet<LiveTopic>;
  /**
   * Topics of which it gets a snapshot, and no changes before: it has just subscribed, or read too slowly. In the order
   * in which they are sent; one that is lost again goes to the end.
   */
  owed: Set<LiveTopic>;
  /** Bytes of snapshots that may still wait for it. */
  snapshotBytes: number;
  /** The channel of whose call it wants to know what is heard. */
  hear: string | null;
  /** What it was told of that last. */
  heard: LiveHeard | undefined;
}

export function newClient(socket: WebSocket, role: Role, feeds: LiveFeeds): Client {
  const [topics, owed] = [new Set<LiveTopic>(), new Set<LiveTopic>()];
  return { socket, role, feeds, topics, owed, snapshotBytes: 0, hear: null, heard: undefined };
}

export function isOpen({ socket }: Client): boolean {
  return socket.readyState === socket.OPEN;
}

/** Whether it reads as fast as it is told. */
export function reads({ socket, snapshotBytes }: Client): boolean {
  return socket.bufferedAmount <= mostUnread + snapshotBytes;
}

export function bytesOf(message: LiveMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

/** Takes what a client says. @throws CodedError BAD_MESSAGE, FORBIDDEN */
export function takeAsk(client: Client, data: Buffer, binary: boolean): void {
  if (binary || data.length > longestMessage) {
    throw new CodedError('BAD_MESSAGE', 'the message is too long, or no text', { field: 'message' });
  }
  const asked = parseMessage(
    liveAskSchema,
    parseJson(data.toString('utf8'), '{"type": "subscribe", "topics": [...]}'),
    'message',
  );
  if (asked.type === 'hear') {
    client.hear = asked.id;
    client.heard = undefined;
    return;
  }
  for (const topic of asked.topics) checkTopic(topic, client.role);
  client.topics = new Set(asked.topics);
  client.owed = new Set(asked.topics);
}

/** @throws CodedError FORBIDDEN */
function checkTopic(topic: LiveTopic, role: Role): void {
  if (topicRoles[topic].includes(role)) return;
  throw new CodedError('FORBIDDEN', `the role ${role} may not listen to ${topic}`, {
    field: 'topics',
    found: topic,
    expected: liveTopics.filter((each) => topicRoles[each].includes(role)).join(', '),
  });
}
