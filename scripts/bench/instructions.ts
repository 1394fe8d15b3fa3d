/**
 * Instructions per channel frame, by valgrind's callgrind: the same on every run, whatever else the machine does.
 * Counted in the version that every processor can run, so that figures of different machines can be compared.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiler, program, reason, runCompiler } from './program.ts';

const baselineFile = 'native/bench/instructions.json';
/** Ticks of 64 channels: 2 s of media. */
const ticks = '100';
const tolerated = 0.05;

export type Counts = Record<string, number>;

export interface Baseline {
  about: string;
  compiler: string;
  instructionsPerChannelFrame: Counts;
}

function majorOfCompiler(): string {
  const run = runCompiler(['-dumpversion']);
  if (run.status !== 0) throw new Error(`${compiler.join(' ')} -dumpversion failed: ${reason(run)}`);
  return `${compiler.at(-1) ?? ''} ${run.stdout.trim().split('.')[0] ?? ''}`;
}

/** null without valgrind, which is said. */
export function countInstructions(stages: string[], say: (line: string) => void): Counts | null {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    say('bench: valgrind is not installed, so no instructions are counted (Debian: apt install valgrind)');
    return null;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const calls = join(scratch, 'calls');
    const made = spawnSync(program, ['calls', calls], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`${program} calls failed: ${reason(made)}`);
    const counts: Counts = {};
    for (const stage of stages) counts[stage] = count(stage, calls, scratch);
    return counts;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function count(stage: string, calls: string, scratch: string): number {
  const out = join(scratch, `callgrind.${stage}`);
  const run = spawnSync(
    'valgrind',
    [
      ...['--tool=callgrind', '--toggle-collect=counted', `--callgrind-out-file=${out}`],
      ...[program, 'count', calls, stage, 'baseline', ticks],
    ],
    { encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`valgrind failed on ${stage}: ${reason(run)}`);
  const total = /^(?:summary|totals): (\d+)/m.exec(readFileSync(out, 'utf8'))?.[1];
  const frames = Number(run.stdout.trim());
  if (total === undefined || !(frames > 0)) throw new Error(`valgrind counted nothing for ${stage}`);
  return Math.round(Number(total) / frames);
}

export function readBaseline(): Baseline {
  return JSON.parse(readFileSync(baselineFile, 'utf8')) as Baseline;
}

export function writeBaseline(counts: Counts): void {
  const baseline: Baseline = {
    about:
      'Instructions per channel frame of 64 channels, baseline instruction set. Written by npm run bench -- --update.',
    compiler: majorOfCompiler(),
    instructionsPerChannelFrame: counts,
  };
  writeFileSync(baselineFile, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** False if a stage takes more than 5 % more instructions than it did. */
export function compareWithBaseline(
  counts: Counts,
  baseline: Baseline,
  say: (line: string) => void,
): boolean {
  if (baseline.compiler !== majorOfCompiler()) {
    say(`bench: not compared, ${baselineFile} is of ${baseline.compiler} and this is ${majorOfCompiler()}`);
    return true;
  }
  let within = true;
  for (const [stage, now] of Object.entries(counts)) {
    const before = baseline.instructionsPerChannelFrame[stage];
    if (before === undefined)
      throw new Error(`${baselineFile}: ${stage} is missing; npm run bench -- --update`);
    const change = now / before - 1;
    const line = `${stage}: ${now} instructions per channel frame, ${before} before (${change < 0 ? '' : '+'}${(100 * change).toFixed(1)} %)`;
    say(line);
    within &&= change <= tolerated;
    if (change < -tolerated) say('  much less: keep it so with npm run bench -- --update');
  }
  if (!within) {
    say(
      `bench: more than ${100 * tolerated} % more than ${baselineFile} says. If the work is worth it, run ` +
        'npm run bench -- --update and say why in the message of the commit.',
    );
  }
  return within;
}
