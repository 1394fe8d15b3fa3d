import type { BoardEvent } from '../../board/board.ts';
import type { Log } from '../../domain/log.ts';
import type { ChannelRest } from './channel-rest.ts';
import type { ChannelEntry, ChannelTable } from './channel-table.ts';
import type { DialerObserver } from '../contract.ts';

/** Takes every board event to its channel, and on to the owner it was meant for. */
export interface ChannelEvents {
  handle(event: BoardEvent): void;
  /** Events for calls that were over, and for channels that nobody has. */
  readonly lateEvents: number;
}

export function createChannelEvents(
  table: ChannelTable,
  rest: ChannelRest,
  log: Log,
  observer: DialerObserver,
): ChannelEvents {
  let lateEvents = 0;

  const toOwner = (entry: ChannelEntry, event: BoardEvent): void => {
    const forCommandOfChannel =
      event.type === 'reset' || (event.type === 'failed' && event.command === 'reset');
    if (entry.owner !== null && (event.ref === entry.ref || event.ref === 0 || forCommandOfChannel)) {
      entry.owner.onEvent(event);
    } else if (!forCommandOfChannel) {
      lateEvents++;
      log.debug(
        { channel: event.channel, ref: event.ref, type: event.type },
        'an event for a call that has ended',
      );
    }
  };

  /** For those who look; whatever is wrong with it, the call gets its event. */
  const note = (entry: ChannelEntry, event: BoardEvent): void => {
    try {
      entry.story.add(event);
    } catch (error) {
      log.warn({ channel: entry.channel, type: event.type, err: error }, 'an event cannot be shown');
    }
  };

  const handleAlarm = (event: Extract<BoardEvent, { type: 'alarm' }>): void => {
    observer.alarm?.({ span: event.span, alarm: event.alarm, on: event.on });
    log.warn({ span: event.span, alarm: event.alarm, on: event.on }, 'alarm on a span');
    for (const entry of table.all().filter(({ span }) => span === event.span)) {
      if (event.on) entry.alarms.add(event.alarm);
      else entry.alarms.delete(event.alarm);
      if (event.on) entry.owner?.onAlarm?.(event.alarm);
      else if (entry.alarms.size === 0) entry.owner?.onAlarm?.(null);
      table.review(entry);
    }
  };

  const handleDead = (event: Extract<BoardEvent, { type: 'dead' }>): void => {
    table.dead = true;
    log.error(
      { reason: event.reason, channels: table.all().length },
      'the board failed: its channels are out of service',
    );
    observer.boardDead?.(event.reason);
    for (const entry of table.all()) {
      entry.cancelRest();
      entry.boardReason = 'board_dead';
      entry.owner?.onEvent(event);
      table.review(entry);
    }
  };

  return {
    get lateEvents() {
      return lateEvents;
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
        handleDead(event);
        return;
      }
      const entry = table.get(event.channel);
      if (entry === undefined) return;
      if (event.ref === entry.ref || event.ref === 0) note(entry, event);
      if (event.type === 'out_of_service') {
        entry.cancelRest();
        entry.boardReason = event.reason;
        entry.owner?.onEvent(event);
        table.review(entry);
      } else if (event.type === 'in_service') {
        entry.boardReason = null;
        rest.end(entry);
      } else if (event.type === 'reset' && entry.owner === null) {
        rest.end(entry);
      } else {
        toOwner(entry, event);
      }
    },
  };
}
