import { batch, effect, signal, type Signal } from '@preact/signals';
import type {
  LiveAgent,
  LiveCampaign,
  LiveChannel,
  LiveDialer,
  LiveHeard,
  LiveMessage,
  LiveTopic,
} from '../api/live.ts';
import { checkSession, session } from './server.ts';

/** What the live stream told last. */
export interface LiveState {
  campaigns: ReadonlyMap<string, LiveCampaign>;
  agents: ReadonlyMap<string, LiveAgent>;
  diallers: ReadonlyMap<string, LiveDialer>;
  channels: ReadonlyMap<string, LiveChannel>;
}
export const live: Signal<LiveState> = signal({
  campaigns: new Map(),
  agents: new Map(),
  diallers: new Map(),
  channels: new Map(),
});

/** The moment of the last message by the clock of OCS, and when it came here. */
export const heard: Signal<{ at: number; here: number } | null> = signal(null);

/** Nothing was heard for so long that the figures may be old. */
export const isLost = signal(false);

/** The channel of whose call is wanted what is heard; null: of none. */
export const listenedTo: Signal<string | null> = signal(null);

/** What was heard there, and when that was told by `performance.now`. */
export const heardCall: Signal<(LiveHeard & { at: number; here: number }) | null> = signal(null);

const keys = { campaigns: 'name', agents: 'agentId', diallers: 'dialerId', channels: 'id' } as const;
const topicsOfWall: readonly LiveTopic[] = ['campaigns', 'agents', 'diallers'];

/** A beat comes each second. */
const lostAfterMs = 1_500 + 1_000;
/** What comes within this time is drawn together; ms. */
const gatherMs = 10;
const retryMs = { first: 250, most: 5_000 };

/** Listens until it is stopped; connects again by itself, later each time. */
export function listen(topics = topicsOfWall): () => void {
  let socket: WebSocket | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = retryMs.first;
  let stopped = false;
  const seqs = new Map<LiveTopic, number>();

  const hear = (id: string | null) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'hear', id }));
  };
  const connect = () => {
    const here = new URL('/live/v1', location.href);
    here.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(here);
    let wasOpen = false;
    const subscribe = () => socket?.send(JSON.stringify({ type: 'subscribe', topics }));
    socket.onopen = () => {
      wasOpen = true;
      seqs.clear();
      subscribe();
      hear(listenedTo.value);
    };
    const hearOne = (message: LiveMessage) => {
      if (message.type === 'error') return;
      waitMs = retryMs.first;
      heard.value = { at: message.at, here: performance.now() };
      isLost.value = false;
      if (message.type === 'heard') {
        if (message.id === listenedTo.value) heardCall.value = { ...message, here: performance.now() };
      } else if (!take(message, seqs)) subscribe();
    };
    let gathered: LiveMessage[] = [];
    const hearAll = () => {
      const all = gathered;
      gathered = [];
      batch(() => {
        all.forEach(hearOne);
      });
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (gathered.length === 0) setTimeout(hearAll, gatherMs);
      gathered.push(JSON.parse(data) as LiveMessage);
    };
    socket.onclose = ({ code }) => {
      // Ended by an admin, or over.
      if (code === 4005) session.value = null;
      if (stopped || code === 4005) return;
      // A browser does not tell why it was refused.
      if (!wasOpen) void checkSession();
      retry = setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
      waitMs = Math.min(retryMs.most, waitMs * 2);
    };
  };
  const watch = setInterval(() => {
    isLost.value = heard.value === null || performance.now() - heard.value.here > lostAfterMs;
  }, 500);
  connect();
  const stopHearing = effect(() => {
    heardCall.value = null;
    hear(listenedTo.value);
  });
  return () => {
    stopped = true;
    stopHearing();
    clearInterval(watch);
    clearTimeout(retry);
    socket?.close();
  };
}

/** @returns false when a change is missing */
function take(
  message: Exclude<LiveMessage, { type: 'error' | 'heard' }>,
  seqs: Map<LiveTopic, number>,
): boolean {
  if (message.type === 'beat') {
    return Object.entries(message.seqs).every(
      ([topic, seq]) => (seqs.get(topic as LiveTopic) ?? seq) === seq,
    );
  }
  const { seq, topic } = message;
  const key = keys[topic];
  const idOf = (item: object) => String((item as Record<string, unknown>)[key]);
  if (message.type === 'snapshot') {
    seqs.set(topic, seq);
    live.value = { ...live.value, [topic]: new Map(message.items.map((item) => [idOf(item), item])) };
    return true;
  }
  if (seqs.get(topic) !== seq - 1) return false;
  seqs.set(topic, seq);
  const items = new Map<string, object>(live.value[topic]);
  for (const item of message.set) items.set(idOf(item), { ...items.get(idOf(item)), ...item });
  for (const id of message.gone) items.delete(id);
  live.value = { ...live.value, [topic]: items };
  return true;
}
