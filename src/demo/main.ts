#!/usr/bin/env node
import '../terminal/require-node.ts';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalProgress } from './progress.ts';
import { runDemo } from './run.ts';
import type { DemoOptions } from './stage.ts';
import { runWeb } from './web.ts';
import { reportText } from './tables.ts';
import { CodedError } from '../domain/errors.ts';
import { createParser, runProgram } from '../terminal/program.ts';

/** `npm run demo`: a whole campaign on the simulated board, on this machine. */
await runProgram('demo', async () => {
  const examples = fileURLToPath(new URL('../../examples', import.meta.url));
  const options = await readOptions();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const status = 128 + constants.signals[signal];
      // The second one does not wait for calls that end.
      if (stop.signal.aborted) process.exit(status);
      process.exitCode = status;
      stop.abort();
    });
  }
  const folder = resolve(options.out);
  const list = join(examples, 'demo/calling-list.csv');
  const quiet = options.json && !process.stderr.isTTY;
  const demo: DemoOptions = {
    seed: options.seed,
    board: options.board,
    records: options.records,
    channels: options.channels,
    agents: options.agents,
    speed: options.speed,
    folder,
    list: existsSync(list) ? list : null,
    speechFolder: join(examples, 'speech'),
    ownSpeech: options.speech === undefined ? null : resolve(options.speech),
    token: options.web ? randomBytes(24).toString('hex') : null,
    limitSeconds: options.limit,
    stop: stop.signal,
  };
  if (options.web) {
    await runWeb(demo, (text) => process.stdout.write(text));
    return;
  }
  const running = runDemo(demo, terminalProgress(options.json ? process.stderr : process.stdout, quiet));
  const report = await running.catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
    process.stderr.write('demo: stopped\n');
    return null;
  });
  if (report === null) return;
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    process.stdout.write(reportText(report));
    process.stdout.write(`\ndatabase  ${join(folder, 'ocs.db')}\njournal   ${join(folder, 'journal.db')}\n`);
    process.stdout.write(`logs      ${folder}/{ocsd,cpdd,desk}.log\n`);
  }
  if (!report.consistent) process.exitCode = 1;
});

/** @throws CodedError BAD_ARGUMENT */
async function readOptions() {
  const given = await createParser('npm run demo --')
    .usage('$0 [options]\n\nRuns a campaign on the simulated board: ocsd, cpdd and a desk of agents.')
    .option('board', {
      choices: ['sim', 'dialogic', 'sip'] as const,
      default: 'sim' as const,
      describe:
        'sip: SIP and RTP on loopback to a stand-in exchange; dialogic: the Dialogic driver on the stand-in vendor libraries (npm run build:standin)',
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
      defaultDescription: '16; 1 with --web',
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
    .example('$0 --web', 'the console, in real time')
    .demandCommand(0, 0)
    .parseAsync();
  const options = {
    ...given,
    speed: given.speed ?? (given.web ? 1 : 16),
    agents: given.agents ?? (given.web ? 2 : 6),
  };
  if (given.web && given.json) {
    throw new CodedError('BAD_ARGUMENT', '--web and --json do not go together', {
      field: 'web',
      expected: 'one of them',
    });
  }
  for (const [field, low, high] of [
    ['records', 1, 1000],
    ['channels', 1, 480],
    ['agents', 1, 100],
    ['speed', 0.1, 200],
    ['limit', 1, 86_400],
    ['seed', 0, 2 ** 31],
  ] as const) {
    const found = options[field];
    if (!(found >= low && found <= high) || (field !== 'speed' && !Number.isInteger(found))) {
      const expected = `${field === 'speed' ? 'a number' : 'a whole number'} from ${String(low)} to ${String(high)}`;
      throw new CodedError('BAD_ARGUMENT', `--${field}: found ${String(found)}, expected ${expected}`, {
        field,
        found,
        expected,
      });
    }
  }
  return options;
}
