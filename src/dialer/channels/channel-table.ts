import type { Board, BoardEvent, CallRef, TrunkKind } from '../../board/board.ts';
import type { Log } from '../../domain/log.ts';
import type { Cpa } from '../../domain/result.ts';
import type { ChannelUse, DialerObserver } from '../contract.ts';
import { ChannelStory } from './channel-story.ts';

/** Who has a channel now. At most one. */
export interface ChannelOwner {
  kind: 'call' | 'leg';
  id: string;
  onEvent(event: BoardEvent): void;
  /** An alarm came up on the span; null: the last one is over. */
  onAlarm?(alarm: string | null): void;
}

/** What a channel must be; any when absent. */
export interface ChannelWish {
  channel?: number | undefined;
  /** Its line has this analysis of calls. */
  cpa?: Cpa | undefined;
}

/** A channel as the pool keeps it. */
export interface ChannelEntry {
  channel: number;
  span: number;
  kind: TrunkKind;
  cpa: readonly Cpa[];
  owner: ChannelOwner | null;
  ref: CallRef;
  /** Alarms that stand on its span, first come first. */
  alarms: Set<string>;
  /** The board itself took the channel out of service. */
  boardReason: string | null;
  /** Ours: why it rests. */
  restReason: string | null;
  faults: number;
  cancelRest: () => void;
  use: ChannelUse;
  /** Since when `use` is so; board ms. */
  useSince: number;
  story: ChannelStory;
}

/** The channels of the board with their use. */
export interface ChannelTable {
  get(channel: number): ChannelEntry | undefined;
  all(): ChannelEntry[];
  /** The channel that has been free longest of those that will do. */
  free(wanted: ChannelWish): ChannelEntry | undefined;
  /** Works out the channel's use anew and says so when it changed. */
  review(entry: ChannelEntry): void;
  /** The board failed, for good. */
  dead: boolean;
}

/** @param freed a channel became free */
export function createChannelTable(
  board: Board,
  log: Log,
  observer: DialerObserver,
  freed: () => void,
): ChannelTable {
  const entries = entriesOf(board);
  /** Free channels, longest free first. */
  let idle = [...entries.values()].filter(({ use }) => use === 'idle');

  const table: ChannelTable = {
    dead: false,
    get: (channel) => entries.get(channel),
    all: () => [...entries.values()],
    free: ({ channel, cpa }) =>
      idle.find(
        (each) =>
          (channel === undefined || each.channel === channel) &&
          (cpa === undefined || each.cpa.includes(cpa)),
      ),
    review(entry) {
      const reason = outOfServiceReason(entry);
      const to: ChannelUse = entry.owner?.kind ?? (reason === null ? 'idle' : 'out_of_service');
      const from = entry.use;
      if (from === to) return;
      entry.use = to;
      entry.useSince = board.now();
      if (from === 'idle') idle = idle.filter((other) => other !== entry);
      observer.channel?.({ channel: entry.channel, from, to, reason });
      // A dead board takes all its channels along; that is said once, with their number.
      if (table.dead) log.debug({ channel: entry.channel, reason }, 'channel out of service');
      else if (to === 'out_of_service')
        log.warn({ channel: entry.channel, reason }, 'channel out of service');
      else if (from === 'out_of_service') log.info({ channel: entry.channel }, 'channel back in service');
      if (to === 'idle') {
        idle.push(entry);
        freed();
      }
    },
  };
  return table;
}

/** Every channel of the board; those that it took out of service are not idle. */
function entriesOf(board: Board): Map<number, ChannelEntry> {
  const entries = new Map<number, ChannelEntry>();
  for (const { span, kind, channels, cpa } of board.inventory().spans) {
    for (const channel of channels) {
      const entry: ChannelEntry = {
        channel,
        span,
        kind,
        cpa,
        owner: null,
        ref: 0,
        alarms: new Set(),
        boardReason: null,
        restReason: null,
        faults: 0,
        cancelRest: () => {},
        use: 'idle',
        useSince: board.now(),
        story: new ChannelStory(),
      };
      entries.set(channel, entry);
    }
  }
  for (const state of board.channels()) {
    const entry = entries.get(state.channel);
    if (entry !== undefined && state.state === 'out_of_service') {
      entry.boardReason = state.reason ?? 'out_of_service';
      entry.use = 'out_of_service';
    }
  }
  return entries;
}

/** Why a channel without an owner is not idle. */
export function outOfServiceReason(entry: ChannelEntry): string | null {
  const [alarm] = entry.alarms;
  return entry.boardReason ?? (alarm === undefined ? null : `alarm_${alarm}`) ?? entry.restReason;
}
