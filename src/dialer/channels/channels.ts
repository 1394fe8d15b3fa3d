import type { Board, BoardEvent, CallRef, TrunkKind } from '../../board/board.ts';
import type { Log } from '../../domain/log.ts';
import { createChannelEvents } from './channel-events.ts';
import { createChannelRest } from './channel-rest.ts';
import {
  createChannelTable,
  outOfServiceReason,
  type ChannelEntry,
  type ChannelOwner,
  type ChannelWish,
} from './channel-table.ts';
import type { ChannelSnapshot, DialerObserver } from '../contract.ts';

export type ChannelCondition = 'good' | 'suspect' | 'lost';

/** The channels of the board: who has which, which are free, which rest after a fault. */
export interface ChannelPool {
  /** The free channel that rested longest of those that will do; null when there is none. */
  take(owner: ChannelOwner, wanted?: ChannelWish): { channel: number; ref: CallRef; kind: TrunkKind } | null;
  /** The owner is done; after a fault the channel rests, longer each time. */
  release(channel: number, condition: ChannelCondition, reason: string | null): void;
  /** Every board event passes here; it goes on to the owner it was meant for. */
  handle(event: BoardEvent): void;
  counts(): { idle: number; busy: number; outOfService: number };
  /** Events for calls that were over, and for channels that nobody has. */
  readonly lateEvents: number;
  readonly dead: boolean;
  snapshot(): ChannelSnapshot[];
  /** Each channel with its story, without asking the board. */
  entries(): readonly ChannelEntry[];
  /** The number went to the board. */
  dialled(channel: number): void;
}

export function createChannelPool(options: {
  board: Board;
  log: Log;
  observer: DialerObserver;
  /** A channel became free. */
  freed(): void;
}): ChannelPool {
  const { board, log, observer } = options;
  const table = createChannelTable(board, log, observer, () => {
    options.freed();
  });
  const rest = createChannelRest(board, table, log);
  const events = createChannelEvents(table, rest, log, observer);
  let lastRef = 0;

  return {
    take(owner, wanted) {
      const entry = table.free(wanted ?? {});
      if (entry === undefined || table.dead) return null;
      entry.owner = owner;
      entry.ref = ++lastRef;
      entry.story.begin(owner.id);
      table.review(entry);
      return { channel: entry.channel, ref: entry.ref, kind: entry.kind };
    },
    release(channel, condition, reason) {
      const entry = table.get(channel);
      if (entry === undefined) return;
      entry.owner = null;
      entry.ref = 0;
      if (condition === 'good') entry.faults = 0;
      else if (entry.boardReason === null) rest.begin(entry, reason ?? condition, condition === 'lost');
      table.review(entry);
    },
    handle: (event) => {
      events.handle(event);
    },
    counts() {
      const all = table.all();
      return {
        idle: all.filter(({ use }) => use === 'idle').length,
        busy: all.filter(({ use }) => use === 'call' || use === 'leg').length,
        outOfService: all.filter(({ use }) => use === 'out_of_service').length,
      };
    },
    get lateEvents() {
      return events.lateEvents;
    },
    get dead() {
      return table.dead;
    },
    entries: () => table.all(),
    dialled(channel) {
      table.get(channel)?.story.dialled(board.now());
    },
    snapshot: () =>
      board.channels().map((state) => {
        const entry = table.get(state.channel);
        return {
          ...state,
          use: entry?.use ?? 'out_of_service',
          owner: entry?.owner?.id ?? null,
          outOfServiceReason: entry === undefined ? null : outOfServiceReason(entry),
          faults: entry?.faults ?? 0,
        };
      }),
  };
}
