import { describe, expect, it } from 'vitest';
import { callbackTime } from '../../../../src/ocs/records/callback-time.ts';

/** Monday 5 January 2026, noon in New York. */
const now = Date.UTC(2026, 0, 5, 17);
const hours = (from: number, till: number) => ({
  tz: 'America/New_York',
  from: from * 3_600,
  till: till * 3_600,
});
const refused = expect.objectContaining({ code: 'BAD_MESSAGE', field: 'GSW_DATE_TIME' }) as Error;

describe('the time of a callback', () => {
  it.each([
    ['01/06/2026 10:30', '01/06/2026 10:30'],
    ['01/06/2026 03:30', '01/06/2026 08:00'],
    ['01/06/2026 08:00', '01/06/2026 08:00'],
    ['01/06/2026 20:59', '01/06/2026 20:59'],
    ['01/06/2026 21:00', '01/07/2026 08:00'],
    ['01/31/2026 23:15', '02/01/2026 08:00'],
    // The night on which daylight saving begins.
    ['03/07/2026 22:00', '03/08/2026 08:00'],
  ])('is moved into the daily window: %s becomes %s', (wanted, expected) => {
    const { atMs, text } = callbackTime(wanted, hours(8, 21), now, 366);
    expect(text).toBe(expected);
    expect(callbackTime(expected, hours(0, 24), now, 366).atMs).toBe(atMs);
  });

  it.each(['01/05/2099 10:00', '01/07/2027 12:01', '01/05/2026 12:00', '13/01/2026 10:00', 'soon'])(
    'is refused when it is no time, past or too far ahead: %s',
    (wanted) => {
      expect(() => callbackTime(wanted, hours(8, 21), now, 366)).toThrow(refused);
    },
  );

  it('is refused when the window never opens', () => {
    expect(() => callbackTime('01/06/2026 10:30', hours(9, 9), now, 366)).toThrow(refused);
  });
});
