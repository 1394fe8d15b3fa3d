import type { CommandModule } from 'yargs';
import { loadConfig } from '../daemon/config-file.ts';
import { campaignSchema } from '../ocs/campaign.ts';
import type { BadLine } from '../ocs/csv-table.ts';
import type { CampaignStatus } from '../ocs/status.ts';
import { ocsEndpoint, ocsOptions, refusal, request, send } from './admin-client.ts';
import { download, readCsv, tellBadLine } from './list-files.ts';
import { campaignLines, printCampaigns } from './campaign-view.ts';
import { printJson, printLine } from './output.ts';

interface OcsArguments {
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  json: boolean;
}

interface Named extends OcsArguments {
  name: string;
}

const campaigns = '/api/v1/campaigns';
const pathOf = (name: string) => `${campaigns}/${encodeURIComponent(name)}`;
const json = { type: 'boolean', default: false, describe: 'Print JSON' } as const;

const loadCommand: CommandModule<
  object,
  OcsArguments & { definition: string; csv?: string; 'skip-bad': boolean }
> = {
  command: 'load <definition> [csv]',
  describe: 'Load a campaign from its definition (YAML or JSON) and its calling list (CSV)',
  builder: (yargs) =>
    yargs
      .positional('definition', { type: 'string', demandOption: true, describe: 'Definition file' })
      .positional('csv', { type: 'string', describe: 'Calling list; without it the list is there already' })
      .options(ocsOptions)
      .option('skip-bad', {
        type: 'boolean',
        default: false,
        describe: 'Load good lines though others are bad',
      })
      .option('json', json)
      .example('$0 campaign load autumn.yaml customers.csv', 'definition and list; starts nothing'),
  handler: async (args) => {
    const definition = loadConfig(campaignSchema, args.definition).input;
    const csv = args.csv === undefined ? undefined : readCsv(args.csv);
    const reply = await send(ocsEndpoint(args), campaigns, {
      method: 'POST',
      body: { definition, csv, skipBad: args['skip-bad'] },
    });
    if (!reply.ok) {
      const error = await refusal(ocsEndpoint(args), reply);
      for (const line of error.lines ?? []) tellBadLine(args.csv ?? 'list', line);
      throw error;
    }
    const loaded = (await reply.json()) as { campaign: CampaignStatus; added: number; skipped: BadLine[] };
    for (const line of loaded.skipped) tellBadLine(args.csv ?? 'list', line);
    if (args.json) printJson(loaded);
    else
      printLine(
        `${loaded.campaign.name}: ${loaded.added} records added, ${loaded.skipped.length} lines skipped`,
      );
  },
};

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

const exportCommand: CommandModule<object, Named & { out?: string }> = {
  command: 'export <name>',
  describe: "Write a campaign's calling list as CSV, with what became of each record",
  builder: (yargs) =>
    yargs
      .positional('name', { type: 'string', demandOption: true, describe: 'Campaign' })
      .options(ocsOptions)
      .option('out', { type: 'string', requiresArg: true, describe: 'File; standard output without it' })
      .option('json', { ...json, hidden: true })
      .example('$0 campaign export autumn --out autumn.csv', 'the list as it is now'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const { list } = await request<CampaignStatus>(endpoint, pathOf(args.name));
    await download(endpoint, `/api/v1/lists/${encodeURIComponent(list)}/export`, args.out);
  },
};

export const campaignCommand: CommandModule = {
  command: 'campaign <command>',
  describe: 'Load, start, stop, unload, watch and export campaigns of ocsd',
  builder: (yargs) =>
    yargs
      .command(loadCommand)
      .command(verbCommand('start', 'Begin to dial, or go on'))
      .command(verbCommand('stop', 'Dial no more; calls in progress go on'))
      .command(unloadCommand)
      .command(statusCommand)
      .command(exportCommand)
      .demandCommand(1, 'load, start, stop, unload, status or export is missing')
      .example('$0 campaign status', 'one line a campaign'),
  handler: () => {},
};

function show(args: { json: boolean }, status: CampaignStatus): void {
  if (args.json) printJson(status);
  else campaignLines(status).forEach(printLine);
}
