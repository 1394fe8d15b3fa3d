import { existsSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { CodedError } from '../../domain/errors.ts';
import { wavChannels, type WavChannel } from '../../domain/recorded-channels.ts';
import { sitCategories, type SitCategory } from '../../domain/outcome.ts';

/** What a call truly is. `screening` and `modem` for folders that have them. */
export const groundTruths = [
  'human',
  'machine',
  'screening',
  'fax',
  'modem',
  'sit',
  'busy',
  'congestion',
  'ringback',
  'false_answer',
  'dialtone',
  'silence',
] as const;
export type GroundTruth = (typeof groundTruths)[number];

/** One labelled recording. Times in ms from the start of the file; null where the manifest says nothing. */
export interface LabelledCall {
  /** As in the manifest. */
  file: string;
  path: string;
  truth: GroundTruth;
  sit: SitCategory | null;
  plan: string;
  /** Of a recording with two channels. */
  channel: WavChannel;
  /** The file starts at answer (`answer_ms` 0) or at dialling. */
  from: 'answer' | 'dial';
  answerMs: number | null;
  speechStartMs: number | null;
  greetingEndMs: number | null;
  beep: { startMs: number; endMs: number; recorded: boolean } | null;
  /** The whole call is synthesised: no recording of the world is in it. */
  generated: boolean;
  /** All columns as they are, for slices. */
  columns: Readonly<Record<string, string>>;
}

/** Names of SIT categories in file names and tables without quotes; IO and FU are older names. */
const sitNames: Readonly<Record<string, SitCategory>> = {
  RO1: "RO'",
  RO2: 'RO"',
  NC1: "NC'",
  NC2: 'NC"',
  IO: 'R1',
  FU: 'R2',
};

/** A beep whose length is not given. */
const usualBeepMs = 300;

const wanted = 'file, label, answer_ms, speech_start_ms, greeting_end_ms, beep_ms';

/**
 * Reads `manifest.csv` of a folder and checks that every file is there.
 *
 * @param knownPlans codes of the tone plans; a call's plan is the `plan` column, else the country named in
 * `subtype` (`us`, `ringback-de+long`), else `US`
 * @param plan overrides them all
 * @param channel overrides the `channel` column, which is `both` where it is empty
 * @throws CodedError NO_SUCH_FILE, BAD_CSV naming row and column, UNKNOWN_PLAN
 */
export function readManifest(
  folder: string,
  knownPlans: readonly string[],
  plan: string | null,
  channel: WavChannel | null = null,
): LabelledCall[] {
  const manifest = join(folder, 'manifest.csv');
  const rows = readRows(manifest);
  if (rows.length === 0) throw wrong(manifest, 'has no row', 'a row for each recording');
  for (const column of ['file', 'label', 'answer_ms']) {
    if (rows[0]?.[column] === undefined) {
      const found = Object.keys(rows[0] ?? {}).join(', ');
      throw wrong(
        manifest,
        `has no column ${column} but ${JSON.stringify(found)}`,
        `columns ${wanted}, and any others, with commas between them`,
      );
    }
  }
  const calls = rows.map((row, index) => readCall(folder, row, index + 2, knownPlans, plan, channel));
  const lines = new Map<string, number>();
  calls.forEach(({ path, file }, index) => {
    const earlier = lines.get(path);
    if (earlier !== undefined)
      throw wrong(
        `manifest.csv line ${index + 2}, file`,
        `is ${file}, as in line ${earlier}`,
        'each file once',
      );
    lines.set(path, index + 2);
  });
  return calls;
}

function readRows(manifest: string): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(manifest, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${manifest} cannot be read (${code})`, {
      field: 'DIR',
      found: code,
      expected: `a folder with recordings and a manifest.csv: columns ${wanted}`,
      cause: error,
    });
  }
  try {
    return parse(text, {
      columns: (names: string[]) => {
        const twice = names.find((name, at) => names.indexOf(name) !== at);
        if (twice !== undefined) throw wrong(manifest, `has two columns ${twice}`, 'each column once');
        return names;
      },
      bom: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    if (error instanceof CsvError) throw wrong(manifest, error.message, 'CSV with a heading row');
    throw error;
  }
}

function readCall(
  folder: string,
  row: Record<string, string>,
  line: number,
  knownPlans: readonly string[],
  forcedPlan: string | null,
  forcedChannel: WavChannel | null,
): LabelledCall {
  const where = (column: string) => `manifest.csv line ${line}, ${column}`;
  const number = (column: string): number | null => {
    const text = row[column] ?? '';
    if (text === '') return null;
    const value = Number(text);
    if (!(value >= 0) || !Number.isFinite(value))
      throw wrong(where(column), `is ${JSON.stringify(text)}`, 'milliseconds, or nothing');
    return value;
  };
  const file = row['file'] ?? '';
  const path = resolve(folder, file);
  if (file === '' || !path.startsWith(resolve(folder) + sep))
    throw wrong(where('file'), `is ${JSON.stringify(file)}`, 'a file of this folder');
  if (!existsSync(path)) {
    throw new CodedError('NO_SUCH_FILE', `${where('file')}: ${path}: no such file`, {
      field: where('file'),
      found: file,
      expected: 'a WAV or FLAC file of this folder',
    });
  }
  const { truth, sit } = readLabel(row['label'] ?? '', where('label'));
  const answerMs = number('answer_ms');
  const speechStartMs = number('speech_start_ms');
  const greetingEndMs = number('greeting_end_ms');
  if (speechStartMs !== null && greetingEndMs !== null && greetingEndMs < speechStartMs) {
    throw wrong(
      where('greeting_end_ms'),
      `is ${greetingEndMs}`,
      `at least speech_start_ms, ${speechStartMs}`,
    );
  }
  const beepMs = number('beep_ms');
  return {
    file,
    path,
    truth,
    sit,
    plan: forcedPlan ?? planOf(row, knownPlans, where('plan')),
    channel: forcedChannel ?? channelOf(row['channel'] ?? '', where('channel')),
    from: answerMs === 0 ? 'answer' : 'dial',
    answerMs,
    speechStartMs,
    greetingEndMs,
    beep:
      beepMs === null
        ? null
        : {
            startMs: beepMs,
            endMs: beepMs + (number('beep_len_ms') ?? usualBeepMs),
            recorded: /\brec(orded)?\b/i.test(row['tone'] ?? ''),
          },
    generated: /^(synthesi[sz]ed|synthetic|generated)\b/i.test(row['source'] ?? ''),
    columns: row,
  };
}

function readLabel(label: string, field: string): { truth: GroundTruth; sit: SitCategory | null } {
  const [name = '', category] = label.split(':');
  const truth = groundTruths.find((each) => each === name);
  const sit =
    category === undefined
      ? null
      : (sitNames[category] ?? sitCategories.find((each) => each === category) ?? undefined);
  if (truth === undefined || sit === undefined || (sit !== null && truth !== 'sit')) {
    const categories = [...sitCategories, ...Object.keys(sitNames)].join(', ');
    throw wrong(
      field,
      `is ${JSON.stringify(label)}`,
      `one of ${groundTruths.join(', ')}, or sit:CATEGORY (${categories})`,
    );
  }
  return { truth, sit };
}

function planOf(row: Record<string, string>, knownPlans: readonly string[], field: string): string {
  const given = row['plan'] ?? '';
  if (given !== '') {
    if (knownPlans.includes(given)) return given;
    throw new CodedError('UNKNOWN_PLAN', `${field}: no tone plan ${JSON.stringify(given)}`, {
      field,
      found: given,
      expected: `one of ${knownPlans.join(', ')}`,
    });
  }
  const words = (row['subtype'] ?? '').split(/[^a-z]+/).map((word) => word.toUpperCase());
  return words.find((word) => knownPlans.includes(word)) ?? 'US';
}

function channelOf(given: string, field: string): WavChannel {
  const channel = wavChannels.find((each) => each === (given === '' ? 'both' : given));
  if (channel !== undefined) return channel;
  throw wrong(field, `is ${JSON.stringify(given)}`, `one of ${wavChannels.join(', ')}, or nothing`);
}

function wrong(field: string, found: string, expected: string): CodedError {
  return new CodedError('BAD_CSV', `${field} ${found}; expected ${expected}`, { field, found, expected });
}
