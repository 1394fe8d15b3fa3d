/** Times of callbacks in the zone of the customer, by the rules of the browser. */

const minuteMs = 60_000;
const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function partsOf(atMs: number, tz: string): Record<string, string> {
  let format = formats.get(tz);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      timeZone: tz,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(tz, format);
  }
  return Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
}

/** What clock and calendar of the zone show: `YYYY-MM-DD` and `HH:MM`. */
export function wallClock(atMs: number, tz: string): { date: string; time: string } {
  const { day, hour, minute, month, year } = partsOf(atMs, tz);
  return {
    date: `${String(year).padStart(4, '0')}-${String(month)}-${String(day)}`,
    time: `${String(hour)}:${String(minute)}`,
  };
}

/**
 * The first moment at which the zone's clock shows this.
 *
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM`
 * @returns ms since 1970; null when a clock change skips it, or it is no time
 */
export function momentOf(date: string, time: string, tz: string): number | null {
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc)) return null;
  // The zone's offset a day before and after: one of them holds at that moment.
  const offsets = [asUtc - dayMs, asUtc + dayMs].map((near) => {
    const shown = wallClock(near, tz);
    return Date.parse(`${shown.date}T${shown.time}Z`) - Math.floor(near / minuteMs) * minuteMs;
  });
  const moments = offsets.map((offset) => asUtc - offset).sort((a, b) => a - b);
  return (
    moments.find((moment) => {
      const shown = wallClock(moment, tz);
      return shown.date === date && shown.time === time;
    }) ?? null
  );
}

/** Why a customer cannot be called back at a time. */
export type CallbackFault = 'missing' | 'skipped' | 'past' | 'closed';

/** @param window seconds of the day in the zone @returns the moment, or why there is none */
export function callbackMoment(
  wanted: { date: string; time: string },
  window: { tz: string; from: number; till: number },
  nowMs: number,
): number | CallbackFault {
  const { date, time } = wanted;
  if (date === '' || time === '') return 'missing';
  const moment = momentOf(date, time, window.tz);
  if (moment === null) return 'skipped';
  if (moment <= nowMs) return 'past';
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const second = hour * 3_600 + minute * 60;
  return second >= window.from && second < window.till ? moment : 'closed';
}

/** As the desktop protocol writes it: `MM/DD/YYYY HH:MM`. */
export function desktopDate({ date, time }: { date: string; time: string }): string {
  const [year, month, day] = date.split('-');
  return `${String(month)}/${String(day)}/${String(year)} ${time}`;
}
