import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { readPassword } from '../../daemon/config-parts.ts';
import { lockFile } from '../../daemon/file-lock.ts';
import { CodedError } from '../../domain/errors.ts';
import {
  compareSites,
  isSamePlace,
  moveSite,
  type MovedTable,
  type MoveReport,
  type Place,
} from '../../ocs/store/moving/move.ts';
import { isPostgres, parsePostgresAddress, shownAddress } from '../../ocs/store/postgres/address.ts';
import { duration, printJson, printLine, printTable, type Column } from '../../terminal/output.ts';
import { progressLine } from '../../terminal/progress-line.ts';

interface CopyArguments {
  from: string;
  to: string;
  check: boolean;
  json: boolean;
  'from-password-file'?: string | undefined;
  'to-password-file'?: string | undefined;
}

const columns: Column<MovedTable>[] = [
  { heading: 'table', value: ({ table }) => table },
  { heading: 'rows', value: ({ from }) => from.rows, align: 'right' },
  { heading: 'checksum', value: ({ from }) => from.checksum },
  { heading: 'rows in TO', value: ({ to }) => to.rows, align: 'right' },
  { heading: 'checksum in TO', value: ({ to }) => to.checksum },
  { heading: '', value: ({ same }) => (same ? 'same' : 'DIFFERS') },
];

/** The progress is written at most so often. ms. */
const everyMs = 200;

/** `ocsd copy FROM TO` */
export const copyCommand: CommandModule<object, CopyArguments> = {
  command: 'copy <from> <to>',
  describe: 'Copy a whole site to another database, and compare both',
  builder: (yargs) =>
    yargs
      .positional('from', {
        type: 'string',
        demandOption: true,
        describe: 'An SQLite file, or postgres://USER@HOST/DATABASE; no ocsd may run on it',
      })
      .positional('to', { type: 'string', demandOption: true, describe: 'The same; it must be empty' })
      .option('from-password-file', {
        type: 'string',
        requiresArg: true,
        describe: 'File with the password of the user in FROM on its first line',
      })
      .option('to-password-file', {
        type: 'string',
        requiresArg: true,
        describe: 'File with the password of the user in TO on its first line',
      })
      .option('check', { type: 'boolean', default: false, describe: 'Compare only; 1 when they differ' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' })
      .example('$0 copy ocs.db postgres://ocsd@db1.example/ocs', 'from SQLite to PostgreSQL')
      .example('$0 copy --check ocs.db postgres://ocsd@db1.example/ocs', 'are both the same?'),
  handler: async (args) => {
    const from = placeOf('from', args.from, args['from-password-file']);
    const to = placeOf('to', args.to, args['to-password-file']);
    refuseSame(args, from, to);
    process.umask(process.umask() | 0o027);
    const began = performance.now();
    const report = await run(args.check ? compareSites : moveSite, from, to);
    tell(args, report, performance.now() - began);
    if (!report.same) process.exitCode = 1;
  },
};

/** @throws CodedError BAD_ARGUMENT, NO_SUCH_FILE, BAD_CONFIG */
function placeOf(name: 'from' | 'to', text: string, passwordFile: string | undefined): Place {
  const field = `${name}-password-file`;
  if (isPostgres(text)) {
    const password = passwordFile === undefined ? undefined : readPassword(passwordFile, field);
    return { text, address: parsePostgresAddress(text, password, `--${field}`) };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new CodedError('BAD_ARGUMENT', `${name.toUpperCase()}: ${text} is no database that ocsd knows`, {
      field: name,
      found: text,
      expected: 'the path of an SQLite file, or postgres://USER@HOST/DATABASE',
    });
  }
  if (passwordFile !== undefined) {
    throw new CodedError('BAD_ARGUMENT', `--${field}: a file of SQLite has no password`, {
      field,
      found: text,
      expected: 'the option with postgres://USER@HOST/DATABASE only',
    });
  }
  return resolve(text);
}

function refuseSame(args: CopyArguments, from: Place, to: Place): void {
  if (from !== to && !isSamePlace(args.from, args.to)) return;
  throw new CodedError('BAD_ARGUMENT', `FROM and TO are the same: ${shownAddress(args.to)}`, {
    field: 'to',
    found: shownAddress(args.to),
    expected: 'another database',
  });
}

async function run(work: typeof moveSite, from: Place, to: Place): Promise<MoveReport> {
  const line = progressLine();
  let shownAt = -Infinity;
  try {
    return await work(from, to, {
      lock: (path) => lockFile(path, 'DATABASE_ERROR'),
      progress: (what, done, of) => {
        if (performance.now() - shownAt < everyMs) return;
        shownAt = performance.now();
        line.show(done, of, what);
      },
    });
  } finally {
    line.clear();
  }
}

function tell({ from, to, check, json }: CopyArguments, report: MoveReport, tookMs: number): void {
  if (json) {
    printJson({ from: shownAddress(from), to: shownAddress(to), copied: !check, ...report });
    return;
  }
  printTable(columns, report.tables, 'no tables');
  if (!report.same) process.stderr.write('ocsd: FROM and TO differ\n');
  if (!process.stdout.isTTY) return;
  const what = check ? 'compared' : 'copied and compared';
  printLine(`${report.rows.toLocaleString('en')} rows ${what} in ${duration(tookMs) ?? ''}`);
  if (check) return;
  printLine(`Next: database: ${shownAddress(to)} in ocsd.yaml. Put ${shownAddress(from)} away: no ocsd may`);
  printLine('start on it any more, for its records would be dialled again.');
}
