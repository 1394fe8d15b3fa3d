import type { Board, BoardEvent, CallRef, TrunkKind } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Cpa } from '../domain/result.ts';
import type { ChannelSnapshot, ChannelUse, DialerObserver } from './contract.ts';

/** Who has a channel now. At most one. */
export interface ChannelOwner {
  kind: 'call' | 'leg';
  id: string;
  onEvent(event: BoardEvent): void;
  /** An alarm came up on the span. */
  onAlarm?(alarm: string): void;
}

/** What a channel must be; any when absent. */
export interface ChannelWish {
  channel?: number | undefined;
  /** Its line has this analysis of calls. */
  cpa?: Cpa | undefined;
}

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
}

interface Entry {
  channel: number;
  span: number;
  kind: TrunkKind;
  cpa: readonly Cpa[];
  owner: ChannelOwner | null;
  ref: CallRef;
  alarm: string | null;
  /** The board itself took the channel out of service. */
  boardReason: string | null;
  /** Ours: why it rests. */
  restReason: string | null;
  faults: number;
  cancelRest: () => void;
  use: ChannelUse;
}

const firstRestMs = 5_000;
const longestRestMs = 600_000;
const resetMs = 10_000;

export function createChannelPool(options: {
  board: Board;
  log: Log;
  observer: DialerObserver;
  /** A channel became free. */
  freed(): void;
}): ChannelPool {
  const { board, log, observer } = options;
  const entries = new Map<number, Entry>();
  /** Free channels, longest free first. */
  let idle: Entry[] = [];
  let lastRef = 0;
  let lateEvents = 0;
  let dead = false;

  for (const { span, kind, channels, cpa } of board.inventory().spans) {
    for (const channel of channels) {
      const entry: Entry = {
        channel,
        span,
        kind,
        cpa,
        owner: null,
        ref: 0,
        alarm: null,
        boardReason: null,
        restReason: null,
        faults: 0,
        cancelRest: () => {},
        use: 'idle',
      };
      entries.set(channel, entry);
      idle.push(entry);
    }
  }
  for (const state of board.channels()) {
    const entry = entries.get(state.channel);
    if (entry !== undefined && state.state === 'out_of_service') {
      entry.boardReason = state.reason ?? 'out_of_service';
      entry.use = 'out_of_service';
      idle = idle.filter((other) => other !== entry);
    }
  }

  const reasonOf = (entry: Entry): string | null =>
    entry.boardReason ?? (entry.alarm === null ? null : `alarm_${entry.alarm}`) ?? entry.restReason;

  /** Works out the channel's use anew and says so when it changed. */
  const review = (entry: Entry): void => {
    const reason = reasonOf(entry);
    const to: ChannelUse = entry.owner?.kind ?? (reason === null ? 'idle' : 'out_of_service');
    const from = entry.use;
    if (from === to) return;
    entry.use = to;
    if (from === 'idle') idle = idle.filter((other) => other !== entry);
    observer.channel?.({ channel: entry.channel, from, to, reason });
    // A dead board takes all its channels along; that is said once, with their number.
    if (dead) log.debug({ channel: entry.channel, reason }, 'channel out of service');
    else if (to === 'out_of_service') log.warn({ channel: entry.channel, reason }, 'channel out of service');
    else if (from === 'out_of_service') log.info({ channel: entry.channel }, 'channel back in service');
    if (to === 'idle') {
      idle.push(entry);
      options.freed();
    }
  };

  const rest = (entry: Entry, reason: string, byReset: boolean): void => {
    entry.faults++;
    entry.restReason = reason;
    const pauseMs = Math.min(longestRestMs, firstRestMs * 3 ** (entry.faults - 1));
    entry.cancelRest = after(pauseMs, () => {
      if (byReset) tryReset(entry, reason);
      else wakeUp(entry);
    });
  };

  const wakeUp = (entry: Entry): void => {
    entry.cancelRest();
    entry.restReason = null;
    review(entry);
  };

  const tryReset = (entry: Entry, reason: string): void => {
    try {
      board.reset(entry.channel);
    } catch (error) {
      log.warn({ channel: entry.channel, code: codeOf(error) }, 'channel cannot be reset');
      rest(entry, reason, true);
      return;
    }
    entry.cancelRest = after(resetMs, () => {
      rest(entry, reason, true);
    });
  };

  /** A dead board has no time any more, and nothing to wait for. */
  const after = (ms: number, run: () => void): (() => void) => {
    if (dead) return () => {};
    try {
      return board.after(ms, run);
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'the board keeps no time');
      return () => {};
    }
  };

  const toOwner = (entry: Entry, event: BoardEvent): void => {
    const forCommandOfChannel =
      event.type === 'reset' || (event.type === 'failed' && event.command === 'reset');
    if (entry.owner !== null && (event.ref === entry.ref || event.ref === 0 || forCommandOfChannel)) {
      entry.owner.onEvent(event);
    } else if (!forCommandOfChannel) {
      lateEvents++;
      log.debug(
        { channel: event.channel, ref: event.ref, type: event.type },
        'event for a call that is over',
      );
    }
  };

  const handleAlarm = (event: Extract<BoardEvent, { type: 'alarm' }>): void => {
    observer.alarm?.({ span: event.span, alarm: event.alarm, on: event.on });
    log.warn({ span: event.span, alarm: event.alarm, on: event.on }, 'alarm on a span');
    for (const entry of [...entries.values()].filter(({ span }) => span === event.span)) {
      if (event.on) entry.alarm = event.alarm;
      else if (entry.alarm === event.alarm) entry.alarm = null;
      if (event.on) entry.owner?.onAlarm?.(event.alarm);
      review(entry);
    }
  };

  return {
    take(owner, wanted) {
      const { channel, cpa } = wanted ?? {};
      const entry = idle.find(
        (each) =>
          (channel === undefined || each.channel === channel) &&
          (cpa === undefined || each.cpa.includes(cpa)),
      );
      if (entry === undefined || dead) return null;
      entry.owner = owner;
      entry.ref = ++lastRef;
      review(entry);
      return { channel: entry.channel, ref: entry.ref, kind: entry.kind };
    },
    release(channel, condition, reason) {
      const entry = entries.get(channel);
      if (entry === undefined) return;
      entry.owner = null;
      entry.ref = 0;
      if (condition === 'good') entry.faults = 0;
      else if (entry.boardReason === null) rest(entry, reason ?? condition, condition === 'lost');
      review(entry);
    },
    handle(event) {
      if (event.type === 'alarm') {
        handleAlarm(event);
        return;
      }
      if (event.type === 'overflow') {
        observer.overflow?.(event.count);
        log.error({ count: event.count }, 'board events were lost');
        return;
      }
      if (event.type === 'dead') {
        dead = true;
        log.error({ reason: event.reason, channels: entries.size }, 'the board is dead');
        observer.boardDead?.(event.reason);
        for (const entry of entries.values()) {
          entry.cancelRest();
          entry.boardReason = 'board_dead';
          entry.owner?.onEvent(event);
          review(entry);
        }
        return;
      }
      const entry = entries.get(event.channel);
      if (entry === undefined) return;
      if (event.type === 'out_of_service') {
        entry.cancelRest();
        entry.boardReason = event.reason;
        entry.owner?.onEvent(event);
        review(entry);
      } else if (event.type === 'in_service') {
        entry.boardReason = null;
        wakeUp(entry);
      } else if (event.type === 'reset' && entry.owner === null) {
        wakeUp(entry);
      } else {
        toOwner(entry, event);
      }
    },
    counts() {
      const all = [...entries.values()];
      return {
        idle: all.filter(({ use }) => use === 'idle').length,
        busy: all.filter(({ use }) => use === 'call' || use === 'leg').length,
        outOfService: all.filter(({ use }) => use === 'out_of_service').length,
      };
    },
    get lateEvents() {
      return lateEvents;
    },
    get dead() {
      return dead;
    },
    snapshot: () =>
      board.channels().map((state) => {
        const entry = entries.get(state.channel);
        return {
          ...state,
          use: entry?.use ?? 'out_of_service',
          owner: entry?.owner?.id ?? null,
          outOfServiceReason: entry === undefined ? null : reasonOf(entry),
          faults: entry?.faults ?? 0,
        };
      }),
  };
}

function codeOf(error: unknown): string {
  return error instanceof CodedError ? error.code : 'INTERNAL';
}
