#!/usr/bin/env node
import '../terminal/require-node.ts';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions } from './options.ts';
import { terminalProgress } from './progress.ts';
import { runDemo } from './run.ts';
import type { DemoOptions } from './stage.ts';
import { runWeb } from './web.ts';
import { reportText } from './tables.ts';
import { runProgram } from '../terminal/program.ts';

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
    database: options.database,
    nodes: options.nodes === 2 ? 2 : 1,
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
