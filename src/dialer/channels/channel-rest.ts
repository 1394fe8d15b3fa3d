import type { Board } from '../../board/board.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { ChannelEntry, ChannelTable } from './channel-table.ts';

/** Channels that rest after a fault. */
export interface ChannelRest {
  /** The channel rests, longer each time; then it is free again, or is reset and free when the board says so. */
  begin(entry: ChannelEntry, reason: string, byReset: boolean): void;
  /** It rests no more. */
  end(entry: ChannelEntry): void;
}

const firstRestMs = 5_000;
const longestRestMs = 600_000;
const resetMs = 10_000;

export function createChannelRest(board: Board, table: ChannelTable, log: Log): ChannelRest {
  const begin = (entry: ChannelEntry, reason: string, byReset: boolean): void => {
    entry.faults++;
    entry.restReason = reason;
    const pauseMs = Math.min(longestRestMs, firstRestMs * 3 ** (entry.faults - 1));
    entry.cancelRest = after(pauseMs, () => {
      if (byReset) tryReset(entry, reason);
      else end(entry);
    });
  };

  const end = (entry: ChannelEntry): void => {
    entry.cancelRest();
    entry.restReason = null;
    table.review(entry);
  };

  const tryReset = (entry: ChannelEntry, reason: string): void => {
    try {
      board.reset(entry.channel);
    } catch (error) {
      log.warn({ channel: entry.channel, code: codeOf(error) }, 'channel cannot be reset');
      begin(entry, reason, true);
      return;
    }
    entry.cancelRest = after(resetMs, () => {
      begin(entry, reason, true);
    });
  };

  const after = (ms: number, run: () => void): (() => void) => {
    try {
      return board.after(ms, run);
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'the board cannot set a timer');
      return () => {};
    }
  };

  return { begin, end };
}

function codeOf(error: unknown): string {
  return error instanceof CodedError ? error.code : 'INTERNAL';
}
