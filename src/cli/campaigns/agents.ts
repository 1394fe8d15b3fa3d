import type { CommandModule } from 'yargs';
import { ocsEndpoint, ocsOptions, request } from '../admin/admin-client.ts';
import { duration, printJson, printTable } from '../../terminal/output.ts';

interface Arguments {
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  json: boolean;
}

interface AgentsReply {
  agents: {
    agentId: string;
    extension: string;
    group: string;
    state: string;
    stateMs: number;
    online: boolean;
    attemptId: string | null;
  }[];
}

export const agentsCommand: CommandModule<object, Arguments> = {
  command: 'agents',
  describe: 'Show the agents logged in at ocsd and their states',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 agents', 'one line an agent'),
  handler: async (args) => {
    const reply = await request<AgentsReply>(ocsEndpoint(args), '/api/v1/agents');
    if (args.json) {
      printJson(reply);
      return;
    }
    printTable(
      [
        { heading: 'AGENT', value: ({ agentId }) => agentId },
        { heading: 'GROUP', value: ({ group }) => group },
        { heading: 'EXTENSION', value: ({ extension }) => extension },
        { heading: 'STATE', value: ({ state }) => state },
        { heading: 'FOR', value: ({ stateMs }) => duration(stateMs), align: 'right' },
        { heading: 'DESKTOP', value: ({ online }) => (online ? 'connected' : 'lost') },
        { heading: 'ATTEMPT', value: ({ attemptId }) => attemptId },
      ],
      reply.agents,
      'no agent is logged in',
    );
  },
};
