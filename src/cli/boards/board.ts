import type { CommandModule } from 'yargs';
import { diagnosticTopics, type DiagnosticTopic } from '../../board/board.ts';
import { adminPrefix, type BoardReportReply } from '../../api/admin.ts';
import { adminEndpoint, adminOptions, request } from '../admin/admin-client.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import { reportLines } from './report-text.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  topic: DiagnosticTopic | 'sip';
  channel: number;
  last: number | undefined;
  json: boolean;
}

const aboutTopics = `Diagnostics of a board, in the vendor's own numbers and names.

  inventory   libraries with path, bits and symbols; spans; devices with family and versions
  channels    the vendor's state of each line beside ours, hook, what is waited for; counters
  alarms      live alarms by span, counted since the board was opened; blocked lines
  cpa         the board's call analysis of the last calls, our own verdict beside it
  trace       the last calls into the vendor's library and the events out of it
  routes      who listens to whom on the board's bus
  self_check  what was found at the start: symbols, layout of structures, lines
  sip         trunks and calls of a board on SIP trunks: registration, losses, jitter, an estimate of the voice's quality`;

export const boardCommand: CommandModule<object, Arguments> = {
  command: 'board <topic>',
  describe: 'Show diagnostics of the board: inventory, channels, alarms, cpa, trace, routes, self_check, sip',
  builder: (yargs) =>
    yargs
      .usage(`$0 board <topic>\n\n${aboutTopics}`)
      .positional('topic', {
        choices: [...diagnosticTopics, 'sip'] as const,
        demandOption: true,
        describe: 'What to show',
      })
      .options(adminOptions)
      .option('channel', { type: 'number', default: 0, describe: 'Only this channel', requiresArg: true })
      .option('last', {
        type: 'number',
        describe: 'Only so many of the last calls or events',
        requiresArg: true,
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 board self_check', 'is everything there that the driver needs?')
      .example('$0 board cpa --last 5', 'how the board judged the last five calls')
      .example('$0 board trace --channel 3', 'what happened on channel 3'),
  handler: async (args) => {
    const reply =
      args.topic === 'sip'
        ? await sipReport(args, args.channel)
        : await boardReport(args, args.topic, args.channel);
    const report = lastOf(reply.report, args.last);
    if (args.json) {
      printJson({ ...reply, report });
    } else if (report === null) {
      process.stderr.write(`the ${reply.driver} board ${reply.name} reports nothing about ${args.topic}\n`);
    } else {
      reportLines(report).forEach(printLine);
    }
  },
};

/** Trunks, and the calls on them now. */
async function sipReport(
  at: { url: string; token?: string | undefined },
  channel: number,
): Promise<BoardReportReply> {
  const trunks = await boardReport(at, 'inventory');
  if (trunks.driver !== 'sip') return { ...trunks, report: null };
  const calls = await boardReport(at, 'channels', channel);
  return { ...trunks, report: { ...(trunks.report as object), ...(calls.report as object) } };
}

export function boardReport(
  at: { url: string; token?: string | undefined },
  topic: DiagnosticTopic,
  channel = 0,
): Promise<BoardReportReply> {
  return request(adminEndpoint(at), `${adminPrefix}/board/${topic}?channel=${String(channel)}`);
}

/** The report with its lists, one level down, cut to their last entries. */
function lastOf(report: unknown, count: number | undefined): unknown {
  if (count === undefined || typeof report !== 'object' || report === null) return report;
  return Object.fromEntries(
    Object.entries(report).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.slice(Math.max(0, value.length - count)) : (value as unknown),
    ]),
  );
}
