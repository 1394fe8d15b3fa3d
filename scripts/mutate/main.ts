/**
 * `npm run mutate -- PATH...`: breaks the code in one small place at a time and shows which breaks neither the
 * compiler nor a unit or scenario test notices. See CONTRIBUTING.md.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import type { LogLevel, MutantResult } from '@stryker-mutator/api/core';
import { CodedError } from '../../src/domain/errors.ts';
import { alignedTable, printJson, type Column } from '../../src/terminal/output.ts';
import { createParser, runProgram } from '../../src/terminal/program.ts';
import { outdated, reasonOfEquivalence } from './equivalents.ts';
import { scoreOf, type Mutant, type Score } from './mutant.ts';
import { notInSample } from './plugins.ts';

interface Options {
  paths: string[];
  sample: number | null;
  seed: number;
  json: boolean;
}

async function optionsOf(): Promise<Options> {
  const { _, sample, seed, json } = await createParser('npm run mutate --')
    .usage('$0 PATH...\n\nWhich small breaks of the code nobody notices. PATH is a file or a folder of src.')
    .option('sample', { type: 'number', describe: 'Try so many mutants of each PATH instead of all' })
    .option('seed', {
      type: 'number',
      default: 1,
      describe: 'Chooses the sample; the same seed, the same mutants',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' })
    .example('npm run mutate -- src/domain/causes.ts', 'one file, about a minute')
    .example('npm run mutate -- --sample 40 src/domain src/link', 'forty mutants of each room')
    .demandCommand(1, 'a path is missing: src/domain/causes.ts')
    .parseAsync();
  if (sample !== undefined && !(Number.isInteger(sample) && sample > 0)) {
    throw new CodedError('BAD_ARGUMENT', `option --sample: ${sample} is no number of mutants`, {
      field: 'sample',
      expected: 'a whole number above 0',
    });
  }
  return { paths: _.map(pathOf), sample: sample ?? null, seed, json };
}

function pathOf(word: string | number): string {
  const path = relative(process.cwd(), String(word));
  if (path.startsWith('src/') && existsSync(path)) return path;
  throw new CodedError('BAD_ARGUMENT', `${word} is not there`, { expected: 'a file or a folder of src' });
}

/** Runs Stryker on a copy of the project in the folder for temporary files; the work tree stays as it is. */
async function run({ paths, sample, seed, json }: Options): Promise<MutantResult[]> {
  const terminal = process.stdout.isTTY && !json;
  const folder = mkdtempSync(join(tmpdir(), 'mutate-'));
  // Stryker leaves its copy behind when it is interrupted.
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const stryker = new Stryker({
    mutate: paths.map((path) => (statSync(path).isDirectory() ? `${path}/**/*.ts` : path)),
    plugins: ['@stryker-mutator/vitest-runner', './scripts/mutate/plugins.ts'],
    // Messages and names are for people; a name that the code compares is the compiler's.
    mutator: { plugins: null, excludedMutations: ['StringLiteral'] },
    ignorers: ['logs'],
    checkers: ['sample', 'compiler'],
    sample: { paths, size: sample, seed },
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutate/vitest.config.ts', pool: 'forks', related: true },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    // On a busy machine a test takes many times as long as in the run before the mutants.
    timeoutMS: 60_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 30,
    reporters: terminal ? ['progress'] : [],
    allowConsoleColors: terminal,
    // What it writes goes to stdout: only why a run failed, and then there is no JSON.
    logLevel: 'error' as LogLevel,
    tempDirName: folder,
    ignorePatterns: ['/dist', '/package-out', '/demo-out', '/build/**/obj*'],
  });
  return stryker.runMutationTest();
}

function mutantOf(result: MutantResult): Mutant {
  const file = relative(process.cwd(), result.fileName);
  const { line, column } = result.location.start;
  const source = (readFileSync(file, 'utf8').split('\n')[line - 1] ?? '').trim();
  const replacement = result.replacement ?? '';
  return {
    file,
    line,
    column,
    source,
    kind: result.mutatorName,
    replacement,
    noticedBy: noticedBy(result),
    equivalent: reasonOfEquivalence({ file, source, replacement }),
  };
}

function noticedBy({ status }: MutantResult): Mutant['noticedBy'] {
  switch (status) {
    case 'CompileError':
      return 'compiler';
    case 'Killed':
    case 'RuntimeError':
      return 'test';
    case 'Timeout':
      return 'timeout';
    case 'Survived':
    case 'NoCoverage':
    case 'Ignored':
    case 'Pending':
      return null;
  }
}

const columns: Column<Score>[] = [
  { heading: 'path', value: ({ path }) => path },
  { heading: 'compiler', value: ({ compiler }) => compiler, align: 'right' },
  { heading: 'tests', value: ({ tests }) => tests, align: 'right' },
  { heading: 'timeouts', value: ({ timeouts }) => timeouts, align: 'right' },
  { heading: 'survived', value: ({ survived }) => survived, align: 'right' },
  { heading: 'equivalent', value: ({ equivalent }) => equivalent, align: 'right' },
  { heading: 'noticed', value: ({ percent }) => (percent === null ? null : `${percent} %`), align: 'right' },
];

function show(mutants: readonly Mutant[], scores: readonly Score[]): void {
  for (const { file, line, column, source, kind, replacement } of mutants.filter(
    ({ noticedBy, equivalent }) => noticedBy === null && equivalent === null,
  )) {
    process.stdout.write(
      `${file}:${line}:${column} ${kind}\n    ${source}\n    ${replacement.replaceAll(/\s+/g, ' ')}\n`,
    );
  }
  process.stdout.write(`\n${alignedTable(columns, scores)}`);
  for (const entry of outdated((file) => (existsSync(file) ? readFileSync(file, 'utf8') : null))) {
    process.stdout.write(`scripts/mutate/equivalents.ts names a line that is gone: ${entry}\n`);
  }
}

await runProgram('mutate', async () => {
  const options = await optionsOf();
  const results = await run(options);
  const mutants = results
    .filter(({ status, statusReason }) => status !== 'Ignored' && statusReason !== notInSample)
    .map(mutantOf);
  const scores = options.paths.map((path) => scoreOf(path, mutants));
  if (options.json) printJson({ seed: options.seed, scores, mutants });
  else show(mutants, scores);
});
