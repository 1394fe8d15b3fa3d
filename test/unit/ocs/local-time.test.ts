import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimeOfDay } from '../../../src/domain/time-of-day.ts';
import {
  isTimeZone,
  parseDesktopDate,
  parseListTime,
  secondsOfDay,
  startOfDay,
} from '../../../src/ocs/local-time.ts';

/** What a clock on the wall of the zone shows, by another way than the code's: `YYYY-MM-DD HH:MM`. */
function wallClock(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(atMs);
}

describe('local time', () => {
  it('reads the wall clock of the called party', () => {
    const noon = Date.UTC(2026, 6, 1, 12);
    expect(secondsOfDay(noon, 'America/New_York')).toBe(8 * 3_600);
    expect(secondsOfDay(noon, 'Asia/Kolkata')).toBe(17.5 * 3_600);
    expect(secondsOfDay(Date.UTC(2026, 6, 1, 23), 'Europe/Berlin')).toBe(3_600);
    expect(startOfDay(noon, 'America/New_York')).toBe(Date.UTC(2026, 6, 1, 4));
  });

  it('finds the moment of a wall time in any zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Australia/Sydney',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) }), (tz, at) => {
        const whole = Math.floor(at / 60_000) * 60_000;
        const wall = wallClock(whole, tz);
        const found = (parseListTime(wall, tz) ?? 0) * 1_000;
        // Exact, or the other of the two moments an autumn hour has.
        expect([0, 3_600_000]).toContain(whole - found);
        expect(wallClock(found, tz)).toBe(wall);
        expect(secondsOfDay(found, tz)).toBe(parseTimeOfDay(wall.slice(11)));
      }),
    );
  });

  it.each([
    // Left out: that much later.
    ['Europe/Berlin', '2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    ['America/New_York', '2026-03-08 02:00', '2026-03-08T07:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04 02:15', '2026-10-03T15:45:00.000Z'],
    ['Pacific/Apia', '2011-12-30 12:00', '2011-12-30T22:00:00.000Z'],
    // Twice: the first.
    ['Europe/Berlin', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05 01:45', '2026-04-04T14:45:00.000Z'],
  ])('takes a wall time of %s that comes never or twice: %s', (tz, wall, expected) => {
    expect(new Date((parseListTime(wall, tz) ?? 0) * 1_000).toISOString()).toBe(expected);
  });

  it('begins a day without a midnight when its clock begins', () => {
    const noon = Date.UTC(2018, 10, 4, 15);
    expect(new Date(startOfDay(noon, 'America/Sao_Paulo')).toISOString()).toBe('2018-11-04T03:00:00.000Z');
    expect(secondsOfDay(startOfDay(noon, 'America/Sao_Paulo'), 'America/Sao_Paulo')).toBe(3_600);
  });

  it('knows the zones of the IANA database', () => {
    for (const tz of ['UTC', 'Europe/Berlin', 'america/new_york']) expect(isTimeZone(tz)).toBe(true);
    for (const tz of ['', 'Berlin', 'Mars/Olympus', '2026-01-05T10:00[Europe/Berlin]']) {
      expect(isTimeZone(tz)).toBe(false);
    }
  });

  it('takes a wall time that daylight saving leaves out as later', () => {
    const skipped = parseDesktopDate('03/29/2026 02:30', 'Europe/Berlin') ?? 0;
    expect(new Date(skipped).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  it('reads dates and times of day, and nothing else', () => {
    expect(parseDesktopDate('01/05/2026 18:30', 'America/New_York')).toBe(Date.UTC(2026, 0, 5, 23, 30));
    expect(parseDesktopDate('02/30/2026 10:00', 'UTC')).toBeNull();
    expect(parseDesktopDate('13/01/2026 10:00', 'UTC')).toBeNull();
    expect(parseDesktopDate('2026-01-05 10:00', 'UTC')).toBeNull();
    expect(parseListTime('2026-01-05 10:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 0, 5, 9) / 1_000);
    expect(parseListTime('1767600000', 'UTC')).toBe(1_767_600_000);
    expect(parseListTime('tomorrow', 'UTC')).toBeNull();
    expect(parseListTime('2026-01-05 24:00', 'UTC')).toBeNull();
    expect(parseListTime('0026-01-05 10:00', 'UTC')).toBeNull();
    expect(parseTimeOfDay('09:30')).toBe(34_200);
    expect(parseTimeOfDay('34200')).toBe(34_200);
    expect(parseTimeOfDay('24:00')).toBe(86_400);
    expect(parseTimeOfDay('24:01')).toBeNull();
    expect(parseTimeOfDay('9:70')).toBeNull();
    expect(parseTimeOfDay('noon')).toBeNull();
  });
});
