import type { CommandModule } from 'yargs';
import type { NodesReply } from '../../api/nodes.ts';
import { duration, printJson, printLine, printTable } from '../../terminal/output.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';

const words = {
  owner: 'owns the campaigns',
  copying: 'owns the campaigns, copies their rows',
  standby: 'stands by',
  gone: 'gone',
} as const;

export const nodesCommand: CommandModule<object, OcsArguments> = {
  command: 'nodes',
  describe: 'Show the ocsd that share a database, who owns the campaigns, and how safe the database is',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('json', json)
      .example('$0 nodes', 'one line a node, then who owns what, then the database'),
  handler: async (args) => {
    const reply = await request<NodesReply>(ocsEndpoint(args), '/api/v1/nodes');
    if (args.json) {
      printJson(reply);
      return;
    }
    if (reply.nodes.length > 0) {
      printTable(
        [
          { heading: 'NODE', value: ({ node }) => node.slice(0, 8) },
          { heading: 'HOST', value: ({ host }) => host },
          { heading: 'ADDRESS', value: ({ address, url }) => address ?? url },
          { heading: 'STATE', value: ({ state }) => words[state] },
          { heading: 'VERSION', value: ({ version }) => version },
          { heading: 'STARTED', value: ({ startedAt }) => startedAt },
          {
            heading: 'LAST BEAT',
            value: ({ silentMs }) => `${duration(silentMs) ?? '0s'} ago`,
            align: 'right',
          },
        ],
        reply.nodes,
        'no node',
      );
      printLine('');
    }
    for (const unit of reply.units) printLine(inWords(unit));
    for (const { name, state, sync, lagMs } of reply.database.replicas) {
      const lag = lagMs === null ? '' : `, ${duration(lagMs) ?? '0s'} behind`;
      printLine(`standby ${name}: ${state ?? 'hidden'}, ${sync ?? 'hidden'}${lag}`);
    }
    const { kind, version } = reply.database;
    const name = kind === 'sqlite' ? 'SQLite' : `PostgreSQL ${version ?? ''}`;
    printLine(`${name}: ${reply.database.inWords}.`);
  },
};

function inWords({ epoch, groups, lost, node, since }: NodesReply['units'][number]): string {
  const what = groups.length === 0 ? 'The campaigns' : `The campaigns of ${groups.join(', ')}`;
  if (lost !== null) return `${what} are stopped: ${lost}.`;
  const owner = node === null ? 'nobody' : node.slice(0, 8);
  return `${what} belong to ${owner} since ${since} (epoch ${String(epoch)}).`;
}
