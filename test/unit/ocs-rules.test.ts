import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { callResult } from '../../src/domain/result.ts';
import { campaignSchema, treatmentSchema, type CampaignDefinitionInput } from '../../src/ocs/campaign.ts';
import { manualClock, realClock, wallClock } from '../../src/ocs/clock.ts';
import {
  fromWallClock,
  parseDesktopDate,
  parseListTime,
  parseTimeOfDay,
  secondsOfDay,
  startOfDay,
  zoneOffsetMs,
} from '../../src/ocs/local-time.ts';
import { treat } from '../../src/ocs/treatment.ts';

describe('treatments', () => {
  const busy = treatmentSchema.parse({ result: 'Busy', retryMinutes: 30, retries: 3, incrementMinutes: 5 });

  it('retries later each time, then goes to the next number', () => {
    let used = {};
    const minutes: number[] = [];
    for (;;) {
      const treated = treat(callResult.Busy, [busy], used);
      used = treated.used;
      if (treated.action !== 'retry') {
        expect(treated.action).toBe('next_in_chain');
        break;
      }
      minutes.push(treated.afterMs / 60_000);
    }
    expect(minutes).toEqual([30, 35, 40]);
  });

  it('counts each result by itself', () => {
    const noAnswer = treatmentSchema.parse({ result: ['NoAnswer', 28], retries: 1, then: 'mark' });
    const first = treat(callResult.Busy, [busy, noAnswer], { [callResult.NoAnswer]: 1 });
    expect(first).toMatchObject({ action: 'retry', used: { 6: 1, 7: 1 } });
    expect(treat(callResult.NoAnswer, [busy, noAnswer], first.used).action).toBe('mark');
  });

  it('goes to the next number when the result has no treatment', () => {
    expect(treat(callResult.Fax, [busy], {})).toEqual({ action: 'next_in_chain', used: {} });
  });
});

describe('campaign definition', () => {
  const minimal: CampaignDefinitionInput = { name: 'a', list: 'l', mode: 'predictive', group: 'g' };
  const faults = (more: object) => {
    const parsed = campaignSchema.safeParse({ ...minimal, ...more });
    return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
  };

  it('has defaults for all but name, list, mode and group', () => {
    expect(campaignSchema.parse(minimal)).toMatchObject({
      handoff: { kind: 'agent' },
      ringTimeoutMs: 30_000,
      dailyWindow: { from: 28_800, till: 75_600 },
      pacing: { targetAbandonedPct: 3, historyLength: 50 },
    });
  });

  it('can be stored and read again', () => {
    const definition = campaignSchema.parse({
      ...minimal,
      treatments: [{ result: ['Busy', 7], retries: 2 }],
      dailyWindow: { from: '09:30', till: '20:00', tz: 'Europe/Berlin' },
    });
    expect(campaignSchema.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  it('names what is wrong', () => {
    expect(faults({ group: undefined })).toEqual(['group']);
    expect(faults({ mode: 'power' })).toEqual(['mode']);
    expect(faults({ ringTimeoutMs: 5_000 })).toEqual(['ringTimeoutMs']);
    expect(faults({ treatments: [{ result: 'Bussy' }] })).toEqual(['treatments.0.result']);
    expect(faults({ dailyWindow: { from: '21:00', till: '08:00' } })).toEqual(['dailyWindow.from']);
    expect(faults({ mode: 'predictive_with_seizing' })).toEqual(['handoff.kind']);
    expect(faults({ group: undefined, handoff: { kind: 'destination', extension: '8000' } })).toEqual([
      'pacing.maxInFlight',
    ]);
    expect(faults({ colour: 'red' })).toEqual(['']);
  });
});

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
        const wall = whole + zoneOffsetMs(whole, tz);
        // Exact, or the other of the two moments an autumn hour has.
        expect([0, 3_600_000]).toContain(Math.abs(fromWallClock(wall, tz) - whole));
        const found = fromWallClock(wall, tz);
        expect(found + zoneOffsetMs(found, tz)).toBe(wall);
      }),
    );
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
    expect(parseTimeOfDay('09:30')).toBe(34_200);
    expect(parseTimeOfDay('34200')).toBe(34_200);
    expect(parseTimeOfDay('24:00')).toBe(86_400);
    expect(parseTimeOfDay('24:01')).toBeNull();
    expect(parseTimeOfDay('9:70')).toBeNull();
    expect(parseTimeOfDay('noon')).toBeNull();
  });
});

describe('clocks', () => {
  it('runs what falls due in order, each at its time', () => {
    const clock = manualClock(0);
    const ran: [string, number][] = [];
    clock.after(20, () => ran.push(['b', clock.now()]));
    clock.after(10, () => {
      ran.push(['a', clock.now()]);
      clock.after(5, () => ran.push(['a2', clock.now()]));
    });
    clock.after(15, () => ran.push(['later', clock.now()]));
    const stop = clock.after(12, () => ran.push(['stopped', clock.now()]));
    stop();
    clock.advance(14);
    clock.advance(11);
    expect(ran).toEqual([
      ['a', 10],
      ['later', 15],
      ['a2', 15],
      ['b', 20],
    ]);
    expect(clock.now()).toBe(25);
  });

  it('goes faster by its factor', async () => {
    const clock = realClock(1_000);
    const before = clock.now();
    await new Promise<void>((resolve) => clock.after(5_000, resolve));
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
  });

  it('follows the clock of the machine when that is put right', () => {
    const now = vi.spyOn(Date, 'now');
    try {
      now.mockReturnValue(1_000);
      const clock = wallClock();
      expect(clock.now()).toBe(1_000);
      now.mockReturnValue(7_200_000);
      expect(clock.now()).toBe(7_200_000);
    } finally {
      now.mockRestore();
    }
  });
});
