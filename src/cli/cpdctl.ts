#!/usr/bin/env node
import '../terminal/require-node.ts';
import { versionText } from '../terminal/version.ts';
import { addCommands, createParser, runProgram } from '../terminal/program.ts';
import { commands } from './commands.ts';

await runProgram('cpdctl', async () => {
  const parser = createParser('cpdctl')
    .usage('$0 <command>\n\nDiagnostics of the dialler.')
    .version(versionText());
  await addCommands(parser, 'cpdctl', commands).parseAsync();
});
