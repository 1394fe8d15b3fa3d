import type { CommandModule } from 'yargs';
import { adminPrefix, type StatusReply } from '../daemon/admin-api.ts';
import { logLevels, type LogLevel } from '../daemon/log.ts';
import { adminEndpoint, adminOptions, request } from './admin-client.ts';
import { printLine } from './output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  level?: LogLevel | undefined;
}

export const logLevelCommand: CommandModule<object, Arguments> = {
  command: 'log-level [level]',
  describe: 'Show or change how much the running cpdd logs, until it is restarted',
  builder: (yargs) =>
    yargs
      .positional('level', { choices: logLevels, describe: 'New level' })
      .options(adminOptions)
      .example('$0 log-level debug', 'log more, without a restart'),
  handler: async (args) => {
    const endpoint = adminEndpoint(args);
    if (args.level === undefined) {
      printLine((await request<StatusReply>(endpoint, `${adminPrefix}/status`)).logLevel);
      return;
    }
    const body = { level: args.level };
    await request(endpoint, `${adminPrefix}/log-level`, { method: 'PUT', body });
    printLine(args.level);
  },
};
