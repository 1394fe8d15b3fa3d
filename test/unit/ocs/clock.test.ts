import { describe, expect, it, vi } from 'vitest';
import { manualClock, realClock, wallClock } from '../../../src/ocs/clock.ts';

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

  it('that goes faster since a common moment shows the same in several processes', () => {
    const now = vi.spyOn(Date, 'now');
    try {
      now.mockReturnValue(11_000);
      expect(realClock(8, 10_000).now()).toBeGreaterThanOrEqual(18_000);
      expect(realClock(8, 10_000).now()).toBeLessThan(19_000);
      expect(realClock(8).now()).toBeLessThan(12_000);
    } finally {
      now.mockRestore();
    }
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
