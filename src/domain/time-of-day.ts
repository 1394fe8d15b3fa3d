/** What a time of day is, in words for an error. */
export const timeOfDayWords = 'a time of day as HH:MM, e.g. 08:00';

/** Below it, a number without a colon may be meant as an hour or as `HHMM`. */
const leastSeconds = 2_401;

/**
 * `HH:MM` or `HH:MM:SS`, to 24:00; also seconds since midnight where nobody can mean an hour by them: 0, and from 2401
 * on. Null when it is none of them.
 */
export function parseTimeOfDay(text: string): number | null {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (clock === null) {
    const seconds = /^\d{1,5}$/.test(text) ? Number(text) : -1;
    return seconds === 0 || (seconds >= leastSeconds && seconds <= 86_400) ? seconds : null;
  }
  const [hours = 0, minutes = 0, rest = 0] = clock.slice(1).map((part) => Number(part ?? 0));
  const seconds = hours * 3_600 + minutes * 60 + rest;
  return minutes > 59 || rest > 59 || seconds > 86_400 ? null : seconds;
}

/** Seconds since midnight as `HH:MM`, or `HH:MM:SS` where there are seconds. */
export function formatTimeOfDay(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts
    .slice(0, seconds % 60 === 0 ? 2 : 3)
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** What was asked for: each takes as long as to read a record of a list, one that there is not longer. */
const askedZones = new Map<string, boolean>();
/** There are some 600; what is beyond is invented, and is asked for anew. */
const mostAsked = 2_000;

/** Whether `tz` is an IANA time zone that this machine knows. */
export function isTimeZone(tz: string): boolean {
  const asked = askedZones.get(tz);
  if (asked !== undefined) return asked;
  const is = canFormat(tz);
  if (askedZones.size >= mostAsked) askedZones.clear();
  askedZones.set(tz, is);
  return is;
}

function canFormat(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
