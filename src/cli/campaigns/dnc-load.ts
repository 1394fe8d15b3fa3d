import { createInterface } from 'node:readline/promises';
import type { CommandModule } from 'yargs';
import type { DncBatchesReply, DncImportReply } from '../../api/do-not-call.ts';
import { CodedError } from '../../domain/errors.ts';
import { printJson, printLine, printTable } from '../../terminal/output.ts';
import {
  jsonOption as json,
  type OcsArguments,
  ocsEndpoint,
  ocsOptions,
  request,
} from '../admin/admin-client.ts';
import { columnMap, mapOption, queryOf, skipBadOption, tellSkipped } from './list-files.ts';
import { isPlainFile, upload } from './upload.ts';

interface LoadArguments extends OcsArguments {
  file: string;
  batch?: string | undefined;
  map: string[];
  'dry-run': boolean;
  'skip-bad': boolean;
  yes: boolean;
}

const path = '/api/v1/dnc';

/** Puts a file on Do Not Call, after saying what that would do. */
export const dncLoadCommand: CommandModule<object, LoadArguments> = {
  command: 'load <file>',
  describe: 'Add the entries of a CSV file: columns phone and/or customer_id, message if you like',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'CSV file' })
      .options(ocsOptions)
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Say what would be added; add nothing',
      })
      .option('yes', { type: 'boolean', default: false, describe: 'Add without a question, as in a script' })
      .option('batch', {
        type: 'string',
        requiresArg: true,
        describe: 'Name of the load, by which it can be undone; its time without it',
      })
      .option('skip-bad', skipBadOption)
      .option('map', mapOption)
      .option('json', json)
      .example('$0 dnc load robinson.csv', 'says how many are new, and asks')
      .example('$0 dnc load robinson.csv --yes --batch robinson-12', 'in a script'),
  handler: async (args) => {
    const { file } = args;
    if (!isPlainFile(file) && !args.yes && !args['dry-run']) {
      throw new CodedError('BAD_ARGUMENT', `${file} can be read only once, not counted and then loaded`, {
        field: 'file',
        found: file,
        expected: 'a file, or --yes or --dry-run',
      });
    }
    if (!args.yes) {
      const counted = await load(args, true);
      const skipped = tellSkipped(file, counted);
      const summary =
        `${file}: ${people(counted)} to add, ${String(counted.entries)} good lines, ${String(skipped)} skipped; ` +
        `${String(counted.waiting ?? 0)} of the numbers wait in calling lists to be called`;
      if (args['dry-run']) {
        if (args.json) printJson(counted);
        else printLine(summary);
        return;
      }
      if (!(await isConfirmed(summary))) {
        printLine('nothing added');
        return;
      }
    }
    const loaded = await load(args, false);
    // Told before the question.
    const skipped = args.yes ? tellSkipped(file, loaded) : loaded.skipped.length + (loaded.moreSkipped ?? 0);
    if (args.json) printJson(loaded);
    else {
      printLine(
        `${people(loaded)} added, ${String(loaded.entries)} good lines, ${String(skipped)} skipped; ` +
          `cpdctl dnc undo ${JSON.stringify(loaded.batch)} takes it back`,
      );
    }
  },
};

export const dncBatchesCommand: CommandModule<object, OcsArguments> = {
  command: 'batches',
  describe: 'Show the files that were loaded, newest first',
  builder: (yargs) =>
    yargs.options(ocsOptions).option('json', json).example('$0 dnc batches', 'names, for dnc undo'),
  handler: async (args) => {
    const reply = await request<DncBatchesReply>(ocsEndpoint(args), `${path}/batches`);
    if (args.json) {
      printJson(reply);
      return;
    }
    printTable(
      [
        { heading: 'BATCH', value: ({ name }) => name },
        { heading: 'LOADED', value: ({ createdAt }) => new Date(createdAt).toISOString() },
        { heading: 'ENTRIES', value: ({ entries }) => entries, align: 'right' },
      ],
      reply.batches,
      'no file is loaded',
    );
  },
};

export const dncUndoCommand: CommandModule<object, OcsArguments & { batch: string }> = {
  command: 'undo <batch>',
  describe: 'Take back what a file added; its numbers may be called again',
  builder: (yargs) =>
    yargs
      .positional('batch', { type: 'string', demandOption: true, describe: 'Name, as in dnc batches' })
      .options(ocsOptions)
      .option('json', json)
      .example('$0 dnc undo robinson-12', 'entries that others asked for too stay'),
  handler: async (args) => {
    const address = `${path}/batches/${encodeURIComponent(args.batch)}`;
    const reply = await request<{ removed: number }>(ocsEndpoint(args), address, { method: 'DELETE' });
    if (args.json) printJson(reply);
    else printLine(`${String(reply.removed)} removed`);
  },
};

async function load(args: LoadArguments, dryRun: boolean): Promise<DncImportReply> {
  columnMap(args.map);
  const query = queryOf({ skipBad: args['skip-bad'], map: args.map, batch: args.batch, dryRun });
  const progress = dryRun ? undefined : `${path}/import`;
  return upload<DncImportReply>(ocsEndpoint(args), `${path}/import${query}`, args.file, progress);
}

function people({ numbers, customers }: DncImportReply): string {
  const count = (n: number, what: string) => `${String(n)} ${what}${n === 1 ? '' : 's'}`;
  return `${count(numbers, 'number')} and ${count(customers, 'customer')}`;
}

/** @throws CodedError BAD_ARGUMENT where there is nobody to ask */
async function isConfirmed(summary: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CodedError('BAD_ARGUMENT', `${summary}; nothing is added without --yes`, {
      field: 'yes',
      expected: '--yes where there is no terminal to ask at, --dry-run to see the counts',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${summary}\nPut them on Do Not Call? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
