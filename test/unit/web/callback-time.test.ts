import { describe, expect, it } from 'vitest';
import { callbackMoment, desktopDate, momentOf, wallClock } from '../../../src/web/desk/callback-time.ts';

const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';

describe('a time by the clock of a zone', () => {
  it.each([
    ['2026-01-15', '10:00', newYork, Date.UTC(2026, 0, 15, 15)],
    ['2026-07-15', '10:00', newYork, Date.UTC(2026, 6, 15, 14)],
    ['2026-07-15', '10:00', 'Asia/Kathmandu', Date.UTC(2026, 6, 15, 4, 15)],
    ['2026-03-29', '03:00', berlin, Date.UTC(2026, 2, 29, 1)],
    // Comes twice: the first counts.
    ['2026-10-25', '02:30', berlin, Date.UTC(2026, 9, 25, 0, 30)],
    ['2026-01-01', '00:00', 'Pacific/Kiritimati', Date.UTC(2025, 11, 31, 10)],
  ])('%s %s in %s', (date, time, tz, moment) => {
    expect(momentOf(date, time, tz)).toBe(moment);
    expect(wallClock(moment, tz)).toEqual({ date, time });
  });

  it('is none where a clock change skips it, nor where it is no time', () => {
    expect(momentOf('2026-03-29', '02:30', berlin)).toBeNull();
    expect(momentOf('2026-03-08', '02:00', newYork)).toBeNull();
    expect(momentOf('2026-13-01', '02:00', newYork)).toBeNull();
  });
});

describe('a callback', () => {
  const window = { tz: newYork, from: 8 * 3_600, till: 21 * 3_600 };
  const now = Date.UTC(2026, 0, 15, 15);
  it.each([
    ['', '10:00', 'missing'],
    ['2026-01-16', '', 'missing'],
    ['2026-03-08', '02:30', 'skipped'],
    ['2026-01-15', '10:00', 'past'],
    ['2026-01-15', '10:01', now + 60_000],
    ['2026-01-16', '07:59', 'closed'],
    ['2026-01-16', '08:00', Date.UTC(2026, 0, 16, 13)],
    ['2026-01-16', '20:59', Date.UTC(2026, 0, 17, 1, 59)],
    ['2026-01-16', '21:00', 'closed'],
  ])('on %s at %s is %s', (date, time, expected) => {
    expect(callbackMoment({ date, time }, window, now)).toBe(expected);
  });

  it('goes to OCS as the desktop protocol writes it', () => {
    expect(desktopDate({ date: '2026-01-16', time: '08:05' })).toBe('01/16/2026 08:05');
  });
});
