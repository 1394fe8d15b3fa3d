import type { CommandModule } from 'yargs';
import { adminPrefix, type ChannelsReply } from '../../api/admin.ts';
import { adminEndpoint, adminOptions, request } from '../admin/admin-client.ts';
import { duration, printJson, printTable } from '../../terminal/output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  json: boolean;
  busy: boolean;
}

export const channelsCommand: CommandModule<object, Arguments> = {
  command: 'channels',
  describe: 'Show each channel: state, owner, last event and its age',
  builder: (yargs) =>
    yargs
      .options(adminOptions)
      .option('busy', { type: 'boolean', default: false, describe: 'Only channels that are not idle' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 channels --busy', 'channels in a call or out of service'),
  handler: async (args) => {
    const reply = await request<ChannelsReply>(adminEndpoint(args), `${adminPrefix}/channels`);
    const channels = reply.channels.filter(({ use }) => !args.busy || use !== 'idle');
    if (args.json) {
      printJson({ ...reply, channels });
      return;
    }
    const age = (at: number | null) => (at === null || reply.now === null ? null : duration(reply.now - at));
    printTable(
      [
        { heading: 'CHANNEL', value: ({ channel }) => channel, align: 'right' },
        { heading: 'SPAN', value: ({ span }) => span, align: 'right' },
        { heading: 'KIND', value: ({ kind }) => kind },
        { heading: 'STATE', value: ({ state }) => state },
        { heading: 'USE', value: ({ use }) => use },
        { heading: 'OWNER', value: ({ owner }) => owner },
        { heading: 'LAST EVENT', value: ({ lastEvent }) => lastEvent },
        { heading: 'AGE', value: ({ lastEventAt }) => age(lastEventAt), align: 'right' },
        { heading: 'FAULTS', value: ({ faults }) => faults, align: 'right' },
        { heading: 'REASON', value: ({ outOfServiceReason, reason }) => outOfServiceReason ?? reason },
      ],
      channels,
      args.busy ? 'no channel is busy' : 'no channel',
    );
  },
};
