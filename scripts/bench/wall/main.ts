/**
 * `npm run bench:wall`: what a tick of the live stream costs the browser that shows the wall, on a slowed processor. The
 * stream is a stand-in that says the same with each run, so that two versions of the page can be compared.
 */
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { checkoutOptions, measureCheckouts } from '../checkouts.ts';
import { measureWall } from './page.ts';

await runProgram('bench:wall', async () => {
  const options = await createParser('npm run bench:wall --')
    .usage('$0 [options]\n\nWhat a tick of the live stream costs the browser that shows the wall.')
    .option('agents', { type: 'number', default: 100, describe: 'Rows of agents' })
    .option('campaigns', {
      type: 'number',
      default: 5,
      describe: 'Rows of campaigns; each changes with each tick',
    })
    .option('moving', { type: 'number', default: 12, describe: 'Agents in another state with each tick' })
    .option('ticks', { type: 'number', default: 80, describe: 'How many, of 250 ms' })
    .option('slowed', { type: 'number', default: 4, describe: 'How many times slower the processor is' })
    .options(checkoutOptions)
    .demandCommand(0, 0)
    .parseAsync();
  await measureCheckouts(
    options,
    (source) => measureWall(source, options),
    ({ all, layout, layouts, script, source }) => {
      console.log(
        `${source}\n  each tick, ms of the slowed processor: script ${script}, style and layout ${layout} (${layouts} times), all ${all}`,
      );
    },
  );
});
