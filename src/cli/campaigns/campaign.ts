import type { CommandModule } from 'yargs';
import { loadConfig } from '../../daemon/config-file.ts';
import { campaignSchema, type CampaignDefinition } from '../../api/campaign-definition.ts';
import type { ListImportReply } from '../../api/lists.ts';
import { CodedError } from '../../domain/errors.ts';
import { formatTimeOfDay } from '../../domain/time-of-day.ts';
import type { CampaignStatus, LoadReply } from '../../api/campaigns.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
  type Endpoint,
} from '../admin/admin-client.ts';
import {
  columnMap,
  download,
  escapeFormulasOption,
  mapOption,
  queryOf,
  skipBadOption,
  tellSkipped,
} from './list-files.ts';
import { upload } from './upload.ts';
import { campaignLines, printCampaigns } from './campaign-view.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import { addCommands } from '../../terminal/program.ts';

interface Named extends OcsArguments {
  name: string;
}

const campaigns = '/api/v1/campaigns';
const pathOf = (name: string) => `${campaigns}/${encodeURIComponent(name)}`;

const loadCommand: CommandModule<
  object,
  OcsArguments & { definition: string; csv?: string; 'skip-bad': boolean; map: string[] }
> = {
  command: 'load <definition> [csv]',
  describe: 'Load a campaign from its definition (YAML or JSON) and its calling list (CSV)',
  builder: (yargs) =>
    yargs
      .positional('definition', { type: 'string', demandOption: true, describe: 'Definition file' })
      .positional('csv', { type: 'string', describe: 'Calling list; without it an existing list is used' })
      .options(ocsOptions)
      .option('skip-bad', skipBadOption)
      .option('map', mapOption)
      .option('json', json)
      .example('$0 campaign load autumn.yaml customers.csv', 'definition and list; starts nothing'),
  handler: async (args) => {
    const { input, value } = loadConfig(campaignSchema, args.definition, [], {
      name: 'campaign definition',
      field: 'definition',
    });
    const loaded = await load(ocsEndpoint(args), input, value, args);
    const skipped = tellSkipped(args.csv ?? 'list', loaded);
    if (args.json) printJson(loaded);
    else printLine(`${loaded.campaign.name}: ${loaded.added} records added, ${skipped} lines skipped`);
  },
};

/**
 * Checks the definition, imports the list as a stream if there is one, and loads the definition: what is wrong with it is
 * said before the list is sent.
 */
async function load(
  endpoint: Endpoint,
  definition: unknown,
  { name, list, dailyWindow, customerIdField }: CampaignDefinition,
  args: { csv?: string; 'skip-bad': boolean; map: string[] },
): Promise<LoadReply> {
  const post = (body: object) => request<LoadReply>(endpoint, campaigns, { method: 'POST', body });
  columnMap(args.map);
  if (args.csv === undefined) return post({ definition });
  await post({ definition, check: true });
  const query = queryOf({
    skipBad: args['skip-bad'],
    map: args.map,
    tz: dailyWindow.tz,
    window: `${formatTimeOfDay(dailyWindow.from)}-${formatTimeOfDay(dailyWindow.till)}`,
    campaign: name,
    customerIdField,
  });
  const path = `/api/v1/lists/${encodeURIComponent(list)}/import`;
  const { added, skipped, moreSkipped } = await upload<ListImportReply>(
    endpoint,
    path + query,
    args.csv,
    path,
  );
  const lines = { skipped, ...(moreSkipped !== undefined && { moreSkipped }) };
  try {
    const { campaign } = await post({ definition });
    return { campaign, added, ...lines };
  } catch (error) {
    tellSkipped(args.csv, lines);
    throw afterImport(error, { csv: args.csv, list, added });
  }
}

/** The list is in already, and the same command again would find nothing but duplicates; or nothing of it was good. */
function afterImport(
  error: unknown,
  { csv, list, added }: { csv: string; list: string; added: number },
): unknown {
  if (!(error instanceof CodedError)) return error;
  const { code, message, field, found, expected, cause } = error;
  const imported =
    added === 0
      ? `no line of ${csv} could be taken`
      : `${String(added)} records are in list ${list} already: load the campaign without its CSV file`;
  return new CodedError(code, `${message}; ${imported}`, {
    ...(field !== undefined && { field }),
    found,
    ...(expected !== undefined && { expected }),
    cause,
  });
}

/** A command that posts one verb to a campaign and shows what became of it. */
function verbCommand(verb: 'start' | 'stop', describe: string): CommandModule<object, Named> {
  return {
    command: `${verb} <name>`,
    describe,
    builder: (yargs) =>
      yargs
        .positional('name', { type: 'string', demandOption: true, describe: 'Campaign' })
        .options(ocsOptions)
        .option('json', json)
        .example(`$0 campaign ${verb} autumn`, describe),
    handler: async (args) => {
      show(
        args,
        await request<CampaignStatus>(ocsEndpoint(args), `${pathOf(args.name)}/${verb}`, { method: 'POST' }),
      );
    },
  };
}

const unloadCommand: CommandModule<object, Named & { force: boolean }> = {
  command: 'unload <name>',
  describe: 'Unload a campaign once its calls and open records ended',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: 'Campaign' })
      .options(ocsOptions)
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'Cancel its calls that reached no agent',
      })
      .option('json', json)
      .example('$0 campaign unload autumn', 'the calling list stays'),
  handler: async (args) => {
    const path = `${pathOf(args.name)}/unload?force=${args.force ? 1 : 0}`;
    const reply = await request<{ name: string; state: string }>(ocsEndpoint(args), path, { method: 'POST' });
    if (args.json) printJson(reply);
    else printLine(`${reply.name}: ${reply.state.replaceAll('_', ' ')}`);
  },
};

const statusCommand: CommandModule<object, OcsArguments & { name?: string }> = {
  command: 'status [name]',
  describe: 'Show all campaigns, or one in detail',
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', describe: 'Campaign' })
      .options(ocsOptions)
      .option('json', json)
      .example('$0 campaign status', 'one line a campaign')
      .example('$0 campaign status autumn', 'records, calls, results, agents, pacing'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    if (args.name !== undefined) {
      show(args, await request<CampaignStatus>(endpoint, pathOf(args.name)));
      return;
    }
    const all = await request<{ campaigns: CampaignStatus[] }>(endpoint, campaigns);
    if (args.json) printJson(all);
    else printCampaigns(all.campaigns);
  },
};

const exportCommand: CommandModule<object, Named & { out?: string; 'escape-formulas': boolean }> = {
  command: 'export <name>',
  describe: "Write a campaign's calling list as CSV, with what became of each record",
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: 'Campaign' })
      .options(ocsOptions)
      .option('out', { type: 'string', requiresArg: true, describe: 'File; standard output without it' })
      .option('escape-formulas', escapeFormulasOption)
      .option('json', { ...json, hidden: true })
      .example('$0 campaign export autumn --out autumn.csv', 'the list as it is now'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const { list } = await request<CampaignStatus>(endpoint, pathOf(args.name));
    const query = queryOf({ escapeFormulas: args['escape-formulas'] });
    await download(endpoint, `/api/v1/lists/${encodeURIComponent(list)}/export${query}`, args.out);
  },
};

export const campaignCommand: CommandModule = {
  command: 'campaign',
  describe: 'Load, start, stop, unload, watch and export campaigns of ocsd',
  builder: (yargs) =>
    addCommands(yargs, 'cpdctl campaign', [
      loadCommand,
      verbCommand('start', 'Start or resume dialling'),
      verbCommand('stop', 'Stop dialling; calls in progress continue'),
      unloadCommand,
      statusCommand,
      exportCommand,
    ]).example('$0 campaign status', 'one line a campaign'),
  handler: () => {},
};

function show(args: { json: boolean }, status: CampaignStatus): void {
  if (args.json) printJson(status);
  else campaignLines(status).forEach(printLine);
}
