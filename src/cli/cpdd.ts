#!/usr/bin/env -S node --max-semi-space-size=4
// With young objects in at most 4 MB a half, collecting them holds a live call up for a quarter as long (docs/performance.md).
import '../terminal/require-node.ts';
import { dirname } from 'node:path';
import { missingFolders } from '../daemon/config-parts.ts';
import { CodedError } from '../domain/errors.ts';
import { cpddConfigSchema, loadCpddConfig } from '../daemon/cpdd/config.ts';
import { startCpdd } from '../daemon/cpdd/cpdd.ts';
import { createLog } from '../daemon/log.ts';
import { logLevels } from '../domain/log.ts';
import { trunkReport } from '../daemon/cpdd/trunk-report.ts';
import { endOnUnknownError, runService } from '../daemon/service.ts';
import { daemonOptions, givenFlags, printSchema, type FlagSpec } from './daemon-flags.ts';
import { printLine } from '../terminal/output.ts';
import { createParser, runProgram } from '../terminal/program.ts';
import { versionText } from '../terminal/version.ts';

const flags: Record<string, FlagSpec> = {
  'dialer-id': { type: 'string', path: ['dialerId'], describe: 'Name of this dialler at OCS' },
  'ocs-url': { type: 'string', path: ['ocs', 'url'], describe: 'Address of OCS' },
  journal: { type: 'string', path: ['journal', 'path'], describe: 'Journal file' },
  'admin-port': { type: 'number', path: ['admin', 'port'], describe: 'Port of health, metrics and cpdctl' },
  'log-level': {
    type: 'string',
    path: ['log', 'level'],
    describe: logLevels.join(', '),
  },
};

await runProgram('cpdd', async () => {
  const parser = daemonOptions(createParser('cpdd'), flags)
    .usage('$0 --config FILE [options]\n\nThe dialler: pulls dial requests from OCS and dials them.')
    .example('$0 --config /etc/cpd-dialler/cpdd.yaml', 'run')
    .example('$0 --check-config --config cpdd.yaml', 'name every fault with line and field')
    .version(versionText());
  const args = await parser.parseAsync();
  if (args.printSchema) {
    printSchema(cpddConfigSchema, 'cpdd configuration');
    return;
  }
  if (args.config === undefined) {
    throw new CodedError('BAD_ARGUMENT', 'option --config FILE is missing (see cpdd --help)');
  }
  const setup = loadCpddConfig(args.config, givenFlags(flags, args));
  if (args.checkConfig) {
    const { warnings, examples, limits } = trunkReport(setup);
    const { journal, recordings } = setup.config;
    const folders = missingFolders({
      'journal.path': dirname(journal.path),
      'recordings.folder': recordings.folder,
    });
    for (const warning of [...folders, ...warnings]) process.stderr.write(`warning: ${warning}\n`);
    printLine('OK');
    printLine('');
    printLine('What would be dialled:');
    for (const { number, dialled } of examples) printLine(`  ${number.padEnd(16)}${dialled}`);
    printLine('Limits:');
    for (const line of limits) printLine(`  ${line}`);
    return;
  }
  const { log, lines } = createLog('cpdd', setup.config.log.level);
  endOnUnknownError(log);
  process.exit(await runService(() => startCpdd(setup, versionText(), log, lines), log));
});
