import { detectorVersion, tonePlans, unknownPlan } from '../board/native.ts';
import { maxHumanLossArgument, maxHumanLossOption } from '../cli/human-loss-option.ts';
import { printJson } from '../cli/output.ts';
import { createParser, exitCodeOf, runProgram } from '../cli/program.ts';
import { writeOption } from '../cli/write-file.ts';
import { CodedError } from '../domain/errors.ts';
import { detectionModes } from '../domain/result.ts';
import { reportHtml } from './html.ts';
import { readManifest } from './manifest.ts';
import { makeReport } from './report.ts';
import { runCalls } from './run.ts';
import { reportText } from './text.ts';

/** `npm run eval -- DIR`: how well the detector does on a folder of labelled recordings. */
await runProgram('eval', async () => {
  const options = await createParser('npm run eval --')
    .usage('$0 DIR [options]\n\nRuns the detector over a folder of recordings with a manifest.csv.')
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' })
    .option('html', { type: 'string', requiresArg: true, describe: 'Write a report with plots' })
    .option('wrong', { type: 'boolean', default: false, describe: 'List the files with a wrong verdict' })
    .option('plan', {
      type: 'string',
      requiresArg: true,
      describe: 'Tone plan for all files (default: as the manifest says, else US)',
    })
    .option('mode', {
      choices: detectionModes,
      default: 'accurate_am_detection' as const,
      describe: 'Recognition mode',
    })
    .option('timeout', {
      type: 'number',
      requiresArg: true,
      describe: 'Latest verdict, ms from answer (default: as late as recordings gain from)',
    })
    .option('max-human-loss', maxHumanLossOption)
    .example('$0 calls/ --html report.html', 'figures here, plots in a browser')
    .example('npm run -s eval -- calls/ --json', 'for a script')
    .demandCommand(1, 1, 'a folder is missing', 'one folder, please')
    .parseAsync();
  // With --help yargs has said all there is to say.
  if (options['help'] === true) return;

  const plan = options.plan ?? null;
  const known = tonePlans().map(({ code }) => code);
  if (plan !== null && !known.includes(plan)) throw unknownPlan(plan, 'plan');
  const cpdTimeoutMs = options.timeout ?? null;
  if (cpdTimeoutMs !== null && !(Number.isInteger(cpdTimeoutMs) && cpdTimeoutMs > 0)) {
    throw new CodedError('BAD_ARGUMENT', `--timeout ${cpdTimeoutMs} is no time limit`, {
      field: 'timeout',
      found: cpdTimeoutMs,
      expected: 'a whole number of ms above 0',
    });
  }
  const maxHumanLoss = maxHumanLossArgument(options['max-human-loss']) ?? null;
  const folder = String(options._[0]);
  const calls = readManifest(folder, known, plan);
  const progress = progressLine(calls.length);
  const { mode } = options;
  const run = await runCalls(calls, { mode, cpdTimeoutMs, maxHumanLoss, onDone: progress.show }).finally(
    progress.clear,
  );
  for (const { file, error } of run.failures) {
    process.stderr.write(`eval: ${error.code}: ${file} is left out: ${error.message}\n`);
    process.exitCode ??= exitCodeOf(error);
  }
  const report = makeReport(
    { folder, detector: `detector ${detectorVersion()}`, mode, plan, cpdTimeoutMs, maxHumanLoss },
    run,
  );
  if (options.html !== undefined) writeOption('html', options.html, reportHtml(report));
  if (options.json) printJson(report);
  else process.stdout.write(reportText(report, options.wrong));
});

/** How far the run is, on a terminal's stderr only. */
function progressLine(total: number): { show: (done: number) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (done) => process.stderr.write(`\r${done} of ${total} files`),
    clear: () => process.stderr.write('\r\x1b[K'),
  };
}
