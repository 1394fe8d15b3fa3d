import { relative, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { stringify } from 'yaml';
import { checkPlanCode, tonePlans } from '../../board/tone-plans.ts';
import { detectorVersion } from '../../board/native.ts';
import type { Calibration } from '../../daemon/cpdd/calibration-file.ts';
import type { WavChannel } from '../../domain/recorded-channels.ts';
import { humanLossText } from '../../domain/human-loss.ts';
import { detectionModes, type DetectionMode } from '../../domain/result.ts';
import {
  checkPeople,
  chooseOffset,
  confidence,
  sweepCalls,
  type CalibrationResult,
  type OperatingPoint,
} from '../../eval/measures/calibration.ts';
import { readManifest } from '../../eval/calls/manifest.ts';
import type { Share } from '../../eval/measures/statistics.ts';
import { counted, percent, withInterval } from '../../eval/measures/words.ts';
import { channelOption, warnOfChannels } from '../../terminal/channel-option.ts';
import { maxHumanLossArgument, maxHumanLossOption } from '../../terminal/human-loss-option.ts';
import { alignedTable, printJson } from '../../terminal/output.ts';
import { exitCodeOf } from '../../terminal/program.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { timeoutArgument, timeoutOption } from '../../terminal/timeout-option.ts';
import { checkWritable, writeOption } from '../../terminal/write-file.ts';

interface CalibrateArguments {
  dir: string;
  'max-human-loss': string;
  mode: DetectionMode;
  plan?: string;
  timeout?: number;
  channel?: WavChannel;
  out?: string;
  json: boolean;
}

/** Modes that tell machines from people. */
const tellingModes = detectionModes.filter(
  (mode) => mode !== 'no_progress_detection' && mode !== 'no_am_detection',
);

/** Rows of the table around the chosen point. */
const rowsAround = 3;

/** Measures people lost against machines found on a user's own recordings; works without any daemon. */
export const calibrateCommand: CommandModule<object, CalibrateArguments> = {
  command: 'calibrate <dir>',
  describe: 'Calibrate the detector on your own labelled recordings',
  builder: (parser) =>
    parser
      .positional('dir', {
        type: 'string',
        demandOption: true,
        describe: 'Folder with recordings and a manifest.csv: file, label, answer_ms, speaker, ...',
      })
      .option('max-human-loss', { ...maxHumanLossOption(null), default: '1 %' })
      .option('mode', {
        choices: tellingModes,
        requiresArg: true,
        default: 'accurate_am_detection' as const,
        describe: 'Recognition mode',
      })
      .option('plan', { type: 'string', requiresArg: true, describe: 'Tone plan for all files' })
      .option('channel', {
        ...channelOption,
        default: undefined,
        describe: `${channelOption.describe} (default: as the manifest says, else both)`,
      })
      .option('timeout', timeoutOption)
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'Write the setting for cpdd to this file',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object with all figures' })
      .example(
        '$0 calibrate calls/ --max-human-loss "1 %" --out calibration.yaml',
        'then name it in cpdd.yaml',
      ),
  handler: async (args) => {
    const maxHumanLoss = maxHumanLossArgument(args['max-human-loss']);
    const known = tonePlans().map(({ code }) => code);
    const { mode, plan = null } = args;
    const cpdTimeoutMs = timeoutArgument(args.timeout);
    if (plan !== null) checkPlanCode(plan, 'plan');
    const calls = readManifest(args.dir, known, plan, args.channel ?? null);
    checkPeople(calls, maxHumanLoss);
    if (args.out !== undefined) checkWritable('out', args.out);
    const progress = progressLine();
    const settings = { mode, maxHumanLoss, cpdTimeoutMs };
    const { swept, failures, warned } = await sweepCalls(calls, settings, (done, of) =>
      progress.show(done, of, 'calls'),
    ).finally(progress.clear);
    for (const { file, error } of failures) {
      process.stderr.write(`cpdctl: ${error.code}: ${file} is left out: ${error.message}\n`);
      process.exitCode ??= exitCodeOf(error);
    }
    warnOfChannels('cpdctl', warned);
    const result = chooseOffset(swept, maxHumanLoss);
    const calibration = calibrationOf(result, maxHumanLoss, mode);
    if (args.out !== undefined) writeOption('out', args.out, fileText(args.dir, result, calibration));
    if (args.json) printJson({ folder: args.dir, confidence, ...calibration, ...result });
    else tell(args, result, calibration);
  },
};

function calibrationOf(
  { chosen }: CalibrationResult,
  maxHumanLoss: number,
  mode: DetectionMode,
): Calibration {
  const measured = ({ count, n, low, high }: Share) => ({ count, of: n, low: low ?? 0, high: high ?? 1 });
  return {
    calibration: 1,
    scoreOffset: chosen.scoreOffset,
    maxHumanLoss,
    mode,
    detector: detectorVersion(),
    measured: {
      people: measured(chosen.people),
      peopleCalls: measured(chosen.peopleCalls),
      machines: measured(chosen.machines),
    },
  };
}

function fileText(dir: string, { chosen }: CalibrationResult, calibration: Calibration): string {
  return (
    `# By cpdctl calibrate ${dir}. In cpdd.yaml: detection: { calibrationFile: THIS FILE }\n` +
    `# People lost: ${counted(chosen.people)}, ${withInterval(chosen.people)}; with ${confidence * 100} % confidence at ` +
    `most ${percent(chosen.peopleBound)}.\n` +
    `# Machines found: ${counted(chosen.machines)}, ${withInterval(chosen.machines)}. Intervals are 95 % (Clopper-Pearson).\n` +
    stringify(calibration)
  );
}

function tell(args: CalibrateArguments, result: CalibrationResult, calibration: Calibration): void {
  const { chosen, before, points, heldOut } = result;
  const at = points.indexOf(chosen);
  const shown = new Set([...points.slice(Math.max(0, at - rowsAround), at + rowsAround + 1), before]);
  const table = alignedTable<OperatingPoint>(
    [
      { heading: '', value: (point) => (point === chosen ? '>' : '') },
      { heading: 'score offset', value: ({ scoreOffset }) => scoreOffset.toFixed(1), align: 'right' },
      { heading: 'people lost', value: ({ people }) => counted(people), align: 'right' },
      { heading: '', value: ({ people }) => withInterval(people), align: 'right' },
      { heading: 'at most', value: ({ peopleBound }) => percent(peopleBound), align: 'right' },
      { heading: 'machines found', value: ({ machines }) => counted(machines), align: 'right' },
      { heading: '', value: ({ machines }) => withInterval(machines), align: 'right' },
    ],
    points.filter((point) => shown.has(point)),
  );
  const lines = [
    `at most ${humanLossText(calibration.maxHumanLoss)} of people lost, ${calibration.mode}, detector ` +
      `${calibration.detector}. Intervals are 95 % (Clopper-Pearson); "at most" holds with ${confidence * 100} % confidence.`,
    table.trimEnd(),
    `score offset ${chosen.scoreOffset}: people lost ${counted(chosen.people)}, at most ${percent(chosen.peopleBound)}; ` +
      `machines found ${counted(chosen.machines)}, ${withInterval(chosen.machines)}`,
    `by calls: ${counted(chosen.peopleCalls)}, ${withInterval(chosen.peopleCalls)}`,
    heldOutWords(heldOut),
    args.out === undefined
      ? '--out FILE writes it for cpdd'
      : `written to ${args.out}; in cpdd.yaml: detection: { calibrationFile: ${relative('.', resolve(args.out))} }`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** How the choice does on those who had no part in it. */
function heldOutWords({ people, machines }: CalibrationResult['heldOut']): string {
  const tried = 'chosen on four fifths of the people and machines and tried on the others: ';
  if (machines.n === 0) return `${tried}not done, since all machines are of one speaker`;
  return (
    `${tried}people lost ${counted(people)}, ${withInterval(people)}; ` +
    `machines found ${counted(machines)}, ${withInterval(machines)}`
  );
}
