import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StoredRecording } from '../../board/known-recordings.ts';
import { readKnownRecordings } from '../../recordings/recordings-file.ts';
import { CodedError } from '../../domain/errors.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import type { RecordingVerdict, SitCategory } from '../../domain/outcome.ts';

/** `knownRecordings.file` of the example configuration. */
const usualFile = '/var/lib/cpd-dialler/cpdd/known.cpdrecs';

export interface FileArguments {
  recordings: string;
  json: boolean;
}

/** Which file: `--recordings`. */
export const fileOption = {
  type: 'string',
  requiresArg: true,
  default: usualFile,
  describe: 'File of known recordings: knownRecordings.file of cpdd.yaml',
  coerce: (path: string) => resolve(path),
} as const;

export const jsonOption = { type: 'boolean', default: false, describe: 'One JSON document' } as const;

/** What a command did: as JSON where that is asked for, else in words. */
export function tell(json: boolean, value: object, words: string): void {
  if (json) printJson(value);
  else printLine(words);
}

/**
 * The recordings of a file that must be there.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_RECORDINGS
 */
export function recordingsOf(file: string): StoredRecording[] {
  if (!existsSync(file)) {
    throw new CodedError('NO_SUCH_FILE', `${file}: no such file`, {
      field: 'recordings',
      found: file,
      expected: 'a file of known recordings; cpdctl recordings learn makes one',
    });
  }
  return readKnownRecordings(file);
}

/** @throws CodedError NO_SUCH_RECORDING */
export function recordingNamed(recordings: readonly StoredRecording[], name: string): StoredRecording {
  const found = recordings.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new CodedError('NO_SUCH_RECORDING', `no recording is named ${JSON.stringify(name)}`, {
    field: 'name',
    found: name,
    expected: 'a name that cpdctl recordings list shows',
  });
}

/** @throws CodedError BAD_ARGUMENT where another recording has the name */
export function checkFree(recordings: readonly StoredRecording[], name: string): void {
  if (!recordings.some((each) => each.name === name)) return;
  throw new CodedError('BAD_ARGUMENT', `a recording is named ${JSON.stringify(name)} already`, {
    field: 'name',
    found: name,
    expected: 'a name of its own',
  });
}

/** `sit VC`: the result as lists show it. */
export function resultText({ verdict, sit }: { verdict: RecordingVerdict; sit: SitCategory | null }): string {
  return sit === null ? verdict : `${verdict} ${sit}`;
}
