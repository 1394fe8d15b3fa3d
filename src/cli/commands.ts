import type { CommandModule } from 'yargs';
import { agentsCommand } from './campaigns/agents.ts';
import { nodesCommand } from './campaigns/nodes.ts';
import { analyzeCommand } from './analysis/analyze.ts';
import { boardCommand } from './boards/board.ts';
import { boardsCommand } from './boards/boards.ts';
import { calibrateCommand } from './analysis/calibrate.ts';
import { callsCommand } from './calls/calls.ts';
import { campaignCommand } from './campaigns/campaign.ts';
import { channelsCommand } from './boards/channels.ts';
import { decodeCommand } from './analysis/decode.ts';
import { dialCommand } from './calls/dial.ts';
import { dncCommand } from './campaigns/dnc.ts';
import { labelsCommand } from './calls/labels.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { listCommand } from './campaigns/list.ts';
import { logLevelCommand } from './admin/log-level.ts';
import { recordingsCommand } from './recordings/recordings.ts';
import { replayCommand } from './analysis/replay.ts';
import { snapshotCommand } from './doctor/snapshot.ts';
import { tonesCommand } from './tones/tones.ts';
import { auditCommand } from './users/audit.ts';
import { usersCommand } from './users/users.ts';
import { watchCommand } from './watch/watch.ts';

/** The commands of cpdctl, one file each, in the order --help shows them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command has its own options
export const commands: CommandModule<any, any>[] = [
  boardsCommand,
  channelsCommand,
  boardCommand,
  dialCommand,
  analyzeCommand,
  replayCommand,
  tonesCommand,
  recordingsCommand,
  calibrateCommand,
  callsCommand,
  labelsCommand,
  campaignCommand,
  listCommand,
  dncCommand,
  agentsCommand,
  nodesCommand,
  watchCommand,
  usersCommand,
  auditCommand,
  logLevelCommand,
  decodeCommand,
  doctorCommand,
  snapshotCommand,
];
