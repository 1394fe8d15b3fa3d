import { CodedError } from '../domain/errors.ts';
import { createParser } from '../terminal/program.ts';

/**
 * What the command line asks for.
 *
 * @throws CodedError BAD_ARGUMENT
 */
export async function readOptions() {
  const given = await createParser('npm run demo --')
    .usage('$0 [options]\n\nRuns a campaign on the simulated board: ocsd, cpdd and a desk of agents.')
    .option('board', {
      choices: ['sim', 'dialogic', 'sip'] as const,
      default: 'sim' as const,
      describe:
        'sip: SIP and RTP on loopback to a stand-in exchange; dialogic: the Dialogic driver on the stand-in vendor libraries (npm run build:standin)',
    })
    .option('database', {
      choices: ['sqlite', 'postgres'] as const,
      default: 'sqlite' as const,
      describe: 'postgres: starts a PostgreSQL of its own (Debian: apt install postgresql)',
    })
    .option('nodes', {
      type: 'number',
      requiresArg: true,
      default: 1,
      describe: '2: two ocsd on that PostgreSQL; the one that works is killed in the middle',
    })
    .option('records', {
      type: 'number',
      requiresArg: true,
      default: 320,
      describe: 'Records of the calling list to dial',
    })
    .option('channels', { type: 'number', requiresArg: true, default: 24, describe: 'Channels of the board' })
    .option('agents', {
      type: 'number',
      requiresArg: true,
      describe: 'Simulated agents',
      defaultDescription: '6; 2 with --web',
    })
    .option('web', {
      type: 'boolean',
      default: false,
      describe: 'Serve the web console, print its address and a log-in for each role; runs until Ctrl+C',
    })
    .option('speed', {
      type: 'number',
      requiresArg: true,
      describe: 'How much faster than real time',
      defaultDescription: '16; 8 with --nodes 2, 1 with --web',
    })
    .option('seed', {
      type: 'number',
      requiresArg: true,
      default: 1,
      describe: 'Seed of the simulated subscribers',
    })
    .option('speech', {
      type: 'string',
      requiresArg: true,
      describe: 'Folder with WAV files in live/ and machine/ to play instead of the examples',
    })
    .option('out', {
      type: 'string',
      requiresArg: true,
      default: 'demo-out',
      describe: 'Folder for databases, logs and configuration',
    })
    .option('limit', {
      type: 'number',
      requiresArg: true,
      default: 600,
      describe: 'Give up after this many seconds',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object at the end' })
    .example('$0 --records 60 --agents 3', 'a short run')
    .example('$0 --board sip', 'the same campaign over SIP trunks')
    .example('$0 --nodes 2 --database postgres', 'two ocsd; the one that works is killed in the middle')
    .example('$0 --web', 'the console, in real time')
    .demandCommand(0, 0)
    .parseAsync();
  refuseMismatch(given);
  const options = {
    ...given,
    speed: given.speed ?? (given.web ? 1 : given.nodes > 1 ? 8 : 16),
    agents: given.agents ?? (given.web ? 2 : 6),
  };
  checkRanges(options);
  return options;
}

/** @throws CodedError BAD_ARGUMENT for options that do not go together */
function refuseMismatch({ database, json, nodes, web }: Mismatch): void {
  if (nodes > 1 && (database !== 'postgres' || web)) {
    const found = web ? '--web' : `--database ${database}`;
    throw new CodedError('BAD_ARGUMENT', `--nodes ${String(nodes)} does not go with ${found}`, {
      field: 'nodes',
      found,
      expected: web
        ? '--nodes without --web'
        : '--database postgres as well: several ocsd share one PostgreSQL',
    });
  }
  if (!web || !json) return;
  throw new CodedError('BAD_ARGUMENT', '--web and --json do not go together', {
    field: 'web',
    expected: 'one of them',
  });
}

interface Mismatch {
  database: string;
  json: boolean;
  nodes: number;
  web: boolean;
}

const ranges = [
  ['nodes', 1, 2],
  ['records', 1, 1000],
  ['channels', 1, 480],
  ['agents', 1, 100],
  ['speed', 0.1, 200],
  ['limit', 1, 86_400],
  ['seed', 0, 2 ** 31],
] as const;

/** @throws CodedError BAD_ARGUMENT */
function checkRanges(options: Readonly<Record<(typeof ranges)[number][0], number>>): void {
  for (const [field, low, high] of ranges) {
    const found = options[field];
    if (found >= low && found <= high && (field === 'speed' || Number.isInteger(found))) continue;
    const expected = `${field === 'speed' ? 'a number' : 'a whole number'} from ${String(low)} to ${String(high)}`;
    throw new CodedError('BAD_ARGUMENT', `--${field}: found ${String(found)}, expected ${expected}`, {
      field,
      found,
      expected,
    });
  }
}
