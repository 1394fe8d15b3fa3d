import type { CommandModule } from 'yargs';
import { CodedError } from '../../domain/errors.ts';
import { checkNumber } from '../../domain/number.ts';
import type { DncEntry } from '../../ocs/store/do-not-call.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';
import { dncBatchesCommand, dncLoadCommand, dncUndoCommand } from './dnc-load.ts';
import { download, escapeFormulasOption, queryOf } from './list-files.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import { addCommands } from '../../terminal/program.ts';

interface Who extends OcsArguments {
  phone?: string | undefined;
  'customer-id'?: string | undefined;
}

const path = '/api/v1/dnc';
const phonePositional = { type: 'string', describe: 'Number, however it is written' } as const;
const customerOption = {
  type: 'string',
  requiresArg: true,
  describe: 'A customer, instead of a number or with it',
} as const;

/** Whom the command is about. @throws CodedError BAD_NUMBER, BAD_ARGUMENT when it is nobody */
function whoOf(args: Who): { phone?: string; customerId?: string } {
  const { phone, 'customer-id': customerId } = args;
  if (phone === undefined && customerId === undefined) {
    throw new CodedError('BAD_ARGUMENT', 'a phone number or --customer-id is missing', {
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

const addCommand: CommandModule<object, Who & { message?: string | undefined }> = {
  command: 'add [phone]',
  describe: 'Add a number or a customer',
  builder: (yargs) =>
    yargs
      .positional('phone', phonePositional)
      .options(ocsOptions)
      .option('customer-id', customerOption)
      .option('message', { type: 'string', requiresArg: true, describe: 'Reason, or who asked for it' })
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

const removeCommand: CommandModule<object, Who & { reason?: string | undefined }> = {
  command: 'remove [phone]',
  describe: 'Take a number or a customer off the list: it may be called again',
  builder: (yargs) =>
    yargs
      .positional('phone', phonePositional)
      .options(ocsOptions)
      .option('customer-id', customerOption)
      .option('reason', { type: 'string', requiresArg: true, describe: 'Why, for the audit' })
      .option('json', json)
      .example('$0 dnc remove +12125550100', 'the number, however it was written'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const { reason } = args;
    const why = reason === undefined ? '' : `&${new URLSearchParams({ reason }).toString()}`;
    const reply = await request<{ removed: number }>(endpoint, query(args) + why, { method: 'DELETE' });
    if (args.json) printJson(reply);
    else printLine(reply.removed > 0 ? `${reply.removed} removed` : 'was not listed');
  },
};

const exportCommand: CommandModule<
  object,
  OcsArguments & { out?: string | undefined; 'escape-formulas': boolean }
> = {
  command: 'export',
  describe: 'Write the whole list as CSV; it can be loaded again',
  builder: (yargs) =>
    yargs
      .options(ocsOptions)
      .option('out', { type: 'string', requiresArg: true, describe: 'File; standard output without it' })
      .option('escape-formulas', escapeFormulasOption)
      .option('json', { ...json, hidden: true })
      .example('$0 dnc export --out dnc.csv', 'the list as it is now'),
  handler: async (args) => {
    const query = queryOf({ escapeFormulas: args['escape-formulas'] });
    await download(ocsEndpoint(args), `${path}/export${query}`, args.out);
  },
};

/** The Do Not Call list of ocsd. */
export const dncCommand: CommandModule = {
  command: 'dnc',
  describe: 'Load, undo, add to, check, remove from and export the Do Not Call list of ocsd',
  builder: (yargs) =>
    addCommands(yargs, 'cpdctl dnc', [
      dncLoadCommand,
      dncBatchesCommand,
      dncUndoCommand,
      addCommand,
      checkCommand,
      removeCommand,
      exportCommand,
    ]).example('$0 dnc load robinson.csv', 'add the numbers and customers of a file'),
  handler: () => {},
};

function entryLine({ phone, customerId, createdAt, message }: DncEntry): string {
  const who = phone ?? `customer ${customerId ?? ''}`;
  return `${who}: listed since ${new Date(createdAt).toISOString()}${message === null ? '' : ` (${message})`}`;
}
