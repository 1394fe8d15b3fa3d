import type { CommandModule } from 'yargs';
import { detectorVersion } from '../../board/native.ts';
import { replayFile, type Replay } from '../../board/analysis.ts';
import { CodedError } from '../../domain/errors.ts';
import { humanLossText } from '../../domain/human-loss.ts';
import { verdicts } from '../../domain/outcome.ts';
import { analyzeResult, describeResult, seconds, type AnalyzeResult } from './analyze-result.ts';
import { explainEvidence } from '../../domain/explanation/evidence-words.ts';
import { printLine } from '../../terminal/output.ts';
import { plotSvg } from './plot.ts';
import { wavFile } from '../../terminal/wav-file.ts';
import { ownerOnly, writeOption } from '../../terminal/write-file.ts';

interface ReplayArguments {
  file: string;
  json: boolean;
  explain: boolean;
  plot?: string;
  wav?: string;
}

/** What `cpdctl replay --json` prints. */
interface ReplayReport {
  file: string;
  same: boolean;
  /** Versions of the detector. */
  recordedWith: string;
  replayedWith: string;
  label: string;
  settings: Replay['settings'];
  frames: Replay['frames'];
  durationMs: number;
  full: boolean;
  compared: number;
  differences: number;
  first: Replay['first'];
  now: AnalyzeResult;
}

/** Runs a recorded call through the detector again; works without any daemon. */
export const replayCommand: CommandModule<object, ReplayArguments> = {
  command: 'replay <file>',
  describe: 'Hear a recorded call again and compare, bit for bit',
  builder: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'A recording: of dial --record, or of cpdd (recordings.folder)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' })
      .option('explain', { type: 'boolean', default: false, describe: 'Explain the verdict' })
      .option('plot', { type: 'string', requiresArg: true, describe: 'Write a picture (SVG)' })
      .option('wav', { type: 'string', requiresArg: true, describe: 'Write what was heard, to listen to' })
      .example('$0 dial 5550100 --simulate machine --record call.cpdrec', 'make one')
      .example('$0 replay call.cpdrec --wav call.wav', 'hear it again'),
  handler: async ({ file, json, explain, plot, wav }) => {
    const replay = await replayFile(file);
    const report = reportOf(file, replay);
    if (wav !== undefined && replay.wave !== null) writeOption('wav', wav, wavFile(replay.wave), ownerOnly);
    if (plot !== undefined && replay.wave !== null) {
      writeOption('plot', plot, plotSvg(report.now, replay.wave), ownerOnly);
    }
    if (json) printLine(JSON.stringify(report));
    else tell(report, explain);
    if (report.same) return;
    const what = `${report.differences} of ${report.compared} observations and pieces of evidence differ`;
    if (json) process.exitCode = 1;
    else throw new CodedError('REPLAY_DIFFERS', `${file}: ${what}${otherDetector(report)}`);
  },
};

function reportOf(file: string, replay: Replay): ReplayReport {
  return {
    file,
    same: replay.differences === 0,
    recordedWith: replay.detector,
    replayedWith: detectorVersion(),
    label: replay.label,
    settings: replay.settings,
    frames: replay.frames,
    durationMs: replay.durationMs,
    full: replay.full,
    compared: replay.compared,
    differences: replay.differences,
    first: replay.first.map(({ atMs, recorded, replayed }) => ({
      atMs,
      recorded: namedVerdicts(recorded),
      replayed: namedVerdicts(replayed),
    })),
    now: analyzeResult(file, replay.evidence),
  };
}

/** The recording has verdicts by their place in the list, 0 for none. */
function namedVerdicts(words: string | null): string | null {
  return (
    words?.replace(/\bverdict (\d+)/g, (_, at) => `verdict ${verdicts[Number(at) - 1] ?? 'none'}`) ?? null
  );
}

function otherDetector({ recordedWith, replayedWith }: ReplayReport): string {
  return recordedWith === replayedWith
    ? ''
    : `; recorded by detector ${recordedWith}, this is ${replayedWith}`;
}

function tell(report: ReplayReport, explain: boolean): void {
  const { settings, frames, now } = report;
  printLine(describeResult(now));
  if (explain) explainEvidence(now.evidence).forEach(printLine);
  const knob =
    settings.maxHumanLoss === 0 ? '' : `, at most ${humanLossText(settings.maxHumanLoss)} of people lost`;
  const offset = settings.scoreOffset === 0 ? '' : `, score offset ${settings.scoreOffset}`;
  printLine(
    `${seconds(report.durationMs)} s heard, ${frames.lost} frames lost, ${frames.comfortNoise} of comfort noise; ` +
      `plan ${settings.plan}, ${settings.mode}${knob}${offset}` +
      (report.full ? '; the recording was full before the call ended' : ''),
  );
  if (report.same) {
    printLine(`the same as then: ${report.compared} observations and pieces of evidence, bit for bit`);
    return;
  }
  for (const { atMs, recorded, replayed } of report.first) {
    const [then, now] =
      recorded === null || replayed === null ? [recorded, replayed] : whereTheyDiffer(recorded, replayed);
    printLine(`at ${seconds(atMs)} s`);
    printLine(`  then: ${then ?? 'nothing'}`);
    printLine(`  now:  ${now ?? 'nothing'}`);
  }
}

/** Words kept before and behind a difference, and first ones, which say what it is. */
const wordsKept = 4;

/** Evidence is hundreds of words long: without those that are the same in both. */
export function whereTheyDiffer(recorded: string, replayed: string): [string, string] {
  const then = recorded.split(' ');
  const now = replayed.split(' ');
  const shorter = Math.min(then.length, now.length);
  let before = 0;
  while (before < shorter && then[before] === now[before]) before++;
  let after = 0;
  while (after < shorter - before && then.at(-1 - after) === now.at(-1 - after)) after++;
  const cut = (words: string[]) => {
    const from = Math.max(0, before - wordsKept);
    const to = words.length - Math.max(0, after - wordsKept);
    const head =
      from > wordsKept ? [...words.slice(0, wordsKept), '...', ...words.slice(from, to)] : words.slice(0, to);
    return [...head, ...(to < words.length ? ['...'] : [])].join(' ');
  };
  return [cut(then), cut(now)];
}
