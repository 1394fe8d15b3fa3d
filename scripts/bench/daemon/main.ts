/**
 * `npm run bench:daemon`: a dialler on a simulated board in real time, from an empty start: how long its event loop
 * stands still, and how long a person waits from the verdict to the agent that is named. OCS is a process of its
 * own that names agents at once, so that what is measured is the dialler.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOptionsOf } from '../../../src/terminal/node-options.ts';
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { createStallWatch, type LoopFigures } from '../figures.ts';
import { checkoutOptions, measureCheckouts } from '../checkouts.ts';
import type { DaemonFigures } from './dialer.ts';
import { wayParts, type WayPart } from './way.ts';

interface Figures extends DaemonFigures {
  /** How late the event loop of a process that does nothing came round meanwhile: the machine's part. */
  idle: LoopFigures;
}

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
    .option('longest', {
      type: 'number',
      default: 0,
      describe: 'Say what so many of the longest settled turns did; the profile costs time itself',
    })
    .options(checkoutOptions)
    .example('$0', '2,000 channels, 600 agents, a minute')
    .example('$0 --against ../before --json', 'before and after, for a script')
    .demandCommand(0, 0)
    .parseAsync();
  const { channels, agents, seconds, longest } = options;
  await measureCheckouts(options, (source) => measure({ source, channels, agents, seconds, longest }), print);
});

async function measure(load: {
  source: string;
  channels: number;
  agents: number;
  seconds: number;
  longest: number;
}): Promise<Figures> {
  const ocs = spawn(process.execPath, [here('ocs.ts'), String(load.agents)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = (await firstLine(ocs)).trim();
    const nodeOptions = nodeOptionsOf(join(load.source, 'src/cli/cpdd.ts'));
    const args = [...nodeOptions, here('dialer.ts'), JSON.stringify({ ...load, url })];
    const dialer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const idle = createStallWatch();
    const settling = setTimeout(idle.settle, (load.seconds * 1_000) / 3);
    idle.begin();
    let out = '';
    dialer.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(dialer, 'close')) as [number | null];
    clearTimeout(settling);
    if (code !== 0) throw new Error(`the dialler ended with ${String(code)}`);
    return { ...(JSON.parse(out) as DaemonFigures), idle: idle.end() };
  } finally {
    ocs.kill('SIGTERM');
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString();
}

function print(result: Figures & { source: string }): void {
  const { stall, turn, garbage, idle, namedMs, way, processor, longestTurns } = result;
  const line = (what: string, { longest, p99, settledLongest, settledP99 }: LoopFigures) =>
    `${what.padEnd(20)} longest ${longest}, p99 ${p99}; settled: longest ${settledLongest}, p99 ${settledP99}`;
  console.log(`${result.source}
  calls begun ${result.begun}, live verdicts ${result.verdicts}, agents named ${result.named}
  ${line('event loop late, ms', stall)}
  ${line('turns, processor ms', turn)}
  ${line('of it garbage, ms', garbage)}
  ${line('idle process, ms', idle)}
  verdict to agent, ms p50 ${namedMs.p50}, p99 ${namedMs.p99}; settled: p50 ${namedMs.settledP50}, p99 ${namedMs.settledP99}
  processor, percent of one: event loop ${processor.eventLoop}, board and other threads ${processor.otherThreads}, OCS ${processor.ocs}
  settled verdict to agent in parts, ms         p50     p99   mean in the slowest hundredth`);
  for (const part of Object.keys(wayParts) as WayPart[]) {
    const { p50, p99, slowest } = way[part];
    console.log(
      `    ${wayParts[part].padEnd(34)} ${[p50, p99, slowest].map((ms) => ms.toFixed(1).padStart(8)).join('')}`,
    );
  }
  for (const { spentMs, functions } of longestTurns) {
    console.log(`  a turn of ${spentMs.toFixed(1)} ms of processor`);
    for (const { name, ms } of functions) console.log(`    ${ms.toFixed(1).padStart(6)} ${name}`);
  }
}
