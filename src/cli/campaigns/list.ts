import type { CommandModule } from 'yargs';
import type { ListImportReply } from '../../api/lists.ts';
import { printJson, printLine, printTable } from '../../terminal/output.ts';
import { addCommands } from '../../terminal/program.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
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

const lists = '/api/v1/lists';
const listPositional = { type: 'string', demandOption: true, describe: 'Calling list' } as const;

const statusCommand: CommandModule<object, OcsArguments> = {
  command: 'status',
  describe: 'Show the calling lists, also those of campaigns that are unloaded',
  builder: (yargs) =>
    yargs.options(ocsOptions).option('json', json).example('$0 list status', 'one line a list'),
  handler: async (args) => {
    const reply = await request<{ lists: { list: string; records: number }[] }>(ocsEndpoint(args), lists);
    if (args.json) {
      printJson(reply);
      return;
    }
    printTable(
      [
        { heading: 'LIST', value: ({ list }) => list },
        { heading: 'RECORDS', value: ({ records }) => records, align: 'right' },
      ],
      reply.lists,
      'there is no calling list',
    );
  },
};

const importCommand: CommandModule<
  object,
  OcsArguments & { list: string; csv: string; 'skip-bad': boolean; map: string[]; tz?: string | undefined }
> = {
  command: 'import <list> <csv>',
  describe: 'Add the records of a CSV file to a calling list',
  builder: (yargs) =>
    yargs
      .positional('list', listPositional)
      .positional('csv', { type: 'string', demandOption: true, describe: 'CSV file' })
      .options(ocsOptions)
      .option('skip-bad', skipBadOption)
      .option('map', mapOption)
      .option('tz', {
        type: 'string',
        requiresArg: true,
        describe: 'Time zone of dates in lines that name none; UTC without it',
      })
      .option('json', json)
      .example(
        "$0 list import customers new.csv --map 'Telefon=phone'",
        'more records for a loaded campaign',
      ),
  handler: async (args) => {
    const { list, csv, map, tz } = args;
    columnMap(map);
    const query = queryOf({ skipBad: args['skip-bad'], map, tz });
    const path = `${lists}/${encodeURIComponent(list)}/import`;
    const loaded = await upload<ListImportReply>(ocsEndpoint(args), path + query, csv, path);
    const skipped = tellSkipped(csv, loaded);
    if (args.json) printJson(loaded);
    else printLine(`${list}: ${String(loaded.added)} records added, ${String(skipped)} lines skipped`);
  },
};

const exportCommand: CommandModule<
  object,
  OcsArguments & { list: string; out?: string | undefined; 'escape-formulas': boolean }
> = {
  command: 'export <list>',
  describe: 'Write a calling list as CSV, with what became of each record',
  builder: (yargs) =>
    yargs
      .positional('list', listPositional)
      .options(ocsOptions)
      .option('out', { type: 'string', requiresArg: true, describe: 'File; standard output without it' })
      .option('escape-formulas', escapeFormulasOption)
      .option('json', { ...json, hidden: true })
      .example('$0 list export customers --out customers.csv', 'also without a campaign'),
  handler: async (args) => {
    const query = queryOf({ escapeFormulas: args['escape-formulas'] });
    await download(ocsEndpoint(args), `${lists}/${encodeURIComponent(args.list)}/export${query}`, args.out);
  },
};

/** The calling lists of ocsd, which outlive their campaigns. */
export const listCommand: CommandModule = {
  command: 'list',
  describe: 'Show, import and export calling lists of ocsd',
  builder: (yargs) =>
    addCommands(yargs, 'cpdctl list', [statusCommand, importCommand, exportCommand]).example(
      '$0 list status',
      'one line a list',
    ),
  handler: () => {},
};
