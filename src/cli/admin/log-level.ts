import type { CommandModule } from 'yargs';
import { adminPrefix, type StatusReply } from '../../api/admin.ts';
import { logLevels, type LogLevel } from '../../domain/log.ts';
import { adminEndpoint, adminOptions, request } from './admin-client.ts';
import { printJson, printLine } from '../../terminal/output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  level?: LogLevel | undefined;
  json: boolean;
}

export const logLevelCommand: CommandModule<object, Arguments> = {
  command: 'log-level [level]',
  describe: 'Show or change how much the running cpdd logs, until it is restarted',
  builder: (yargs) =>
    yargs
      .positional('level', { choices: logLevels, describe: 'New level' })
      .options(adminOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 log-level debug', 'log more, without a restart'),
  handler: async (args) => {
    const level = args.level === undefined ? await currentLevel(args) : await setLevel(args, args.level);
    if (args.json) printJson({ level });
    else printLine(level);
  },
};

async function currentLevel(args: Arguments): Promise<string> {
  return (await request<StatusReply>(adminEndpoint(args), `${adminPrefix}/status`)).logLevel;
}

async function setLevel(args: Arguments, level: LogLevel): Promise<string> {
  await request(adminEndpoint(args), `${adminPrefix}/log-level`, { method: 'PUT', body: { level } });
  return level;
}
