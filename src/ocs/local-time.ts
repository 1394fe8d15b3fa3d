import { Temporal } from 'temporal-polyfill';

/**
 * Time of day and dates in the zone of the called party. Rules of zones and of daylight saving are those of Temporal
 * (ECMAScript) on the data of the runtime; the package goes when Node brings it.
 */
function at(ms: number, tz: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(tz);
}

/** A time zone of the IANA database, e.g. `Europe/Berlin`. */
export function isTimeZone(tz: string): boolean {
  try {
    // Names only: the constructor takes no timestamp that ends in one.
    new Temporal.ZonedDateTime(0n, tz);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Seconds since local midnight by the wall clock of the zone. */
export function secondsOfDay(atMs: number, tz: string): number {
  const { hour, minute, second } = at(atMs, tz);
  return hour * 3_600 + minute * 60 + second;
}

/** The moment at which the zone's present calendar day began. */
export function startOfDay(atMs: number, tz: string): number {
  return at(atMs, tz).startOfDay().epochMilliseconds;
}

/**
 * The next moment, this one included, at which it is this many seconds after midnight by the zone's wall clock. A time
 * that daylight saving leaves out is taken as that much later.
 *
 * @param seconds 0 to 86399
 */
export function nextTimeOfDay(atMs: number, tz: string, seconds: number): number {
  const today = at(atMs, tz).toPlainDate();
  const plainTime = Temporal.PlainTime.from('00:00').add({ seconds });
  for (const days of [0, 1]) {
    const moment = today.add({ days }).toZonedDateTime({ timeZone: tz, plainTime }).epochMilliseconds;
    if (moment >= atMs) return moment;
  }
  return today.add({ days: 2 }).toZonedDateTime({ timeZone: tz, plainTime }).epochMilliseconds;
}

/**
 * The moment at which the zone's wall clock shows this. A wall time that daylight saving leaves out is taken as that
 * much later; one that comes twice is its first (`compatible` in Temporal, as in RFC 5545).
 *
 * @param parts year, month, day, hour, minute
 * @returns ms since 1970; null when there is no such date or time of day
 */
function fromWallClock(parts: readonly string[], tz: string): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.map(Number);
  if (year < 100) return null;
  try {
    const wall = Temporal.PlainDateTime.from({ year, month, day, hour, minute }, { overflow: 'reject' });
    return wall.toZonedDateTime(tz, { disambiguation: 'compatible' }).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The desktop's `MM/DD/YYYY HH:MM` in the given zone; null when it is no such date. */
export function parseDesktopDate(text: string, tz: string): number | null {
  const found = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const [, month = '', day = '', year = '', hour = '', minute = ''] = found;
  return fromWallClock([year, month, day, hour, minute], tz);
}

/** As the desktop writes a time: `MM/DD/YYYY HH:MM` in the given zone. */
export function formatDesktopDate(ms: number, tz: string): string {
  const { year, month, day, hour, minute } = at(ms, tz);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(month)}/${two(day)}/${String(year).padStart(4, '0')} ${two(hour)}:${two(minute)}`;
}

/** The moment at which a daily window, in seconds of the day, is open at or after this one; null when it never is. */
export function nextOpen(atMs: number, window: { tz: string; from: number; till: number }): number | null {
  const { tz, from, till } = window;
  if (from >= till) return null;
  const second = secondsOfDay(atMs, tz);
  if (second >= from && second < till) return atMs;
  const day = at(atMs, tz).toPlainDate();
  const opens = (second < from ? day : day.add({ days: 1 }))
    .toPlainDateTime()
    .add({ seconds: from })
    .toZonedDateTime(tz);
  return opens.epochMilliseconds;
}

/** Seconds since 1970, or `YYYY-MM-DD HH:MM` in the given zone; as seconds since 1970, null when neither. */
export function parseListTime(text: string, tz: string): number | null {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  const found = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})$/.exec(text);
  if (!found) return null;
  const ms = fromWallClock(found.slice(1), tz);
  return ms === null ? null : ms / 1_000;
}

/** `YYYY-MM-DD HH:MM` by the zone's wall clock. */
export function minuteText(ms: number, tz: string): string {
  return at(ms, tz).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}
