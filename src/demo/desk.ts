#!/usr/bin/env node
import { createParser, runProgram } from '../terminal/program.ts';
import { startAgent } from './agent.ts';
import { seededRandom } from './random.ts';

/** A room of simulated agents; a process of its own. Logs one JSON object a line; SIGTERM logs all out. */
await runProgram('desk', async () => {
  const options = await createParser('desk')
    .usage('$0 --url ws://127.0.0.1:7800/desktop/v1 --agents 6\n\nSimulated agents at the desktop protocol.')
    .option('url', {
      type: 'string',
      array: true,
      demandOption: true,
      describe:
        'Desktop address of OCS; of several one is tried after the other, whenever the connection ends',
    })
    .option('agents', { type: 'number', default: 6, describe: 'Number of agents' })
    .option('group', { type: 'string', default: 'demo', describe: 'Agent group' })
    .option('extensions', { type: 'number', default: 7001, describe: 'Extension of the first agent' })
    .option('speed', { type: 'number', default: 1, describe: 'How much faster than real time OCS runs' })
    .option('seed', { type: 'number', default: 1, describe: 'Seed of talk times' })
    .example('$0 --url ws://127.0.0.1:7800/desktop/v1 --agents 2', 'two agents of the group demo')
    .parseAsync();

  const log = (fields: object) =>
    process.stdout.write(`${JSON.stringify({ time: Date.now(), ...fields })}\n`);
  const random = seededRandom(options.seed);
  const habits = { talkMs: [8_000, 20_000], wrapUpMs: [2_000, 5_000] } satisfies Parameters<
    typeof startAgent
  >[1];
  const agents = await Promise.all(
    Array.from({ length: options.agents }, (_, index) => {
      const agentId = `agent${String(index + 1)}`;
      return startAgent(
        {
          urls: options.url,
          agentId,
          extension: String(options.extensions + index),
          group: options.group,
        },
        habits,
        options.speed,
        random,
        {
          failed: (message) => log({ level: 'warn', message }),
          back: () => log({ level: 'info', message: 'logged in again', agentId }),
        },
      );
    }),
  );
  log({ level: 'info', message: 'all agents are ready', agents: agents.length });
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await Promise.all(agents.map((agent) => agent.logOut()));
});
