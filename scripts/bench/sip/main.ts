// What the SIP board costs, and how soon it knows who answered.
import { createParser, runProgram } from '../../../src/terminal/program.ts';
import { load } from './load.ts';
import { verdictTimes } from './verdicts.ts';

await runProgram('bench:sip', async () => {
  const { calls, seconds, verdicts } = await createParser('npm run bench:sip --')
    .usage(
      '$0 [options]\n\nWhat calls with sound and detection on SIP trunks cost, beside SIPp at their other end.',
    )
    .option('calls', { type: 'number', default: 500, describe: 'Calls at once' })
    .option('seconds', { type: 'number', default: 10, describe: 'How long, when all are up' })
    .option('verdicts', {
      type: 'boolean',
      default: false,
      describe: 'Instead: how soon it is known who answered, with jitter and loss',
    })
    .example('$0', '500 calls for ten seconds')
    .demandCommand(0, 0)
    .parseAsync();
  await (verdicts ? verdictTimes() : load(calls, seconds));
});
