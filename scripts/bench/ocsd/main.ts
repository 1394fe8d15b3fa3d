/**
 * `npm run bench:ocsd`: an Outbound Contact Server with one dialler and many agents, in real time: how long its event
 * loop stands still, and how long the request for an agent takes. Dialler and agents are a stand-in in this process,
 * which says what a dialler says of such calls.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { checkoutOptions, measureCheckouts } from '../checkouts.ts';
import { runLoad, type LoadFigures, type LoadOptions } from './load.ts';
import type { OcsdFigures } from './ocsd.ts';
import { openBrowser, openWalls, type BrowserFigures, type WallFigures } from './walls.ts';

type Figures = LoadFigures & OcsdFigures & { walls: WallFigures | null; browser: BrowserFigures | null };

/** Who looks on. */
interface Looks {
  walls: number;
  browser: boolean;
}

await runProgram('bench:ocsd', async () => {
  const options = await createParser('npm run bench:ocsd --')
    .usage(
      '$0 [options]\n\nHow long the event loop of ocsd stands still and how long a request for an agent takes.',
    )
    .option('channels', { type: 'number', default: 2_000, describe: 'Calls of the dialler at once, at most' })
    .option('agents', { type: 'number', default: 600, describe: 'Agents at desktops' })
    .option('seconds', {
      type: 'number',
      default: 60,
      describe: 'How long; the last two thirds count as settled',
    })
    .option('mode', { choices: ['progressive', 'predictive'] as const, default: 'predictive' as const })
    .option('walls', { type: 'number', default: 0, describe: 'Screens that follow the live stream' })
    .option('browser', {
      type: 'boolean',
      default: false,
      describe: 'Show the wall in Chromium on a processor slowed four times',
    })
    .options(checkoutOptions)
    .option('profile', { type: 'string', requiresArg: true, describe: 'Folder for CPU profiles of ocsd' })
    .demandCommand(0, 0)
    .parseAsync();
  const { agents, browser, channels, mode, profile, seconds, walls } = options;
  await measureCheckouts(
    options,
    (source) => measure(source, { channels, agents, seconds, mode }, { browser, walls }, profile),
    print,
  );
});

async function measure(
  source: string,
  load: Omit<LoadOptions, 'url'>,
  looks: Looks,
  profile: string | undefined,
): Promise<Figures> {
  const { seconds } = load;
  const ocsd = fork(
    fileURLToPath(new URL('ocsd.ts', import.meta.url)),
    [JSON.stringify({ source, seconds })],
    {
      execArgv: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    },
  );
  const next = async <T>() => ((await once(ocsd, 'message')) as [T])[0];
  const ended = once(ocsd, 'exit');
  try {
    const { url } = await next<{ url: string }>();
    const ends: { walls?: () => WallFigures; browser?: () => Promise<BrowserFigures> } = {};
    const figures = await runLoad({ ...load, url }, async () => {
      if (looks.walls > 0) ends.walls = await openWalls(url, looks.walls);
      if (looks.browser) ends.browser = await openBrowser(url);
      ocsd.send('start');
    });
    const seen = { walls: ends.walls?.() ?? null, browser: (await ends.browser?.()) ?? null };
    ocsd.send('stop');
    const measured = await next<{ figures: OcsdFigures }>();
    await ended;
    return { ...figures, ...measured.figures, ...seen };
  } finally {
    ocsd.kill('SIGKILL');
  }
}

function print(result: Figures & { source: string }): void {
  const { answerMs, browser, stall, turn, walls } = result;
  console.log(`${result.source}
  calls begun ${result.begun}, connected ${result.connected}, abandoned ${result.abandoned}
  longest turns, ms    processor time ${turn.longest}, p99 ${turn.p99}; settled: longest ${turn.settledLongest}, p99 ${turn.settledP99}
  event loop late, ms  longest ${stall.longest}, p99 ${stall.p99}; settled: longest ${stall.settledLongest}, p99 ${stall.settledP99}
  request to agent, ms p50 ${answerMs.p50}, p99 ${answerMs.p99}; settled: p50 ${answerMs.settledP50}, p99 ${answerMs.settledP99}`);
  if (walls !== null) {
    const { burstKb, kbPerSecond, snapshotKb } = walls;
    console.log(
      `  ${walls.walls} walls, KB each   ${kbPerSecond} a second, snapshots ${snapshotKb}, at most ${burstKb} within 250 ms`,
    );
  }
  if (browser !== null) {
    const { frames, scriptPerTick, taskPerTick } = browser;
    console.log(
      `  slowed browser, ms   frames p50 ${frames.p50}, p99 ${frames.p99}, longest ${frames.longest}; each 250 ms script ${scriptPerTick}, all ${taskPerTick}`,
    );
  }
}
