import type { CommandModule } from 'yargs';
import { usablePrints, type StoredRecording } from '../../board/known-recordings.ts';
import { printJson, printTable } from '../../terminal/output.ts';
import { fileOption, recordingsOf, resultText, jsonOption, type FileArguments } from './recordings-file.ts';

type ListArguments = FileArguments;

/** Of a print, in ms. */
const printMs = 20;

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'List them',
  builder: (parser) =>
    parser
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .example('$0 recordings list', 'what cpdd knows'),
  handler: ({ recordings: file, json }) => {
    const recordings = recordingsOf(file);
    if (json) {
      printJson(
        recordings.map(({ prints, ...each }) => ({ ...each, soundMs: usablePrints(prints) * printMs })),
      );
      return;
    }
    printTable<StoredRecording>(
      [
        { heading: 'NAME', value: ({ name }) => name },
        { heading: 'RESULT', value: resultText },
        {
          heading: 'SOUND',
          value: ({ prints }) => `${((usablePrints(prints) * printMs) / 1_000).toFixed(1)} s`,
        },
        {
          heading: 'KNOWN SINCE',
          value: ({ knownSince }) => new Date(knownSince * 1_000).toISOString().slice(0, 10),
        },
        {
          heading: 'FROM',
          value: ({ origin, numbers }) =>
            ({ taught: 'a file', learnt: `${numbers} numbers`, imported: 'another site' })[origin],
        },
      ],
      recordings,
      'no recording is known',
    );
  },
};
