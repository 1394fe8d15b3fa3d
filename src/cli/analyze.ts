import type { CommandModule } from 'yargs';
import { analyzeFile, checkPlanCode, type FileAnalysis } from '../board/native.ts';
import { CodedError } from '../domain/errors.ts';
import { detectionModes, type DetectionMode } from '../domain/result.ts';
import { expandInputs, inOrder, plotPaths, type Input } from './analyze-files.ts';
import { analyzeResult, describeResult, type AnalyzeFailure, type AnalyzeResult } from './analyze-result.ts';
import { explainEvidence } from './explain.ts';
import { maxHumanLossArgument, maxHumanLossOption } from './human-loss-option.ts';
import { printLine } from './output.ts';
import { plotSvg } from './plot.ts';
import { describeFailure, exitCodeOf } from './program.ts';
import { progressLine } from './progress-line.ts';
import { writeOption } from './write-file.ts';

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
}

type Done = { result: AnalyzeResult; wave: FileAnalysis['wave'] } | { file: string; error: unknown };

/** What was heard in recordings, by the same detector as on the board. Works without any daemon. */
export const analyzeCommand: CommandModule<object, AnalyzeArguments> = {
  command: 'analyze <files..>',
  describe: 'Say what the detector hears in recordings',
  builder: (parser) =>
    parser
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'WAV files, or folders with WAV files',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object a line and file' })
      .option('explain', { type: 'boolean', default: false, describe: 'Say why the verdict is what it is' })
      .option('plan', { type: 'string', default: 'US', requiresArg: true, describe: 'Tone plan (see tones)' })
      .option('from', {
        choices: ['dial', 'answer'] as const,
        default: 'dial' as const,
        describe: 'Where the files start: at dialling, or at answer (no ringback expected)',
      })
      .option('mode', {
        choices: detectionModes,
        default: 'accurate_am_detection' as const,
        describe: 'Recognition mode',
      })
      .option('max-human-loss', maxHumanLossOption())
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
  const { plan, from, mode } = args;
  try {
    const analysis = await analyzeFile(input.file, {
      plan,
      from,
      mode,
      maxHumanLoss,
      samples: args.plot !== undefined,
    });
    return { result: analyzeResult(input.file, analysis.evidence), wave: analysis.wave };
  } catch (error) {
    return { file: input.file, error };
  }
}

function report(done: Done, plot: string | undefined, { json, explain }: AnalyzeArguments): void {
  if ('error' in done) {
    fail(done.file, done.error, json);
    return;
  }
  printLine(json ? JSON.stringify(done.result) : describeResult(done.result));
  if (explain && !json) explainEvidence(done.result.evidence).forEach(printLine);
  if (plot === undefined || done.wave === null) return;
  writeOption('plot', plot, plotSvg(done.result, done.wave));
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
