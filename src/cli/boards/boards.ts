import type { CommandModule } from 'yargs';
import { adminPrefix, type BoardsReply } from '../../api/admin.ts';
import { adminEndpoint, adminOptions, request } from '../admin/admin-client.ts';
import { duration, printJson, printTable } from '../../terminal/output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  json: boolean;
}

export const boardsCommand: CommandModule<object, Arguments> = {
  command: 'boards',
  describe: 'Show boards and spans of the running cpdd',
  builder: (yargs) =>
    yargs
      .options(adminOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 boards', 'one line a span'),
  handler: async (args) => {
    const reply = await request<BoardsReply>(adminEndpoint(args), `${adminPrefix}/boards`);
    if (args.json) {
      printJson(reply);
      return;
    }
    const spans = reply.boards.flatMap((board) => board.spans.map((span) => ({ board, ...span })));
    printTable(
      [
        { heading: 'BOARD', value: ({ board }) => board.name },
        { heading: 'DRIVER', value: ({ board }) => board.driver },
        { heading: 'STATE', value: ({ board }) => board.state },
        { heading: 'OPEN FOR', value: ({ board }) => duration(board.now) },
        { heading: 'SPAN', value: ({ span }) => span, align: 'right' },
        { heading: 'KIND', value: ({ kind }) => kind },
        { heading: 'CHANNELS', value: ({ channels }) => channelRange(channels) },
      ],
      spans,
      'no board is open',
    );
  },
};

/** `0-23` for channels without gaps, a list otherwise. */
export function channelRange(channels: readonly number[]): string {
  const [first] = channels;
  const last = channels.at(-1);
  if (first === undefined || last === undefined) return '-';
  if (channels.length > 1 && last - first + 1 === channels.length) return `${first}-${last}`;
  return channels.join(',');
}
