import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { knownLibrary, recordingsBytes, type StoredRecording } from '../../board/known-recordings.ts';
import { changeKnownRecordings, readKnownRecordings } from '../../recordings/recordings-file.ts';
import { CodedError } from '../../domain/errors.ts';
import { writeOption } from '../../terminal/write-file.ts';
import { fileOption, recordingsOf, jsonOption, tell, type FileArguments } from './recordings-file.ts';

interface ShareArguments extends FileArguments {
  file: string;
}

export const exportCommand: CommandModule<object, ShareArguments> = {
  command: 'export <file>',
  describe: 'Write them to a file for another site',
  builder: (parser) =>
    parser
      .positional('file', { type: 'string', demandOption: true, describe: 'File to write' })
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .example('$0 recordings export ours.cpdrecs', ''),
  handler: ({ recordings: from, json, file }) => {
    const recordings = recordingsOf(from);
    writeOption('file', file, Buffer.from(recordingsBytes(recordings)));
    tell(json, { file, recordings: recordings.length }, `${file}: ${counted(recordings.length)}`);
  },
};

export const importCommand: CommandModule<object, ShareArguments> = {
  command: 'import <file>',
  describe: 'Take over those of another site that are not known here',
  builder: (parser) =>
    parser
      .positional('file', { type: 'string', demandOption: true, describe: 'What recordings export wrote' })
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .example('$0 recordings import theirs.cpdrecs', ''),
  handler: ({ recordings: into, json, file }) => {
    if (!existsSync(file)) {
      throw new CodedError('NO_SUCH_FILE', `${file}: no such file`, {
        field: 'file',
        found: file,
        expected: 'what cpdctl recordings export wrote',
      });
    }
    const theirs = readKnownRecordings(file);
    const taken = changeKnownRecordings(into, (ours) => {
      const added = unknownOf(theirs, ours);
      return { recordings: added.length === 0 ? null : [...ours, ...added], result: added.length };
    });
    const known = theirs.length - taken;
    tell(json, { file, taken, known }, `${counted(taken)} taken over, ${known} known already`);
  },
};

/**
 * Those that sound like none of ours; a name that one of ours has gets a number behind it. Nobody here has listened to
 * them: whatever they were there, a call on which one is doubted removes it.
 */
function unknownOf(theirs: readonly StoredRecording[], ours: readonly StoredRecording[]): StoredRecording[] {
  const library = knownLibrary(ours.map(({ prints }) => prints));
  const names = new Set(ours.map(({ name }) => name));
  return theirs
    .filter(({ prints }) => library.match(prints) === null)
    .map((each) => {
      let name = each.name;
      for (let count = 2; names.has(name); count++) name = `${each.name} (${count})`;
      names.add(name);
      return { ...each, name, origin: 'imported' };
    });
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'recording' : 'recordings'}`;
}
