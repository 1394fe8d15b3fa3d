import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatTimeOfDay, parseTimeOfDay, isTimeZone } from '../../../src/domain/time-of-day.ts';

describe('a time of day', () => {
  it.each([
    ['8:00', 28_800],
    ['08:05', 29_100],
    ['23:59:59', 86_399],
    ['24:00', 86_400],
    ['0', 0],
    ['2401', 2_401],
    ['28800', 28_800],
    ['86400', 86_400],
  ])('%s is %s seconds', (text, seconds) => {
    expect(parseTimeOfDay(text)).toBe(seconds);
  });

  it.each([
    '8',
    '9',
    '24',
    '800',
    '0900',
    '1730',
    '2400',
    '86401',
    '24:01',
    '8:60',
    '8:0',
    '8h',
    '8.5',
    '-1',
    '',
  ])('is not %j', (text) => {
    expect(parseTimeOfDay(text)).toBeNull();
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
        expect(parseTimeOfDay(formatTimeOfDay(seconds))).toBe(seconds);
      }),
    );
  });
});

describe('a time zone', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is asked for once, also one that there is not: a list has it in every line', () => {
    const asked = vi.spyOn(Intl, 'DateTimeFormat');
    const answers = ['Pacific/Chatham', 'Nowhere/City'].flatMap((tz) => [isTimeZone(tz), isTimeZone(tz)]);
    expect(answers).toEqual([true, true, false, false]);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('is known still after very many that there are not, of which only some are kept', () => {
    for (let n = 0; n < 5_000; n += 1) expect(isTimeZone(`Nowhere/City${String(n)}`)).toBe(false);
    const asked = vi.spyOn(Intl, 'DateTimeFormat');
    expect(isTimeZone('Nowhere/City0')).toBe(false);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(isTimeZone('Europe/Berlin')).toBe(true);
  });
});
