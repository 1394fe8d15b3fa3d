import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { CommandModule } from 'yargs';
import type { LabelsReply } from '../../api/attempts.ts';
import { replayFile } from '../../board/analysis.ts';
import { CodedError } from '../../domain/errors.ts';
import { printJson, printLine, printTable } from '../../terminal/output.ts';
import { exitCodeOf } from '../../terminal/program.ts';
import { wavFile } from '../../terminal/wav-file.ts';
import { ownerOnly, writeOption } from '../../terminal/write-file.ts';
import {
  jsonOption as json,
  type Endpoint,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';

interface Arguments extends OcsArguments {
  recordings?: string | undefined;
  out?: string | undefined;
}

type Label = LabelsReply['labels'][number];

/** What the manifest of a calibration set calls it; a call of which nobody is sure is left out. */
const manifestLabel = { person: 'human', machine: 'machine', not_sure: null } as const;

/** What people said that calls were, and the recordings of those calls as a set for `cpdctl calibrate`. */
export const labelsCommand: CommandModule<object, Arguments> = {
  command: 'labels',
  describe: 'Show what people said that calls were, or make a set for calibrate of it',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('recordings', {
        type: 'string',
        requiresArg: true,
        implies: 'out',
        describe: 'Folder in which cpdd recorded calls (recordings.folder)',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        implies: 'recordings',
        describe: 'Write WAV files and manifest.csv into this folder',
      })
      .option('json', json)
      .example('$0 labels', 'one line a call')
      .example('$0 labels --recordings calls/ --out set/', 'then: cpdctl calibrate set/'),
  handler: async (args) => {
    const labels = await allLabels(ocsEndpoint(args));
    const { out, recordings } = args;
    if (out !== undefined && recordings !== undefined) {
      const written = await writeSet(labels, recordings, out);
      if (args.json) printJson({ labels: labels.length, written, out });
      else printLine(`${written} of ${labels.length} calls written to ${out}`);
    } else if (args.json) printJson({ labels });
    else printLabels(labels);
  },
};

async function allLabels(endpoint: Endpoint): Promise<Label[]> {
  const all: Label[] = [];
  for (let after: number | null = 0; after !== null;) {
    const { labels, next }: LabelsReply = await request(endpoint, `/api/v1/labels?after=${after}`);
    all.push(...labels);
    after = next;
  }
  return all;
}

function printLabels(labels: readonly Label[]): void {
  printTable(
    [
      { heading: 'ATTEMPT', value: ({ attemptId }) => attemptId },
      { heading: 'CAMPAIGN', value: ({ campaign }) => campaign },
      { heading: 'IT WAS', value: ({ was }) => was.replace('_', ' ') },
      { heading: 'VERDICT', value: ({ verdict }) => verdict },
      { heading: 'SAID BY', value: ({ saidBy }) => saidBy },
      { heading: 'AT', value: ({ saidAt }) => new Date(saidAt).toISOString() },
    ],
    labels,
    'nobody said yet what a call was',
  );
}

/** @returns how many calls were recorded here and are in the set. @throws CodedError NO_SUCH_FILE, BAD_ARGUMENT */
async function writeSet(labels: readonly Label[], recordings: string, out: string): Promise<number> {
  const files = namesIn(recordings);
  try {
    mkdirSync(out, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CodedError('BAD_ARGUMENT', `--out ${out} is no folder that can be made`, {
      field: 'out',
      cause: error,
    });
  }
  const rows: (string | number)[][] = [];
  for (const { attemptId, campaign, recordHandle, saidBy, verdict, was } of labels) {
    const label = manifestLabel[was];
    // As cpdd names its recordings: time, attempt, masked number.
    const id = attemptId.replace(/[^\w-]/g, '_').slice(0, 64);
    const file = files.find((name) => name.includes(`-${id}-`));
    if (label === null || file === undefined) continue;
    try {
      const { evidence, settings, wave } = await replayFile(join(recordings, file));
      const answerMs = settings.startAt === 'answer' ? 0 : evidence.answerMs;
      if (wave === null || answerMs === null) continue;
      writeOption('out', join(out, `${id}.wav`), wavFile(wave), ownerOnly);
      rows.push([
        `${id}.wav`,
        label,
        answerMs,
        settings.plan,
        `record ${recordHandle}`,
        campaign,
        verdict ?? '',
        saidBy,
      ]);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      process.stderr.write(`cpdctl: ${error.code}: ${file} is left out: ${error.message}\n`);
      process.exitCode ??= exitCodeOf(error);
    }
  }
  const header = ['file', 'label', 'answer_ms', 'plan', 'speaker', 'campaign', 'verdict', 'said_by'];
  writeOption('out', join(out, 'manifest.csv'), stringify([header, ...rows]), ownerOnly);
  return rows.length;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.cpdrec'));
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CodedError('NO_SUCH_FILE', `--recordings ${folder} cannot be read (${found})`, {
      field: 'recordings',
      found,
      expected: 'the folder in which cpdd records calls',
      cause: error,
    });
  }
}
