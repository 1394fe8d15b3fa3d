// Runs the contract suite and prints its table: cases by boards. + held, gap: a known gap (its reason below the
// table), FAILED, and - where the board was not built here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
const out = join(folder, 'results.json');
const run = spawnSync(
  'npx',
  [
    'vitest',
    'run',
    '--project',
    'contract',
    'sim.test',
    'dialogic.test',
    '--reporter=json',
    `--outputFile=${out}`,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const { testResults } = JSON.parse(readFileSync(out, 'utf8'));
rmSync(folder, { recursive: true });

const prefix = 'board contract: ';
const boards = [];
const cases = new Map();
const reasons = new Map();
for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
  const suite = ancestorTitles.find((each) => each.startsWith(prefix));
  if (suite === undefined || title.startsWith('has no known gap')) continue;
  const board = suite.slice(prefix.length);
  if (!boards.includes(board)) boards.push(board);
  const [, name, reason] = title.match(/^(.*) \(known gap: (.*)\)$/s) ?? [null, title, null];
  if (status !== 'passed' && status !== 'failed') continue; // the board was not built here
  if (!cases.has(name)) cases.set(name, new Map());
  cases.get(name).set(board, status === 'failed' ? 'FAILED' : reason === null ? '+' : 'gap');
  if (reason !== null && status === 'passed') reasons.set(`${board}: ${name}`, reason);
}

boards.forEach((board, at) => console.log(`${String(at + 1).padStart(2)}  ${board}`));
const widest = Math.max(...[...cases.keys()].map((name) => name.length));
console.log(`\n${''.padEnd(widest)}  ${boards.map((_, at) => String(at + 1).padStart(6)).join('')}`);
for (const [name, held] of cases) {
  console.log(
    `${name.padEnd(widest)}  ${boards.map((board) => (held.get(board) ?? '-').padStart(6)).join('')}`,
  );
}
if (reasons.size > 0) console.log('\nKnown gaps:');
for (const [where, reason] of reasons) console.log(`  ${where}: ${reason}`);
process.exit(run.status ?? 1);
