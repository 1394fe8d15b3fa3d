import type { CommandModule } from 'yargs';
import { CodedError } from '../domain/errors.ts';
import { checkNumber } from '../domain/number.ts';
import type { BadLine } from '../ocs/csv-table.ts';
import type { DncEntry } from '../ocs/do-not-call.ts';
import { ocsEndpoint, ocsOptions, refusal, request, send } from './admin-client.ts';
import { download, readCsv, tellBadLine } from './list-files.ts';
import { printJson, printLine } from './output.ts';

interface OcsArguments {
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  json: boolean;
}

interface Who extends OcsArguments {
  phone?: string | undefined;
  'customer-id'?: string | undefined;
}

const path = '/api/v1/dnc';
const json = { type: 'boolean', default: false, describe: 'Print JSON' } as const;
const phonePositional = { type: 'string', describe: 'Number, however it is written' } as const;
const customerOption = { type: 'string', requiresArg: true, describe: 'Or, or as well: a customer' } as const;

/** Whom the command is about. @throws CodedError BAD_NUMBER, BAD_ARGUMENT when it is nobody */
function whoOf(args: Who): { phone?: string; customerId?: string } {
  const { phone, 'customer-id': customerId } = args;
  if (phone === undefined && customerId === undefined) {
    throw new CodedError('BAD_ARGUMENT', 'whom? a phone or --customer-id is missing', {
      field: 'phone',
      expected: 'a phone or --customer-id',
    });
  }
  return {
    ...(phone !== undefined && { phone: checkNumber(phone, 'phone') }),
    ...(customerId !== undefined && { customerId }),
  };
}

const query = (args: Who) => `${path}?${new URLSearchParams(whoOf(args)).toString()}`;

const loadCommand: CommandModule<object, OcsArguments & { file: string; 'skip-bad': boolean }> = {
  command: 'load <file>',
  describe: 'Add the entries of a CSV file: columns phone and/or customer_id, message if you like',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'CSV file' })
      .options(ocsOptions)
      .option('skip-bad', {
        type: 'boolean',
        default: false,
        describe: 'Load good lines though others are bad',
      })
      .option('json', json)
      .example('$0 dnc load robinson.csv', 'add to the list; entries known already do no harm'),
  handler: async (args) => {
    const reply = await send(ocsEndpoint(args), `${path}/import?skipBad=${args['skip-bad'] ? 1 : 0}`, {
      method: 'POST',
      body: readCsv(args.file),
      contentType: 'text/csv',
    });
    if (!reply.ok) {
      const error = await refusal(ocsEndpoint(args), reply);
      for (const line of error.lines ?? []) tellBadLine(args.file, line);
      throw error;
    }
    const loaded = (await reply.json()) as { entries: number; added: number; skipped: BadLine[] };
    for (const line of loaded.skipped) tellBadLine(args.file, line);
    if (args.json) printJson(loaded);
    else printLine(`${loaded.added} added, ${loaded.entries} good lines, ${loaded.skipped.length} skipped`);
  },
};

const addCommand: CommandModule<object, Who & { message?: string | undefined }> = {
  command: 'add [phone]',
  describe: 'Add a number or a customer',
  builder: (yargs) =>
    yargs
      .positional('phone', phonePositional)
      .options(ocsOptions)
      .option('customer-id', customerOption)
      .option('message', { type: 'string', requiresArg: true, describe: 'Why, or at whose wish' })
      .option('json', json)
      .example('$0 dnc add +12125550100 --message "asked by letter"', 'one number'),
  handler: async (args) => {
    const { message } = args;
    const body = { ...whoOf(args), ...(message !== undefined && { message }) };
    const reply = await request<{ added: number }>(ocsEndpoint(args), path, { method: 'POST', body });
    if (args.json) printJson(reply);
    else printLine(reply.added > 0 ? `${reply.added} added` : 'listed already');
  },
};

const checkCommand: CommandModule<object, Who> = {
  command: 'check [phone]',
  describe: 'Say whether a number or a customer is listed, and since when',
  builder: (yargs) =>
    yargs
      .positional('phone', phonePositional)
      .options(ocsOptions)
      .option('customer-id', customerOption)
      .option('json', json)
      .example('$0 dnc check +12125550100', 'one line an entry, or "not listed"'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const reply = await request<{ listed: boolean; entries: DncEntry[] }>(endpoint, query(args));
    if (args.json) printJson(reply);
    else if (reply.listed) reply.entries.map(entryLine).forEach(printLine);
    else printLine('not listed');
  },
};

const removeCommand: CommandModule<object, Who> = {
  command: 'remove [phone]',
  describe: 'Take a number or a customer off the list: it may be called again',
  builder: (yargs) =>
    yargs
      .positional('phone', phonePositional)
      .options(ocsOptions)
      .option('customer-id', customerOption)
      .option('json', json)
      .example('$0 dnc remove +12125550100', 'the number, however it was written'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const reply = await request<{ removed: number }>(endpoint, query(args), { method: 'DELETE' });
    if (args.json) printJson(reply);
    else printLine(reply.removed > 0 ? `${reply.removed} removed` : 'was not listed');
  },
};

const exportCommand: CommandModule<object, OcsArguments & { out?: string | undefined }> = {
  command: 'export',
  describe: 'Write the whole list as CSV; it can be loaded again',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('out', { type: 'string', requiresArg: true, describe: 'File; standard output without it' })
      .option('json', { ...json, hidden: true })
      .example('$0 dnc export --out dnc.csv', 'the list as it is now'),
  handler: async (args) => {
    await download(ocsEndpoint(args), `${path}/export`, args.out);
  },
};

/** The Do Not Call list of ocsd. */
export const dncCommand: CommandModule = {
  command: 'dnc <command>',
  describe: 'Load, add to, check, remove from and export the Do Not Call list of ocsd',
  builder: (yargs) =>
    yargs
      .command(loadCommand)
      .command(addCommand)
      .command(checkCommand)
      .command(removeCommand)
      .command(exportCommand)
      .demandCommand(1, 'load, add, check, remove or export is missing')
      .example('$0 dnc load robinson.csv', 'add the numbers and customers of a file'),
  handler: () => {},
};

function entryLine({ phone, customerId, createdAt, message }: DncEntry): string {
  const who = phone ?? `customer ${customerId ?? ''}`;
  return `${who}: listed since ${new Date(createdAt).toISOString()}${message === null ? '' : ` (${message})`}`;
}
