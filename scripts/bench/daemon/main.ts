/**
 * `npm run bench:daemon`: a dialler on a simulated board in real time, from an empty start: how long its event loop
 * stands still, and how long a person waits from the verdict to the agent that is named. OCS is a process of its
 * own that names agents at once, so that what is measured is the dialler.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { checkoutOptions, measureCheckouts } from '../checkouts.ts';
import type { DaemonFigures } from './dialer.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

await runProgram('bench:daemon', async () => {
  const options = await createParser('npm run bench:daemon --')
    .usage(
      '$0 [options]\n\nHow long the event loop of cpdd stands still and how long a live call waits for the name of its agent.',
    )
    .option('channels', { type: 'number', default: 2_000, describe: 'Channels of the simulated board' })
    .option('agents', { type: 'number', default: 600, describe: 'Agents of the stand-in OCS' })
    .option('seconds', {
      type: 'number',
      default: 60,
      describe: 'How long; the last two thirds count as settled',
    })
    .options(checkoutOptions)
    .example('$0', '2,000 channels, 600 agents, a minute')
    .example('$0 --against ../before --json', 'before and after, for a script')
    .demandCommand(0, 0)
    .parseAsync();
  const { channels, agents, seconds } = options;
  await measureCheckouts(options, (source) => measure({ source, channels, agents, seconds }), print);
});

async function measure(load: {
  source: string;
  channels: number;
  agents: number;
  seconds: number;
}): Promise<DaemonFigures> {
  const ocs = spawn(process.execPath, [here('ocs.ts'), String(load.agents)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = (await firstLine(ocs)).trim();
    const dialer = spawn(process.execPath, [here('dialer.ts'), JSON.stringify({ ...load, url })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    dialer.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(dialer, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the dialler ended with ${String(code)}`);
    return JSON.parse(out) as DaemonFigures;
  } finally {
    ocs.kill('SIGTERM');
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString();
}

function print(result: DaemonFigures & { source: string }): void {
  const { stall, namedMs } = result;
  console.log(`${result.source}
  calls begun ${result.begun}, live verdicts ${result.verdicts}, agents named ${result.named}
  event loop, ms       longest ${stall.longest}, p99 ${stall.p99}; settled: longest ${stall.settledLongest}, p99 ${stall.settledP99}
  verdict to agent, ms p50 ${namedMs.p50}, p99 ${namedMs.p99}; settled: p50 ${namedMs.settledP50}, p99 ${namedMs.settledP99}`);
}
