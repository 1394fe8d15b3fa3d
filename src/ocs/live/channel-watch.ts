import type { LiveChannel, LiveHeard } from '../../api/live.ts';
import {
  mostListenedTo,
  type LiveReply,
  type LiveRequest,
  type WatchCommand,
} from '../../link/live-schemas.ts';
import type { Clock } from '../clock.ts';
import type { Dialer, Dialers } from './dialers.ts';

/** A dialler tells for so long after a command; it is repeated while somebody looks, in ms. */
const watchMs = 30_000;

/** So many channels of one dialler are kept; a board has fewer. */
const mostChannels = 5_000;

/** What a dialler told since it was asked last. */
interface Told {
  /** Of the session: one that registers anew begins anew. */
  readonly sessionId: string;
  seq: number;
  board: LiveRequest['board'];
  readonly channels: Map<number, LiveChannel>;
  readonly heard: Map<number, LiveHeard>;
}

/** What the diallers' channels do, known only while somebody looks. In memory. */
export interface ChannelWatch {
  /**
   * What is looked at from now on; diallers are asked at once, and told that it is over with their next message.
   *
   * @param hear ids of the channels of whose calls is wanted what is heard
   */
  want(isWatched: boolean, hear: readonly string[]): void;
  /** What the dialler has to be told. */
  commands(dialer: Dialer): WatchCommand[];
  take(dialer: Dialer, message: LiveRequest): LiveReply;
  /** An item that did not change is the same object as before. */
  channels(): readonly LiveChannel[];
  /** The same object until something more was heard; undefined: nothing was told yet. */
  heard(id: string): LiveHeard | undefined;
  /** null: not known. */
  boardOf(dialerId: string): LiveRequest['board'] | null;
}

export function channelId(dialerId: string, channel: number): string {
  return `${dialerId}/${String(channel)}`;
}

export function createChannelWatch(clock: Clock, dialers: Pick<Dialers, 'get' | 'wake'>): ChannelWatch {
  const told = new Map<string, Told>();
  let isWatched = false;
  /** Counts how often somebody began to look. */
  let turn = 0;
  let hear: readonly string[] = [];

  const toHear = ({ dialerId }: Dialer): number[] =>
    hear
      .filter((id) => id.slice(0, id.lastIndexOf('/')) === dialerId)
      .map((id) => Number(id.slice(id.lastIndexOf('/') + 1)))
      .filter((channel) => Number.isSafeInteger(channel))
      .slice(0, mostListenedTo);

  /** What was told in a session that is over says nothing of now. */
  const current = (dialerId: string): Told | undefined => {
    const known = told.get(dialerId);
    if (known === undefined || known.sessionId === dialers.get(dialerId)?.sessionId) return known;
    told.delete(dialerId);
    return undefined;
  };

  const channelOf = (dialerId: string, seen: LiveRequest['channels'][number], now: number): LiveChannel => {
    const { forMs, lastEventMs, ...rest } = seen;
    return {
      id: channelId(dialerId, seen.channel),
      dialerId,
      ...rest,
      since: Math.round(now - forMs),
      lastEventAt: lastEventMs === null ? null : Math.round(now - lastEventMs),
    };
  };

  return {
    want: (watched, wanted) => {
      const before = JSON.stringify([isWatched, hear]);
      if (watched && !isWatched) turn += 1;
      isWatched = watched;
      hear = [...new Set(wanted)].sort();
      if (!isWatched) told.clear();
      else if (JSON.stringify([isWatched, hear]) !== before) dialers.wake();
    },
    commands: (dialer) => {
      if (!isWatched || dialer.about.capabilities.watch !== true) return [];
      return [{ kind: 'watch', turn, forMs: watchMs, hear: toHear(dialer) }];
    },
    take: ({ dialerId, sessionId }, { board, channels, heard, seq }) => {
      if (!isWatched) return { want: 'nothing' };
      const known = current(dialerId);
      if (seq !== 1 && known?.seq !== seq - 1) return { want: 'all' };
      const now = clock.now();
      const next: Told =
        seq === 1 || known === undefined
          ? { sessionId, seq, board, channels: new Map(), heard: new Map() }
          : known;
      next.seq = seq;
      next.board = board;
      for (const each of channels) {
        if (next.channels.size < mostChannels || next.channels.has(each.channel)) {
          next.channels.set(each.channel, channelOf(dialerId, each, now));
        }
      }
      for (const { channel, dialledMs, ...call } of heard) {
        const id = channelId(dialerId, channel);
        if (!hear.includes(id)) continue;
        const dialledAt = dialledMs === null ? null : Math.round(now - dialledMs);
        next.heard.delete(channel);
        next.heard.set(channel, { id, dialledAt, ...call });
      }
      for (const channel of [...next.heard.keys()].slice(0, -2 * mostListenedTo)) next.heard.delete(channel);
      told.set(dialerId, next);
      return { want: 'changes' };
    },
    channels: () => [...told.keys()].flatMap((dialerId) => [...(current(dialerId)?.channels.values() ?? [])]),
    heard: (id) => {
      const cut = id.lastIndexOf('/');
      return current(id.slice(0, cut))?.heard.get(Number(id.slice(cut + 1)));
    },
    boardOf: (dialerId) => current(dialerId)?.board ?? null,
  };
}
