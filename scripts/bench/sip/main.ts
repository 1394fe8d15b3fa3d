// What the SIP board costs, and how soon it knows who answered.
//   npm run bench:sip -- [--calls 500] [--seconds 10]
//   npm run bench:sip -- --verdicts
import { parseArgs } from 'node:util';
import { load } from './load.ts';
import { verdictTimes } from './verdicts.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    verdicts: { type: 'boolean', default: false },
  },
});
await (values.verdicts ? verdictTimes() : load(Number(values.calls), Number(values.seconds)));
