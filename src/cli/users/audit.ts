import type { CommandModule } from 'yargs';
import type { AuditReply } from '../../api/access.ts';
import { printJson, printTable } from '../../terminal/output.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';

interface Arguments extends OcsArguments {
  who?: string | undefined;
  action?: string | undefined;
  phone?: string | undefined;
  'customer-id'?: string | undefined;
  limit: number;
}

type Entry = AuditReply['entries'][number];

export const auditCommand: CommandModule<object, Arguments> = {
  command: 'audit',
  describe: 'Show who did what at ocsd, the newest first',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('who', { type: 'string', requiresArg: true, describe: 'A user, or "token NAME"' })
      .option('action', { type: 'string', requiresArg: true, describe: 'e.g. log_in, startCampaign' })
      .option('phone', { type: 'string', requiresArg: true, describe: 'What was done about a number' })
      .option('customer-id', {
        type: 'string',
        requiresArg: true,
        conflicts: 'phone',
        describe: 'What was done about a customer',
      })
      .option('limit', {
        type: 'number',
        default: 50,
        requiresArg: true,
        describe: 'Most entries, up to 500',
      })
      .option('json', json)
      .example('$0 audit --action log_in_failed', 'who tried to log in')
      .example('$0 audit --phone +12125550101', 'who did what about this number'),
  handler: async (args) => {
    const { who, action, limit, phone, 'customer-id': customerId } = args;
    const query = new URLSearchParams({
      limit: String(limit),
      ...(who !== undefined && { who }),
      ...(action !== undefined && { action }),
      ...(phone !== undefined && { phone }),
      ...(customerId !== undefined && { customerId }),
    });
    const reply = await request<AuditReply>(ocsEndpoint(args), `/api/v1/audit?${query.toString()}`);
    if (args.json) {
      printJson(reply);
      return;
    }
    printTable(
      [
        { heading: 'AT', value: ({ at }) => new Date(at).toISOString() },
        { heading: 'WHO', value: ({ who: name }) => name },
        { heading: 'ADDRESS', value: ({ address }) => address },
        { heading: 'ACTION', value: ({ action: what }) => what },
        { heading: 'OBJECT', value: ({ object }) => object },
        { heading: 'CHANGE', value: changeOf },
      ],
      reply.entries,
      'nothing was done yet',
    );
  },
};

/** What was before and what is afterwards, as far as it was kept. */
function changeOf({ before, after, reason }: Entry): string | null {
  const text = (value: unknown) => (isEmpty(value) ? [] : [JSON.stringify(value)]);
  const change = [...text(before), ...text(after)].join(' -> ');
  return [change, reason ?? ''].filter((part) => part !== '').join(' ') || null;
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
