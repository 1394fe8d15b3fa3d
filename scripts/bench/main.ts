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
import { parseArgs } from 'node:util';
import { countInstructions, readBaseline, compareWithBaseline, writeBaseline } from './instructions.ts';
import { build, program, reason } from './program.ts';
import { summary, table, type Measured, type Row } from './report.ts';

const usage = 'npm run bench -- [--json] [--instructions] | --check | --update';

function options(): { json: boolean; instructions: boolean; check: boolean; update: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({ options: { json: flag, instructions: flag, check: flag, update: flag } });
    return values;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

function measure(): Measured {
  const run = spawnSync(program, ['time'], { encoding: 'utf8', maxBuffer: 1 << 24 });
  if (run.status !== 0) throw new Error(`${program} time failed: ${reason(run)}`);
  return JSON.parse(run.stdout) as Measured;
}

const { json, instructions, check, update } = options();
/** What is not the answer; with --json not on stdout. */
const say = (line: string): void => {
  if (json) console.error(line);
  else console.log(line);
};

try {
  build(say);
  if (check || update) {
    const counts = countInstructions(['front-end-tones', 'front-end-all', 'tones', 'all'], say);
    if (counts === null) process.exit(0);
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
