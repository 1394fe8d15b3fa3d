/**
 * `npm run bench`: what the detector costs a channel, beside spandsp doing the tones' part of its job, in one run
 * and on the same audio. See docs/performance.md.
 *
 *   npm run bench                       builds, measures, prints a table
 *   npm run -s bench -- --json          prints one JSON object instead
 *   npm run bench -- --instructions     counts instructions too (valgrind)
 *   npm run bench -- --check            only compares the instructions with native/bench/instructions.json
 *   npm run bench -- --update           writes that file anew
 */
import { spawnSync } from 'node:child_process';
import { createParser, runProgram } from '../../src/terminal/program.ts';
import { countInstructions, readBaseline, compareWithBaseline, writeBaseline } from './instructions.ts';
import { build, program, reason } from './program.ts';
import { summary, table, type Measured, type Row } from './report.ts';

interface Options {
  json: boolean;
  instructions: boolean;
  check: boolean;
  update: boolean;
}

async function optionsOf(): Promise<Options> {
  const flag = (describe: string) => ({ type: 'boolean', default: false, describe }) as const;
  return createParser('npm run bench --')
    .usage(
      '$0 [options]\n\nWhat the detector costs a channel, beside spandsp. Builds first; takes about two minutes.',
    )
    .option('json', flag('Print one JSON object'))
    .option('instructions', flag('Count instructions too (needs valgrind)'))
    .option('check', flag('Only compare the instructions with native/bench/instructions.json'))
    .option('update', flag('Write that file anew'))
    .example('$0', 'a table')
    .example('npm run -s bench -- --json', 'for a script')
    .demandCommand(0, 0)
    .parseAsync();
}

function measure(): Measured {
  const run = spawnSync(program, ['time'], { encoding: 'utf8', maxBuffer: 1 << 24 });
  if (run.status !== 0) throw new Error(`${program} time failed: ${reason(run)}`);
  return JSON.parse(run.stdout) as Measured;
}

await runProgram('bench', async () => {
  bench(await optionsOf());
});

function bench({ json, instructions, check, update }: Options): void {
  /** What is not the answer; with --json not on stdout. */
  const say = (line: string): void => {
    if (json) console.error(line);
    else console.log(line);
  };
  try {
    build(say);
    if (check || update) {
      const counts = countInstructions(['front-end-tones', 'front-end-all', 'tones', 'all'], say);
      if (counts === null) return;
      if (update) writeBaseline(counts);
      else process.exitCode = compareWithBaseline(counts, readBaseline(), say) ? 0 : 1;
    } else {
      const measured = measure();
      const stages = [...new Set(measured.rows.map((row: Row) => row.stage))];
      const counts = instructions ? countInstructions(stages, say) : null;
      const result = summary(measured, counts);
      if (json) console.log(JSON.stringify(result));
      else console.log(table(result));
    }
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
