/**
 * `npm run bench:watch`: what it costs that many look at the channels of one dialler: KB a second to each, how long the
 * event loop of ocsd stands still, and how long the dialler needs to find out what changed. Dialler and consoles are
 * stand-ins in this process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import type { OcsdFigures } from '../ocsd/ocsd.ts';
import { measureLooks } from './looks.ts';
import { runWatch } from './watch.ts';

await runProgram('bench:watch', async () => {
  const options = await createParser('npm run bench:watch --')
    .usage('$0 [options]\n\nWhat it costs that consoles show the channels of a dialler live.')
    .option('channels', {
      type: 'number',
      default: 500,
      describe: 'Of the dialler, each with one call after another',
    })
    .option('consoles', {
      type: 'number',
      default: 20,
      describe: 'That show all channels, and listen to one each',
    })
    .option('callSeconds', {
      type: 'number',
      default: 30,
      describe: 'Length of a call, in which it moves seven times',
    })
    .option('seconds', {
      type: 'number',
      default: 30,
      describe: 'How long; the last two thirds count as settled',
    })
    .demandCommand(0, 0)
    .parseAsync();
  const { channels, consoles, callSeconds, seconds } = options;
  const source = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
  const ocsd = fork(fileURLToPath(new URL('../ocsd/ocsd.ts', import.meta.url)), [
    JSON.stringify({ source, seconds }),
  ]);
  const next = async <T>() => ((await once(ocsd, 'message')) as [T])[0];
  const ended = once(ocsd, 'exit');
  try {
    const { url } = await next<{ url: string }>();
    const sent = await runWatch({ url, channels, consoles, callMs: callSeconds * 1_000, seconds }, () => {
      ocsd.send('start');
    });
    ocsd.send('stop');
    const { stall, turn } = (await next<{ figures: OcsdFigures }>()).figures;
    await ended;
    const looks = measureLooks(channels);
    console.log(`${channels} channels, ${consoles} consoles, calls of ${callSeconds} s
  to each console     ${sent.kbASecond} KB a second, snapshot ${sent.snapshotKb} KB, longest change ${sent.longestKb} KB
  from the dialler    ${sent.messages} messages, ${sent.linkKbASecond} KB a second
  ocsd, turns, ms     processor time longest ${turn.longest}, p99 ${turn.p99}; settled: longest ${turn.settledLongest}, p99 ${turn.settledP99}
  ocsd, late, ms      longest ${stall.longest}, p99 ${stall.p99}; settled: longest ${stall.settledLongest}, p99 ${stall.settledP99}
  dialler, one look   ${looks.idleMs} ms when nothing changed, ${looks.allMs} ms when all did`);
  } finally {
    ocsd.kill('SIGKILL');
  }
});
