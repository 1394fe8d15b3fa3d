import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { analyzeFile, type FileAnalysis } from '../../board/analysis.ts';
import { checkPlanCode } from '../../board/tone-plans.ts';
import { CodedError } from '../../domain/errors.ts';
import { channelWarning, type WavChannel } from '../../domain/recorded-channels.ts';
import { detectionModes, type DetectionMode } from '../../domain/result.ts';
import { expandInputs, inOrder, plotPaths, type Input } from '../../terminal/input-files.ts';
import {
  analyzeResult,
  correctionOf,
  describeCorrection,
  describeResult,
  type AnalyzedFile,
  type AnalyzeFailure,
} from './analyze-result.ts';
import { recordingsOf } from '../recordings/recordings-file.ts';
import { explainEvidence } from '../../domain/explanation/evidence-words.ts';
import { channelOption, warnOfChannels } from '../../terminal/channel-option.ts';
import { maxHumanLossArgument, maxHumanLossOption } from '../../terminal/human-loss-option.ts';
import { printLine } from '../../terminal/output.ts';
import { plotSvg } from './plot.ts';
import { describeFailure, exitCodeOf } from '../../terminal/program.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { writeOption } from '../../terminal/write-file.ts';

/** Files analysed at a time: the detector keeps a core busy. */
const filesAtOnce = 2;

interface AnalyzeArguments {
  files: string[];
  json: boolean;
  explain: boolean;
  plan: string;
  from: 'dial' | 'answer';
  mode: DetectionMode;
  maxHumanLoss?: string;
  plot?: string;
  channel: WavChannel;
  recordings?: string;
}

type Done = { result: AnalyzedFile; wave: FileAnalysis['wave'] } | { file: string; error: unknown };

/** What was heard in recordings, by the same detector as on the board. Works without any daemon. */
export const analyzeCommand: CommandModule<object, AnalyzeArguments> = {
  command: 'analyze <files..>',
  describe: 'Analyse recordings with the detector',
  builder: (parser) =>
    parser
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'WAV files, or folders with WAV files',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object a line and file' })
      .option('explain', { type: 'boolean', default: false, describe: 'Explain the verdict' })
      .option('plan', { type: 'string', default: 'US', requiresArg: true, describe: 'Tone plan (see tones)' })
      .option('from', {
        choices: ['dial', 'answer'] as const,
        requiresArg: true,
        default: 'dial' as const,
        describe: 'Where the files start: at dialling, or at answer (no ringback expected)',
      })
      .option('mode', {
        choices: detectionModes,
        requiresArg: true,
        default: 'accurate_am_detection' as const,
        describe: 'Recognition mode',
      })
      .option('channel', channelOption)
      .option('max-human-loss', maxHumanLossOption())
      .option('recordings', {
        type: 'string',
        requiresArg: true,
        coerce: (path: string) => resolve(path),
        describe: 'File of known recordings, as cpdd has it in knownRecordings.file (default: none)',
      })
      .option('plot', {
        type: 'string',
        requiresArg: true,
        describe: 'Write a picture (SVG); out-NAME.svg for each of several files',
      })
      .example('$0 analyze --from answer greeting.wav', 'one readable line')
      .example('$0 analyze --json recordings/ > heard.jsonl', 'a folder, for a script'),
  handler: async (args) => {
    const maxHumanLoss = maxHumanLossArgument(args.maxHumanLoss) ?? null;
    // A script gets the error in each file's line; a person once.
    if (!args.json) checkPlanCode(args.plan, 'plan');
    if (args.recordings !== undefined) recordingsOf(args.recordings);
    const inputs = expandInputs(args.files);
    const names = inputs.map(({ file }) => file);
    const plots = args.plot === undefined ? [] : plotPaths(args.plot, names);
    const progress = progressLine();
    await inOrder(
      inputs,
      filesAtOnce,
      (input) => analyzeInput(input, args, maxHumanLoss),
      (done, index) => {
        progress.clear();
        report(done, plots[index], args);
        if (inputs.length > 1) progress.show(index + 1, inputs.length, 'files');
      },
    );
    progress.clear();
  },
};

async function analyzeInput(
  input: Input,
  args: AnalyzeArguments,
  maxHumanLoss: number | null,
): Promise<Done> {
  if ('error' in input) return input;
  const { plan, from, mode, channel, recordings = null } = args;
  try {
    const analysis = await analyzeFile(input.file, {
      plan,
      from,
      mode,
      maxHumanLoss,
      samples: args.plot !== undefined,
      channel,
      recordings,
    });
    const warning = channelWarning(analysis, channel);
    const correction = correctionOf(analysis.observations);
    const result = { ...analyzeResult(input.file, analysis.evidence), warning, correction };
    return { result, wave: analysis.wave };
  } catch (error) {
    return { file: input.file, error };
  }
}

function report(done: Done, plot: string | undefined, { json, explain }: AnalyzeArguments): void {
  if ('error' in done) {
    fail(done.file, done.error, json);
    return;
  }
  const { result, wave } = done;
  const { file, warning } = result;
  if (warning !== null) warnOfChannels('cpdctl', [{ file, ...warning }]);
  printLine(json ? JSON.stringify(result) : describeResult(result) + describeCorrection(result.correction));
  if (explain && !json) explainEvidence(result.evidence).forEach(printLine);
  if (plot === undefined || wave === null) return;
  writeOption('plot', plot, plotSvg(result, wave));
}

/** The other files are done all the same; the exit code is that of the first failure. */
function fail(file: string, error: unknown, json: boolean): void {
  process.exitCode ??= exitCodeOf(error);
  // Our own mistakes keep their stack, on stderr.
  if (!json || !(error instanceof CodedError)) process.stderr.write(describeFailure('cpdctl', error));
  if (!json) return;
  const { code, message } =
    error instanceof CodedError ? error : { code: 'INTERNAL', message: String(error) };
  printLine(JSON.stringify({ file, error: { code, message } } satisfies AnalyzeFailure));
}
