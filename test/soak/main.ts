import { createParser, runProgram } from '../../src/terminal/program.ts';
import { soak } from './vendor-faults.ts';

/**
 * `npm run soak:dialogic -- --calls 10000`: calls through the Dialogic board on the stand-in vendor libraries with
 * vendor faults by chance. Ends with 1 if a record was lost, a number dialled twice, the libraries misused, or a
 * channel did not come back.
 */
await runProgram('soak', async () => {
  const options = await createParser('npm run soak:dialogic --')
    .usage(
      '$0 [options]\n\nCalls through the Dialogic board on the stand-in libraries, with vendor faults by chance.',
    )
    .option('calls', { type: 'number', default: 10_000, requiresArg: true, describe: 'How many' })
    .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'Of the faults' })
    .option('bits', {
      choices: [32, 64] as const,
      default: 64,
      requiresArg: true,
      describe: 'Of the board host',
    })
    .example('$0 --calls 3000 --seed 2', 'other faults, a minute')
    .demandCommand(0, 0)
    .parseAsync();
  const report = await soak({
    calls: options.calls,
    seed: options.seed,
    bits: options.bits === 32 ? 32 : 64,
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
});
