import type { CommandModule } from 'yargs';
import { liveKeys, liveTopics, type LiveTopic } from '../../api/live.ts';
import type { LiveState } from '../../api/live-state.ts';
import { tabbedTable } from '../../terminal/output.ts';
import { ocsEndpoint, ocsOptions, type OcsArguments } from '../admin/admin-client.ts';
import { watchLive, type Watcher } from './live-connection.ts';
import { columnsOf } from './watch-columns.ts';
import { createTerminalWatcher } from './watch-terminal.ts';

interface Arguments extends OcsArguments {
  topic: LiveTopic;
}

export const watchCommand: CommandModule<object, Arguments> = {
  command: 'watch [topic]',
  describe: 'Watch campaigns, agents, diallers or channels live',
  builder: (yargs) =>
    yargs
      .positional('topic', { choices: liveTopics, default: 'campaigns' as const, describe: 'What is shown' })
      .options(ocsOptions)
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'One JSON object a line: each item as it is after a change, or the key of one that is gone',
      })
      .example(
        '$0 watch',
        'all campaigns; c, a, d and h show campaigns, agents, diallers and channels, q ends',
      )
      .example('$0 watch agents --json', 'each change of an agent, for a program'),
  handler: async (args) => {
    const endpoint = ocsEndpoint(args);
    const { json, topic } = args;
    const end = new AbortController();
    const stop = () => {
      end.abort();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    if (json || !process.stdout.isTTY) {
      await watchLive(endpoint, () => [topic], json ? jsonWatcher : createLineWatcher(), end.signal);
      return;
    }
    const screen = createTerminalWatcher({ topic, row: 0, detail: null }, stop);
    screen.open();
    try {
      await watchLive(endpoint, () => screen.topics(), screen, end.signal);
    } finally {
      screen.close();
    }
  },
};

const lost = () => {
  process.stderr.write('cpdctl: connection to ocsd lost; trying again\n');
};

const jsonWatcher: Watcher = {
  news: ({ gone, set, topic }, at) => {
    const lines = [
      ...set.map((item) => ({ at, topic, item })),
      ...gone.map((id) => ({ at, topic, gone: id })),
    ];
    process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  },
  beat: () => undefined,
  lost,
};

/** A line for each item that changed, tab-separated, at most one a second of each. */
function createLineWatcher(): Watcher {
  const changed = new Set<string>();
  let said: { topic: LiveTopic; state: LiveState } | null = null;
  const flush = (at: number) => {
    if (said === null) return;
    const { state, topic } = said;
    const items = state[topic];
    const time = new Date(at).toISOString();
    for (const id of changed) {
      const item = items.get(id);
      const line = item === undefined ? `${id}\tgone\n` : tabbedTable(columnsOf(topic, at), [item]);
      process.stdout.write(`${time}\t${line}`);
    }
    changed.clear();
  };
  return {
    news: ({ gone, set, topic }, at, state) => {
      const isFirst = said === null;
      said = { topic, state };
      for (const item of set) changed.add(String((item as Record<string, unknown>)[liveKeys[topic]]));
      for (const id of gone) changed.add(id);
      if (isFirst) flush(at);
    },
    beat: flush,
    lost,
  };
}
