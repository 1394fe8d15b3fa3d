import { liveKeys, livePath, type LiveMessage, type LiveTopic } from '../../api/live.ts';
import { followLive, type LiveNews, type LiveState } from '../../api/live-state.ts';
import { CodedError, errorCodes, type ErrorCode } from '../../domain/errors.ts';
import { request, serverUrl, unreachable, type Endpoint } from '../admin/admin-client.ts';

/** Who watches, and what it is told. */
export interface Watcher {
  /** `at`: the moment by the clock of OCS. */
  news(news: LiveNews, at: number, state: LiveState): void;
  /** A beat: what is shown is as of now. */
  beat(at: number): void;
  lost(): void;
  /** @param subscribe asks for the topics as they are then */
  connected?(subscribe: () => void): void;
}

const retryMs = { first: 250, most: 5_000 };
/** A beat comes each second. */
const silentMs = 5_000;

/**
 * Watches until it is aborted; connects again by itself once it was connected.
 *
 * @throws CodedError when OCS is not there at the start, or refuses
 */
export async function watchLive(
  endpoint: Endpoint,
  topics: () => readonly LiveTopic[],
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  const follower = followLive(liveKeys);
  let waitMs = retryMs.first;
  let wasThere = false;
  while (!signal.aborted) {
    try {
      // A WebSocket that is refused does not say why.
      await request(endpoint, '/api/v1/version', { signal });
      follower.reconnected();
      const connected = (subscribe: () => void) => watcher.connected?.(subscribe);
      await listen(endpoint, topics, signal, connected, (message, subscribe) => {
        wasThere = true;
        waitMs = retryMs.first;
        const news = follower.take(message);
        if (news === 'missing') subscribe();
        else if (news === null) watcher.beat(message.at);
        else watcher.news(news, message.at, follower.state);
      });
    } catch (error) {
      if (signal.aborted) return;
      const isAway = error instanceof CodedError && error.code === 'OCS_UNREACHABLE';
      if (!wasThere || !isAway) throw error;
    }
    if (signal.aborted) return;
    watcher.lost();
    await pause(waitMs, signal);
    waitMs = Math.min(retryMs.most, waitMs * 2);
  }
}

/** One connection, to its end. @throws CodedError when there was none, or OCS refused what was asked */
function listen(
  endpoint: Endpoint,
  topics: () => readonly LiveTopic[],
  signal: AbortSignal,
  connected: (subscribe: () => void) => void,
  take: (message: Exclude<LiveMessage, { type: 'error' | 'heard' }>, subscribe: () => void) => void,
): Promise<void> {
  const url = serverUrl(endpoint, livePath);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { token } = endpoint;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(
    url,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
  let wasOpen = false;
  const close = () => {
    socket.close();
    resolve();
  };
  let silence = setTimeout(close, silentMs);
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(close, silentMs);
  };
  const subscribe = () => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: 'subscribe', topics: topics() }));
    }
  };
  socket.onopen = () => {
    wasOpen = true;
    connected(subscribe);
    subscribe();
  };
  socket.onmessage = ({ data }) => {
    heard();
    const message = JSON.parse(String(data)) as LiveMessage;
    if (message.type === 'error') reject(refusalOf(message));
    else if (message.type !== 'heard') take(message, subscribe);
  };
  socket.onclose = ({ code }) => {
    if (wasOpen && code !== 1013) resolve();
    else reject(unreachable(endpoint, { code: wasOpen ? 'too many listen' : 'no live stream' }));
  };
  signal.addEventListener('abort', close);
  return promise.finally(() => {
    clearTimeout(silence);
    signal.removeEventListener('abort', close);
    socket.close();
  });
}

function refusalOf({ code, message }: { code: string; message: string }): CodedError {
  return new CodedError(Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL', message);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
