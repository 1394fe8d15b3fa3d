#!/usr/bin/env node
import type { CommandModule } from 'yargs';
import { agentsCommand } from './agents.ts';
import { analyzeCommand } from './analyze.ts';
import { boardCommand } from './board.ts';
import { boardsCommand } from './boards.ts';
import { calibrateCommand } from './calibrate.ts';
import { callsCommand } from './calls.ts';
import { campaignCommand } from './campaign.ts';
import { channelsCommand } from './channels.ts';
import { decodeCommand } from './decode.ts';
import { dialCommand } from './dial.ts';
import { dncCommand } from './dnc.ts';
import { doctorCommand } from './doctor.ts';
import { logLevelCommand } from './log-level.ts';
import { createParser, runProgram } from './program.ts';
import { replayCommand } from './replay.ts';
import { snapshotCommand } from './snapshot.ts';
import { tonesCommand } from './tones.ts';
import { versionText } from './version.ts';

/** The commands of cpdctl, one file each, in the order --help shows them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command has its own options
const commands: CommandModule<any, any>[] = [
  boardsCommand,
  channelsCommand,
  boardCommand,
  dialCommand,
  analyzeCommand,
  replayCommand,
  tonesCommand,
  calibrateCommand,
  callsCommand,
  campaignCommand,
  dncCommand,
  agentsCommand,
  logLevelCommand,
  decodeCommand,
  doctorCommand,
  snapshotCommand,
];

await runProgram('cpdctl', async () => {
  const parser = createParser('cpdctl')
    .usage('$0 <command>\n\nDiagnostics of the dialler.')
    .version(versionText());
  for (const command of commands) parser.command(command as CommandModule);
  await parser.demandCommand(1, 'a command is missing').parseAsync();
});
