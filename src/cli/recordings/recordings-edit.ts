import type { CommandModule } from 'yargs';
import { changeKnownRecordings } from '../../recordings/recordings-file.ts';
import {
  checkFree,
  fileOption,
  jsonOption,
  recordingNamed,
  recordingsOf,
  tell,
  type FileArguments,
} from './recordings-file.ts';

interface NameArguments extends FileArguments {
  name: string;
  to: string;
}

/** A name given by a person makes it taught: a call on which it is doubted does not remove it. */
export const nameCommand: CommandModule<object, NameArguments> = {
  command: 'name <name> <to>',
  describe: 'Give one another name, and keep it: a named one is never forgotten by itself',
  builder: (parser) =>
    parser
      .positional('name', { type: 'string', demandOption: true, describe: 'Its name now' })
      .positional('to', { type: 'string', demandOption: true, describe: 'Its name from now on' })
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .example('$0 recordings name learnt-20261130-1 "mobile network mailbox"', ''),
  handler: ({ recordings: file, json, name, to }) => {
    recordingsOf(file);
    changeKnownRecordings(file, (recordings) => {
      const found = recordingNamed(recordings, name);
      if (to !== name) checkFree(recordings, to);
      const changed = recordings.map((each) =>
        each === found ? { ...each, name: to, origin: 'taught' as const } : each,
      );
      return { recordings: changed, result: null };
    });
    tell(json, { name: to, was: name }, `${JSON.stringify(name)} is ${JSON.stringify(to)} now`);
  },
};

interface ForgetArguments extends FileArguments {
  name: string;
}

export const forgetCommand: CommandModule<object, ForgetArguments> = {
  command: 'forget <name>',
  describe: 'Forget one',
  builder: (parser) =>
    parser
      .positional('name', { type: 'string', demandOption: true, describe: 'Its name' })
      .option('recordings', fileOption)
      .option('json', jsonOption)
      .example('$0 recordings forget learnt-20261130-1', ''),
  handler: ({ recordings: file, json, name }) => {
    recordingsOf(file);
    changeKnownRecordings(file, (recordings) => {
      const found = recordingNamed(recordings, name);
      return { recordings: recordings.filter((each) => each !== found), result: null };
    });
    tell(json, { forgotten: name }, `${JSON.stringify(name)} is forgotten`);
  },
};
