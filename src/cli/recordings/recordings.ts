import type { CommandModule } from 'yargs';
import { addCommands } from '../../terminal/program.ts';
import { forgetCommand, nameCommand } from './recordings-edit.ts';
import { exportCommand, importCommand } from './recordings-share.ts';
import { learnCommand } from './recordings-learn.ts';
import { listCommand } from './recordings-list.ts';
import { testCommand } from './recordings-test.ts';

/** The recordings that the detector knows. Works on their file, with cpdd or without. */
export const recordingsCommand: CommandModule = {
  command: 'recordings',
  describe: "Recordings that the detector knows: networks' announcements, usual greetings",
  builder: (yargs) =>
    addCommands(yargs, 'cpdctl recordings', [
      listCommand,
      learnCommand,
      testCommand,
      nameCommand,
      forgetCommand,
      exportCommand,
      importCommand,
    ]).example('$0 recordings learn gone.wav --result sit --sit VC', 'a message of the network'),
  handler: () => {},
};
