import { parseArgs } from 'node:util';
import { soak } from './vendor-faults.ts';

/**
 * `npm run soak:dialogic -- --calls 10000`: calls through the Dialogic board on the stand-in vendor libraries with
 * vendor faults by chance. Ends with 1 if a record was lost, a number dialled twice, the libraries misused, or a
 * channel did not come back.
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    bits: { type: 'string', default: '64' },
  },
});
const report = await soak({
  calls: Number(values.calls),
  seed: Number(values.seed),
  bits: values.bits === '32' ? 32 : 64,
  random: { lostEvent: 0.001, taskFail: 0.001, alarmStorm: 0.0005, crash: 0.002 },
  progress: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
const misused = Object.values(report.misuse).reduce((sum, times) => sum + times, 0);
const bad =
  report.lost.length +
  report.repeated.length +
  report.dialledTwice.length +
  misused +
  report.channels.busy +
  report.channels.outOfService +
  (report.hostsBegun - report.misuseReports);
if (bad > 0) process.exitCode = 1;
