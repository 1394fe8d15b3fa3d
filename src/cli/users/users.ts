import type { CommandModule } from 'yargs';
import type { OneTimePassword, UserView } from '../../api/access.ts';
import { roles, type Role } from '../../api/roles.ts';
import { printJson, printLine, printTable } from '../../terminal/output.ts';
import { addCommands } from '../../terminal/program.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';

const users = '/api/v1/users';
const namePositional = { type: 'string', demandOption: true, describe: 'Name of the user' } as const;
const groupOption = {
  type: 'string',
  array: true,
  requiresArg: true,
  describe: 'Agent group in which an agent works, or which a supervisor or wall screen sees; once for each',
} as const;
const extensionOption = { type: 'string', requiresArg: true, describe: 'Telephone of an agent' } as const;

type Named = OcsArguments & { name: string };

const userPath = (name: string) => `${users}/${encodeURIComponent(name)}`;

const addCommand: CommandModule<
  object,
  Named & { role: Role; group?: string[] | undefined; extension?: string | undefined }
> = {
  command: 'add <name>',
  describe: 'Add a user and show its one-time password',
  builder: (yargs) =>
    yargs
      .positional('name', namePositional)
      .options(ocsOptions)
      .option('role', {
        type: 'string',
        choices: roles,
        demandOption: true,
        requiresArg: true,
        describe: 'What the user may',
      })
      .option('group', groupOption)
      .option('extension', extensionOption)
      .option('json', json)
      .example('$0 users add anna --role admin', 'the first user; needs the API token')
      .example('$0 users add ben --role agent --group sales', 'an agent'),
  handler: async (args) => {
    const { name, role, group = [], extension } = args;
    const body = { name, role, groups: group, ...(extension !== undefined && { extension }) };
    tellPassword(args, await request<OneTimePassword>(ocsEndpoint(args), users, { method: 'POST', body }));
  },
};

const listCommand: CommandModule<object, OcsArguments> = {
  command: 'list',
  describe: 'Show the users',
  builder: (yargs) =>
    yargs.options(ocsOptions).option('json', json).example('$0 users list', 'one line a user'),
  handler: async (args) => {
    const reply = await request<{ users: UserView[] }>(ocsEndpoint(args), users);
    if (args.json) {
      printJson(reply);
      return;
    }
    printTable(
      [
        { heading: 'NAME', value: ({ name }) => name },
        { heading: 'ROLE', value: ({ role }) => role },
        { heading: 'GROUPS', value: ({ groups }) => (groups.length === 0 ? null : groups.join(', ')) },
        { heading: 'EXTENSION', value: ({ extension }) => extension },
        { heading: 'STATE', value: stateOf },
        {
          heading: 'LAST LOG-IN',
          value: ({ lastLogInAt }) => (lastLogInAt === null ? null : new Date(lastLogInAt).toISOString()),
        },
        { heading: 'SESSIONS', value: ({ sessions }) => sessions, align: 'right' },
      ],
      reply.users,
      'there is no user',
    );
  },
};

function stateOf({ disabled, oneTimePassword }: UserView): string {
  if (disabled) return 'disabled';
  return oneTimePassword ? 'one-time password' : 'enabled';
}

const roleCommand: CommandModule<object, Named & { role: Role; group?: string[] | undefined }> = {
  command: 'role <name> <role>',
  describe: 'Change the role of a user, which ends its sessions',
  builder: (yargs) =>
    yargs
      .positional('name', namePositional)
      .positional('role', { choices: roles, demandOption: true, describe: 'What the user may' })
      .options(ocsOptions)
      .option('group', groupOption)
      .option('json', json)
      .example('$0 users role ben supervisor', 'an agent becomes a supervisor'),
  handler: async (args) => {
    const { role, group = [] } = args;
    await change(args, { role, groups: group }, `${args.name} is ${role} now`);
  },
};

const disableCommand: CommandModule<object, Named> = {
  command: 'disable <name>',
  describe: 'End the sessions of a user, who cannot log in any more',
  builder: (yargs) =>
    yargs
      .positional('name', namePositional)
      .options(ocsOptions)
      .option('json', json)
      .example('$0 users disable ben', 'at once'),
  handler: (args) => change(args, { disabled: true }, `${args.name} is disabled`),
};

const enableCommand: CommandModule<object, Named> = {
  command: 'enable <name>',
  describe: 'Let a user log in again',
  builder: (yargs) =>
    yargs
      .positional('name', namePositional)
      .options(ocsOptions)
      .option('json', json)
      .example('$0 users enable ben', 'with the password that the user had'),
  handler: (args) => change(args, { disabled: false }, `${args.name} is enabled`),
};

const passwordCommand: CommandModule<object, Named> = {
  command: 'password <name>',
  describe: 'Give a user a new one-time password, which ends its sessions',
  builder: (yargs) =>
    yargs
      .positional('name', namePositional)
      .options(ocsOptions)
      .option('json', json)
      .example('$0 users password ben', 'for whoever has forgotten it'),
  handler: async (args) => {
    const path = `${userPath(args.name)}/reset`;
    tellPassword(args, await request<OneTimePassword>(ocsEndpoint(args), path, { method: 'POST' }));
  },
};

/** The users of ocsd. */
export const usersCommand: CommandModule = {
  command: 'users',
  describe: 'Add, show, change and disable the users of ocsd',
  builder: (yargs) =>
    addCommands(yargs, 'cpdctl users', [
      addCommand,
      listCommand,
      roleCommand,
      disableCommand,
      enableCommand,
      passwordCommand,
    ]).example('$0 users add anna --role admin', 'the first user; needs the API token'),
  handler: () => {},
};

async function change(args: Named, body: object, done: string): Promise<void> {
  const user = await request<UserView>(ocsEndpoint(args), userPath(args.name), { method: 'PATCH', body });
  if (args.json) printJson(user);
  else printLine(done);
}

function tellPassword({ json }: OcsArguments, reply: OneTimePassword): void {
  if (json) {
    printJson(reply);
    return;
  }
  printLine(`one-time password of ${reply.user.name}: ${reply.password}`);
  printLine(`valid until ${new Date(reply.expiresAt).toISOString()}, to be changed at the first log-in`);
}
