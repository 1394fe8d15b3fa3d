import { basename, extname } from 'node:path';
import type { CommandModule } from 'yargs';
import {
  fingerprintFile,
  knownLibrary,
  leastUsablePrints,
  type FileFingerprint,
} from '../../board/known-recordings.ts';
import { changeKnownRecordings } from '../../recordings/recordings-file.ts';
import { CodedError } from '../../domain/errors.ts';
import {
  recordingVerdicts,
  sitCategories,
  type RecordingVerdict,
  type SitCategory,
} from '../../domain/outcome.ts';
import { channelWarning, type WavChannel } from '../../domain/recorded-channels.ts';
import { channelOption, warnOfChannels } from '../../terminal/channel-option.ts';
import {
  checkFree,
  fileOption,
  resultText,
  type FileArguments,
  jsonOption,
  tell,
} from './recordings-file.ts';

interface LearnArguments extends FileArguments {
  file: string;
  name?: string;
  result: RecordingVerdict;
  sit?: SitCategory;
  channel: WavChannel;
}

/** Of a print, in s. */
const printS = 0.02;

export const learnCommand: CommandModule<object, LearnArguments> = {
  command: 'learn <file>',
  describe: 'Make a recording known from a WAV file',
  builder: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'WAV file of the recording, of which the first 8 s from its first word count',
      })
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .option('name', { type: 'string', requiresArg: true, describe: 'Its name (default: that of the file)' })
      .option('result', {
        choices: recordingVerdicts,
        requiresArg: true,
        default: 'machine' as const,
        describe: 'What a call is on which it is heard',
      })
      .option('sit', { choices: sitCategories, requiresArg: true, describe: 'Category, with --result sit' })
      .option('channel', channelOption)
      .example('$0 recordings learn gone.wav --name "not in service" --result sit --sit VC', ''),
  handler: async ({
    recordings: file,
    file: wav,
    name: named,
    result: verdict,
    sit: category,
    channel,
    json,
  }) => {
    const name = named ?? basename(wav, extname(wav));
    const sit = category ?? null;
    if ((verdict === 'sit') !== (sit !== null)) throw wrongSit(verdict, sit);
    const print = await fingerprintFile(wav, channel);
    const warning = channelWarning(print, channel);
    if (warning !== null) warnOfChannels('cpdctl', [{ file: wav, ...warning }]);
    if (print.usable < leastUsablePrints) throw tooLittle(wav, print);
    const { prints } = print;
    changeKnownRecordings(file, (recordings) => {
      checkFree(recordings, name);
      const match = knownLibrary(recordings.map((each) => each.prints)).match(prints);
      const same = match === null ? undefined : recordings[match.recording];
      if (same !== undefined) throw known(wav, same.name);
      const added = { name, verdict, sit, origin: 'taught', numbers: 0, prints } as const;
      return {
        recordings: [...recordings, { ...added, knownSince: Math.floor(Date.now() / 1_000) }],
        result: null,
      };
    });
    const sound = (print.usable * printS).toFixed(1);
    const words = `${JSON.stringify(name)} is known: ${sound} s of sound, result ${resultText({ verdict, sit })}`;
    tell(json, { name, verdict, sit, soundMs: print.usable * printS * 1_000 }, words);
  },
};

function wrongSit(verdict: RecordingVerdict, sit: SitCategory | null): CodedError {
  const expected = `--sit with one of ${sitCategories.join(' ')} where --result is sit, and only there`;
  return new CodedError(
    'BAD_ARGUMENT',
    `--result ${verdict} ${sit === null ? 'without --sit' : `with --sit ${sit}`}; expected ${expected}`,
    {
      field: 'sit',
      found: sit,
      expected,
    },
  );
}

function tooLittle(wav: string, { usable, durationMs }: FileFingerprint): CodedError {
  const found = `${(usable * printS).toFixed(1)} s of speech in ${(durationMs / 1_000).toFixed(1)} s`;
  const expected = `at least ${leastUsablePrints * printS} s of speech, beside tones and silence`;
  return new CodedError('NOTHING_TO_LEARN', `${wav}: ${found}; expected ${expected}`, {
    field: wav,
    found,
    expected,
  });
}

function known(wav: string, name: string): CodedError {
  return new CodedError('BAD_ARGUMENT', `${wav} is known already as ${JSON.stringify(name)}`, {
    field: wav,
    found: name,
    expected: 'a recording that is not known; cpdctl recordings forget removes one',
  });
}
