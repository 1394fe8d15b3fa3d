/**
 * `npm run bench:import`: how long `cpdctl` takes to bring a large list and a large Do Not Call file into `ocsd` and
 * out again, and what others notice of it meanwhile: the longest answer, and the memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { checkoutOptions, measureCheckouts } from '../checkouts.ts';
import { startOcsd, watched, type Watched } from './ocsd.ts';

interface Row extends Watched {
  what: string;
}

await runProgram('bench:import', async () => {
  const options = await createParser('npm run bench:import --')
    .usage('$0 [options]\n\nHow long imports and exports take, and what others notice of them.')
    .option('records', { type: 'number', default: 1_000_000, describe: 'Records of the list' })
    .options(checkoutOptions)
    .option('folder', {
      type: 'string',
      requiresArg: true,
      default: tmpdir(),
      describe: 'Where the database is: a disk as in production',
    })
    .example('$0', 'a million records, about five minutes')
    .example('$0 --records 200000 --against ../before', 'before and after')
    .demandCommand(0, 0)
    .parseAsync();
  const { records, folder } = options;
  await measureCheckouts(options, (source) => measure(source, records, folder), print);
});

async function measure(source: string, records: number, parent: string) {
  const folder = mkdtempSync(join(parent, 'bench-import-'));
  const file = (name: string) => join(folder, name);
  try {
    await pipeline(Readable.from(listLines(records)), createWriteStream(file('list.csv')));
    await pipeline(Readable.from(dncLines(records)), createWriteStream(file('dnc.csv')));
    writeFileSync(file('one.csv'), 'phone\n+491711234567\n');
    writeFileSync(
      file('campaign.json'),
      JSON.stringify({ name: 'bench', list: 'bench', mode: 'progressive', group: 'bench' }),
    );
    const ocsd = await startOcsd(source, folder);
    const cpdctl = (...args: string[]) => run(source, ocsd.url, args);
    const rows: Row[] = [];
    const row = async (what: string, ...args: string[]) => {
      rows.push({ what, ...(await watched(ocsd, () => cpdctl(...args))) });
    };
    try {
      await cpdctl('campaign', 'load', file('campaign.json'), file('one.csv'));
      await row('list import', 'list', 'import', 'bench', file('list.csv'));
      await row('list export', 'list', 'export', 'bench', '--out', file('out.csv'));
      await row('dnc load', 'dnc', 'load', file('dnc.csv'), '--yes', '--batch', 'bench');
      await row('dnc undo', 'dnc', 'undo', 'bench');
      if (statSync(file('out.csv')).size < records * 40) throw new Error('the export is not whole');
    } finally {
      await ocsd.stop();
    }
    return { startMb: ocsd.startMb, rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Numbers in no order, as in a list of customers. */
function phoneOf(index: number): string {
  return `+49171${String((index * 7_368_787 + 1_234_567) % 10_000_019).padStart(8, '0')}`;
}

function* listLines(records: number): Generator<string> {
  yield 'phone,name,customer_id,city\n';
  for (let index = 0; index < records; index++) {
    yield `${phoneOf(index)},Customer ${String(index)},C-${String(index)},Springfield\n`;
  }
}

function* dncLines(records: number): Generator<string> {
  yield 'phone,message\n';
  for (let index = 0; index < records; index++) yield `${phoneOf(index)},list of the month\n`;
}

async function run(source: string, url: string, args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(source, 'dist/cli/cpdctl.js'), ...args], {
    env: { ...process.env, CPDCTL_OCS_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`cpdctl ${args.join(' ')} ended with ${String(code)}`);
}

function print({ source, startMb, rows }: { source: string; startMb: number; rows: Row[] }): void {
  console.log(`${source} (${String(startMb)} MB after the start)`);
  for (const { what, seconds, longestMs, p99Ms, residentMb, aboveStartMb } of rows) {
    console.log(
      `  ${what.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s, longest answer ${String(longestMs)} ms, ` +
        `p99 ${String(p99Ms)} ms, memory ${String(residentMb)} MB (${String(aboveStartMb)} above the start)`,
    );
  }
}
