/**
 * Time of day and dates in the zone of the called party. Formatters are costly to make and cheap to use, so
 * one per zone is kept.
 */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(tz: string): Intl.DateTimeFormat {
  let found = formatters.get(tz);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: tz,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(tz, found);
  }
  return found;
}

export function isTimeZone(tz: string): boolean {
  try {
    formatter(tz);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** How far the zone's wall clock is ahead of UTC at that moment, in ms. */
export function zoneOffsetMs(atMs: number, tz: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter(tz).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}

/** Seconds since local midnight by the wall clock of the zone. */
export function secondsOfDay(atMs: number, tz: string): number {
  const local = Math.floor((atMs + zoneOffsetMs(atMs, tz)) / 1_000);
  return ((local % 86_400) + 86_400) % 86_400;
}

/** The moment at which the zone's present calendar day began. */
export function startOfDay(atMs: number, tz: string): number {
  const local = atMs + zoneOffsetMs(atMs, tz);
  return fromWallClock(Math.floor(local / 86_400_000) * 86_400_000, tz);
}

/**
 * The moment at which the zone's wall clock shows what `wallMs` reads as UTC. A wall time that daylight
 * saving leaves out is taken as that much later; one that comes twice is its first.
 */
export function fromWallClock(wallMs: number, tz: string): number {
  const before = zoneOffsetMs(wallMs - 86_400_000, tz);
  const after = zoneOffsetMs(wallMs + 86_400_000, tz);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (zoneOffsetMs(wallMs - offset, tz) === offset) return wallMs - offset;
  }
  return wallMs - before;
}

/** `HH:MM`, `HH:MM:SS` or seconds since midnight (0 to 86400); null when it is none of them. */
export function parseTimeOfDay(text: string): number | null {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const seconds = clock
    ? Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)
    : /^\d{1,5}$/.test(text)
      ? Number(text)
      : null;
  if (seconds === null || seconds > 86_400) return null;
  if (clock && (Number(clock[2]) > 59 || Number(clock[3] ?? 0) > 59)) return null;
  return seconds;
}

function wallTime(year: number, month: number, day: number, hour: number, minute: number): number | null {
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const kept =
    wall.getUTCFullYear() === year &&
    wall.getUTCMonth() === month - 1 &&
    wall.getUTCDate() === day &&
    hour < 24 &&
    minute < 60;
  return kept ? wall.getTime() : null;
}

/** The desktop's `MM/DD/YYYY HH:MM` in the given zone; null when it is no such date. */
export function parseDesktopDate(text: string, tz: string): number | null {
  const found = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return null;
  const wall = wallTime(
    Number(found[3]),
    Number(found[1]),
    Number(found[2]),
    Number(found[4]),
    Number(found[5]),
  );
  return wall === null ? null : fromWallClock(wall, tz);
}

/** Seconds since 1970, or `YYYY-MM-DD HH:MM` in the given zone; as seconds since 1970, null when neither. */
export function parseListTime(text: string, tz: string): number | null {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  const found = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})$/.exec(text);
  if (!found) return null;
  const wall = wallTime(
    Number(found[1]),
    Number(found[2]),
    Number(found[3]),
    Number(found[4]),
    Number(found[5]),
  );
  return wall === null ? null : fromWallClock(wall, tz) / 1_000;
}
