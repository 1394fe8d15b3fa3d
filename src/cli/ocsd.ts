#!/usr/bin/env node
import '../terminal/require-node.ts';
import { dirname } from 'node:path';
import { missingFolders } from '../daemon/config-parts.ts';
import { CodedError } from '../domain/errors.ts';
import { createLog } from '../daemon/log.ts';
import { logLevels } from '../domain/log.ts';
import { loadOcsdConfig, ocsdConfigSchema } from '../daemon/ocsd/config.ts';
import { startOcsd } from '../daemon/ocsd/ocsd.ts';
import { endOnUnknownError, runService } from '../daemon/service.ts';
import { copyCommand } from './copy/copy.ts';
import { daemonOptions, givenFlags, printSchema, type FlagSpec } from './daemon-flags.ts';
import { printLine } from '../terminal/output.ts';
import { createParser, runProgram, withOwnFailure } from '../terminal/program.ts';
import { versionText } from '../terminal/version.ts';

const flags: Record<string, FlagSpec> = {
  database: { type: 'string', path: ['database'], describe: 'SQLite file, or postgres://USER@HOST/DATABASE' },
  port: { type: 'number', path: ['listen', 'port'], describe: 'Port for diallers, supervisors and desktops' },
  speed: { type: 'number', path: ['clock', 'speed'], describe: 'Clock factor, for demonstrations only' },
  'log-level': {
    type: 'string',
    path: ['log', 'level'],
    describe: logLevels.join(', '),
  },
};

interface DaemonArguments extends Record<string, unknown> {
  config?: string | undefined;
  checkConfig?: boolean | undefined;
  printSchema?: boolean | undefined;
}

await runProgram('ocsd', async () => {
  const parser = createParser('ocsd')
    .usage('$0 --config FILE [options]\n\nThe Outbound Contact Server: lists, campaigns, agent desktops.')
    .example('$0 --config /etc/cpd-dialler/ocsd.yaml', 'run')
    .example('$0 --check-config --config ocsd.yaml', 'name every fault with line and field')
    .version(versionText())
    .command('$0', 'Run', (yargs) => daemonOptions(yargs, flags), serve)
    .command(withOwnFailure('ocsd', copyCommand));
  await parser.parseAsync();
});

async function serve(args: DaemonArguments): Promise<void> {
  if (args.printSchema) {
    printSchema(ocsdConfigSchema, 'ocsd configuration');
    return;
  }
  if (args.config === undefined) {
    throw new CodedError('BAD_ARGUMENT', 'option --config FILE is missing (see ocsd --help)');
  }
  const setup = loadOcsdConfig(args.config, givenFlags(flags, args));
  if (args.checkConfig) {
    const folders = setup.postgres ? [] : missingFolders({ database: dirname(setup.config.database) });
    for (const warning of folders) process.stderr.write(`warning: ${warning}\n`);
    printLine('OK');
    return;
  }
  const { log } = createLog('ocsd', setup.config.log.level);
  endOnUnknownError(log);
  process.exit(await runService((start) => startOcsd(setup, versionText(), log, start), log));
}
