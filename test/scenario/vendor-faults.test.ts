import { describe, expect, it } from 'vitest';
import { soak } from '../soak/vendor-faults.ts';
import { hasStandin } from '../support/board/standin.ts';

// Built by npm run build:standin. Ten thousand calls: npm run soak:dialogic.
describe.skipIf(!hasStandin(64))('calls through the Dialogic board with vendor faults by chance', () => {
  it('lose no record, dial none twice, misuse nothing, and give all channels back', async () => {
    const report = await soak({
      calls: 200,
      seed: 7,
      bits: 64,
      random: { lostEvent: 0.01, taskFail: 0.01, alarmStorm: 0.005, crash: 0.01 },
      crashAtMs: 15_000,
    });
    expect(report).toMatchObject({ lost: [], repeated: [], dialledTwice: [], misuse: {} });
    expect(report.channels).toEqual({ idle: 28, busy: 0, outOfService: 0 });
    expect(report.dialled).toBeGreaterThan(100);
    expect(report.hostsDied.length).toBeGreaterThan(0);
    expect(report.hostsStarted).toBe(report.hostsDied.length + 1);
    expect(report.misuseReports).toBe(report.hostsBegun);
  });
});
