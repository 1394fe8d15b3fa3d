import { checkPlanCode, tonePlans } from '../board/tone-plans.ts';
import { detectorVersion } from '../board/native.ts';
import { channelOption, warnOfChannels } from '../terminal/channel-option.ts';
import { maxHumanLossArgument, maxHumanLossOption } from '../terminal/human-loss-option.ts';
import { printJson } from '../terminal/output.ts';
import { createParser, exitCodeOf, runProgram } from '../terminal/program.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { timeoutArgument, timeoutOption } from '../terminal/timeout-option.ts';
import { checkWritable, writeOption } from '../terminal/write-file.ts';
import { CodedError } from '../domain/errors.ts';
import { detectionModes, type DetectionMode } from '../domain/result.ts';
import { readEarlierReport } from './report/against.ts';
import { readWeights, usualWeights } from './measures/greetings.ts';
import { reportHtml } from './report/html.ts';
import { operatingPoints, sweepCalls } from './measures/calibration.ts';
import { readManifest, type LabelledCall } from './calls/manifest.ts';
import { makeReport } from './report/report.ts';
import { runCalls, varyCalls } from './calls/run.ts';
import { knobPoint, triedKnobs, type KnobPoint, type Sweep } from './measures/sweep.ts';
import { secondCalls } from './calls/second-calls.ts';
import { knownFigures } from './measures/second-calls.ts';
import { reportText } from './report/text.ts';
import { variedRows } from './measures/varied.ts';
import { variationGroups, variationsOf } from './calls/vary.ts';

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
    .option('channel', {
      ...channelOption,
      default: undefined,
      describe: `${channelOption.describe} (default: as the manifest says, else both)`,
    })
    .option('mode', {
      choices: detectionModes,
      default: 'accurate_am_detection' as const,
      describe: 'Recognition mode',
    })
    .option('timeout', timeoutOption)
    .option('max-human-loss', maxHumanLossOption())
    .option('vary', {
      type: 'string',
      requiresArg: true,
      describe: `Hear the calls on other lines too: all, or some of ${variationGroups.join(', ')}`,
    })
    .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'Of the other lines' })
    .option('weights', {
      type: 'string',
      requiresArg: true,
      default: usualWeights.join(','),
      describe: 'How often people answer with short, medium and long greetings',
    })
    .option('against', {
      type: 'string',
      requiresArg: true,
      describe: 'Compare with a report that --json wrote: calls mended and broken, and whether by chance',
    })
    .option('sweep', {
      type: 'boolean',
      default: false,
      describe: 'Measure machines found against people lost, each point by a run of its own',
    })
    .option('known', {
      type: 'boolean',
      default: false,
      describe: 'Call each machine a second time, on another line, with its recording known',
    })
    .example('$0 calls/ --html report.html', 'figures here, plots in a browser')
    .example('$0 calls/ --vary all --seed 7', 'the same calls louder, in noise, with losses, ...')
    .example('npm run -s eval -- calls/ --json > old.json', 'for a script, or to compare with later')
    .example('$0 calls/ --against old.json', 'what a change mended and broke')
    .demandCommand(1, 1, 'a folder is missing', 'expected exactly one folder')
    .parseAsync();

  const plan = options.plan ?? null;
  const known = tonePlans().map(({ code }) => code);
  if (plan !== null) checkPlanCode(plan, 'plan');
  const cpdTimeoutMs = timeoutArgument(options.timeout);
  const maxHumanLoss = maxHumanLossArgument(options['max-human-loss']) ?? null;
  const variations = options.vary === undefined ? null : variationsOf(options.vary);
  const weights = readWeights(options.weights);
  const earlier = options.against === undefined ? null : readEarlierReport(options.against);
  const { seed } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new CodedError('BAD_ARGUMENT', `--seed ${seed}: expected a whole number`, {
      field: 'seed',
      found: seed,
      expected: 'a whole number',
    });
  }
  if (options.html !== undefined) checkWritable('html', options.html);
  const folder = String(options._[0]);
  const calls = readManifest(folder, known, plan, options.channel ?? null);
  const { mode } = options;
  const settings = { mode, cpdTimeoutMs, maxHumanLoss };
  const progress = progressLine();
  const onDone =
    (what: string) =>
    (done: number, of = calls.length) =>
      progress.show(done, of, what);
  const all = async () => {
    const run = await runCalls(calls, { ...settings, onDone: onDone('files') });
    const varied =
      variations === null
        ? null
        : await varyCalls(calls, variations, seed, { ...settings, onDone: onDone('files on other lines') });
    const sweep = options.sweep ? await sweepOf(calls, settings, onDone) : null;
    const second = options.known
      ? knownFigures(await secondCalls(calls, seed, { ...settings, onDone: onDone('second calls') }))
      : null;
    return { run, varied, sweep, second };
  };
  const { run, varied, sweep, second } = await all().finally(progress.clear);
  for (const { file, error } of run.failures) {
    process.stderr.write(`eval: ${error.code}: ${file} is left out: ${error.message}\n`);
    process.exitCode ??= exitCodeOf(error);
  }
  warnOfChannels('eval', run.warned);
  const report = makeReport(
    { folder, detector: `detector ${detectorVersion()}`, mode, plan, cpdTimeoutMs, maxHumanLoss },
    run,
    {
      weights,
      variations: varied === null ? null : { seed, rows: variedRows(varied) },
      sweep,
      secondCalls: second,
      earlier,
    },
  );
  if (options.html !== undefined) writeOption('html', options.html, reportHtml(report));
  if (options.json) printJson(report);
  else process.stdout.write(reportText(report, options.wrong));
});

async function sweepOf(
  calls: readonly LabelledCall[],
  settings: { mode: DetectionMode; maxHumanLoss: number | null; cpdTimeoutMs: number | null },
  onDone: (what: string) => (done: number, of?: number) => void,
): Promise<Sweep> {
  const { swept } = await sweepCalls(calls, settings, onDone('calls at 33 offsets'));
  const knobs: KnobPoint[] = [];
  for (const maxHumanLoss of triedKnobs) {
    const run = await runCalls(calls, {
      ...settings,
      maxHumanLoss,
      onDone: onDone('files at another operating point'),
    });
    knobs.push(knobPoint(maxHumanLoss, run));
  }
  return { offsets: operatingPoints(swept), knobs };
}
