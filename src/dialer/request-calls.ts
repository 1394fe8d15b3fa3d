import { usualLimits } from '../domain/call-limits.ts';
import { maskNumber, type CheckedNumber } from '../domain/number.ts';
import type { DialRequest } from '../domain/request.ts';
import type { CallContext } from './call/call-context.ts';
import { runCall } from './call/running-call.ts';
import { sideBySide } from './intake/call-analysis.ts';
import type { JournalBuffer } from './journal-buffer.ts';
import type { LiveCalls } from './live-calls.ts';

/**
 * Begins the calls of requests that were taken, and writes what they have to say to the journal.
 *
 * @returns takes a request with the digits for the trunk
 */
export function createRequestCalls(options: {
  context: CallContext;
  live: LiveCalls;
  buffer: JournalBuffer;
  /** New calls may be begun; else what was just taken is handed back. */
  running(): boolean;
}): (request: DialRequest, digits: CheckedNumber) => void {
  const { context, live, buffer } = options;
  const { config, limits, log, observer } = context;
  const { longestCallMinutes } = config.limits ?? usualLimits;
  const settings = {
    bridgedTransfer: config.transferStyle === 'bridge',
    longestCallMs: longestCallMinutes * 60_000,
  };
  /** Announcements asked for that are not configured; each is told once. */
  const unknownAnnouncements = new Set<string>();

  const tellUnknown = (announcement: string, campaign: string): void => {
    observer.unknownAnnouncement?.(announcement);
    if (unknownAnnouncements.has(announcement)) return;
    unknownAnnouncements.add(announcement);
    log.warn(
      { announcement, campaign },
      'an announcement is not configured; callers will hear nothing in its place',
    );
  };
  /** The request without what this dialler has no file for: the call goes on all the same. */
  const playable = (request: DialRequest): DialRequest => {
    const { announcement, campaign, onMachine, optOut } = request;
    const message = onMachine.action === 'message' ? onMachine.file : undefined;
    const lacks = (name: string | undefined): boolean => {
      if (name === undefined || Object.hasOwn(config.announcements, name)) return false;
      tellUnknown(name, campaign);
      return true;
    };
    return {
      ...request,
      ...(lacks(announcement) && { announcement: undefined }),
      ...(lacks(message) && { onMachine: { action: 'drop' } }),
      ...(optOut !== undefined && lacks(optOut.file) && { optOut: { key: optOut.key } }),
    };
  };

  return (asked, digits) => {
    const request = playable(asked);
    const { attemptId, campaign } = request;
    const call = runCall(context, request, digits, settings, {
      markDialling: (written) => {
        buffer.markDialling(attemptId, digits, (error) => {
          if (error === null) limits.dialled(digits);
          written(error);
        });
      },
      report: (report) => {
        buffer.report(attemptId, report);
      },
      ended: ({ outcome, handBack }) => {
        const { result = null, status = null, reason = handBack } = outcome ?? {};
        const { channel } = call.state;
        log.info(
          { attemptId, channel, result, status, reason, ...sideBySide(outcome?.evidence ?? null) },
          'call ended',
        );
        limits.ended(digits);
        live.remove(call);
      },
    });
    live.add(call);
    const number = config.showNumbers ? request.number : maskNumber(request.number);
    log.info({ attemptId, campaign, number }, 'request taken');
    if (options.running()) live.begin(call);
    else call.shutdown('drain');
  };
}
