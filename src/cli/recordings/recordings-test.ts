import type { CommandModule } from 'yargs';
import { fingerprintFile, knownLibrary } from '../../board/known-recordings.ts';
import type { WavChannel } from '../../domain/recorded-channels.ts';
import { channelOption } from '../../terminal/channel-option.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import { fileOption, recordingsOf, resultText, jsonOption, type FileArguments } from './recordings-file.ts';

interface TestArguments extends FileArguments {
  files: string[];
  channel: WavChannel;
}

export const testCommand: CommandModule<object, TestArguments> = {
  command: 'test <files..>',
  describe: 'Say which recording each WAV file is',
  builder: (parser) =>
    parser
      .positional('files', { type: 'string', array: true, demandOption: true, describe: 'WAV files' })
      .option('recordings', fileOption)
      .option('channel', channelOption)
      .option('json', jsonOption)
      .example('$0 recordings test call.wav', ''),
  handler: async ({ recordings: file, files, channel, json }) => {
    const recordings = recordingsOf(file);
    const library = knownLibrary(recordings.map(({ prints }) => prints));
    const found = [];
    for (const wav of files) {
      const { prints } = await fingerprintFile(wav, channel);
      const match = library.match(prints);
      const recording = match === null ? undefined : recordings[match.recording];
      found.push({ file: wav, recording: recording?.name ?? null, differing: match?.differing ?? null });
      if (json) continue;
      if (recording === undefined || match === null) printLine(`${wav}: no known recording`);
      else {
        const differing = `${(match.differing * 100).toFixed(1)} % of the bits differ`;
        printLine(`${wav}: ${JSON.stringify(recording.name)}, ${resultText(recording)} (${differing})`);
      }
    }
    if (json) printJson(found);
  },
};
