import { CodedError } from '../../domain/errors.ts';
import { formatDesktopDate, nextOpen, parseDesktopDate } from '../local-time.ts';

/** When a customer is called back. */
export interface CallbackTime {
  /** ms since 1970 */
  atMs: number;
  /** The same as the desktop writes it, in the zone of the record. */
  text: string;
}

/**
 * What an agent arranged, or the next opening of the record's daily window when that is closed at the time.
 *
 * @param text `MM/DD/YYYY HH:MM` in the zone of the record
 * @param window seconds of the day
 * @param days how far ahead it may be
 * @throws CodedError BAD_MESSAGE when it is no time in the future, too far ahead, or the window never opens
 */
export function callbackTime(
  text: string,
  window: { tz: string; from: number; till: number },
  nowMs: number,
  days: number,
): CallbackTime {
  const refuse = (why: string, expected: string) =>
    new CodedError('BAD_MESSAGE', `GSW_DATE_TIME: ${JSON.stringify(text)} ${why}`, {
      field: 'GSW_DATE_TIME',
      found: text,
      expected,
    });
  const wanted = parseDesktopDate(text, window.tz);
  if (wanted === null || wanted <= nowMs) {
    throw refuse('is not a time in the future', `MM/DD/YYYY HH:MM in ${window.tz}, later than now`);
  }
  const latest = nowMs + days * 86_400_000;
  if (wanted > latest) {
    throw refuse('is too far ahead', `not after ${formatDesktopDate(latest, window.tz)} in ${window.tz}`);
  }
  const atMs = nextOpen(wanted, window);
  if (atMs === null)
    throw refuse('never comes: the daily window of the record is empty', 'a window that opens');
  return { atMs, text: formatDesktopDate(atMs, window.tz) };
}
