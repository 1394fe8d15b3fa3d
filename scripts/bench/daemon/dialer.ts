/** The process that is measured: the dialler of one checkout with its journal on disk, on a simulated board. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Board, BoardEvent } from '../../../src/board/board.ts';
import type * as boards from '../../../src/board/open.ts';
import type * as dialers from '../../../src/dialer/dialer.ts';
import type * as journals from '../../../src/journal/journal.ts';
import type * as links from '../../../src/link/client.ts';
import { importFrom } from '../checkouts.ts';
import {
  createGarbageWatch,
  createStallWatch,
  createTurnWatch,
  waitFigures,
  type LoopFigures,
  type WaitFigures,
} from '../figures.ts';
import { startTurnLog, type LoggedTurn } from './turn-log.ts';
import { createWay, type WayFigures } from './way.ts';

export interface DaemonFigures {
  begun: number;
  verdicts: number;
  named: number;
  /** How much later than asked the event loop came round. */
  stall: LoopFigures;
  /** Processor time of the turns of the event loop. */
  turn: LoopFigures;
  /** What of them was garbage collection. */
  garbage: LoopFigures;
  /** From a live verdict, in the board's time, to the transfer to the agent whom OCS named. */
  namedMs: WaitFigures;
  /** The same by the machine's clock, in its parts; settled. */
  way: WayFigures;
  /** Processor time in the whole run, percent of one processor. */
  processor: { eventLoop: number; otherThreads: number; ocs: number };
  /** The longest settled turns, if they were asked for. */
  longestTurns: LoggedTurn[];
}

interface Load {
  source: string;
  url: string;
  channels: number;
  seconds: number;
  /** So many of the longest turns are told with what was in them. */
  longest: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;
const from = <Module>(path: string) => importFrom<Module>(load.source, path);
const { openSimBoard } = await from<typeof boards>('board/open.ts');
const { createDialer } = await from<typeof dialers>('dialer/dialer.ts');
const { openJournal } = await from<typeof journals>('journal/journal.ts');
const { createLinkClient } = await from<typeof links>('link/client.ts');

const none = () => undefined;
const log = { debug: none, info: none, warn: none, error: none };
const board = await openSimBoard({
  driver: 'sim',
  trunks: trunks(load.channels),
  world: {
    audioFolder: join(load.source, 'examples/speech'),
    unlisted: 'mix',
    mixSpeech: {
      live: ['live-01-en.wav', 'live-03-en.wav', 'live-08-en.wav', 'live-13-en.wav'],
      machine: ['machine-02-en.wav', 'machine-04-en.wav'],
    },
    extensions: [{ extension: '7xxx', answerMs: 600, behaviour: 'answer' }],
  },
});
const way = createWay(() => board.now());
const watched = watch(board);
const folder = mkdtempSync(join(tmpdir(), 'bench-daemon-'));
const journal = openJournal(join(folder, 'journal.db'), () => Date.now(), 'thread');
const dialer = createDialer({
  board: watched.board,
  journal,
  link: createLinkClient({
    url: load.url,
    fetch: way.fetch,
    dialerId: 'bench',
    softwareVersion: '0',
    describe: () => ({ boards: [], capabilities: { handoff: ['agent'], plans: ['US'], modes: [] } }),
  }),
  config: {
    dialPlan: { allow: ['^1'], deny: [], rules: [], stripPlus: true, prefix: '' },
    plan: 'US',
    limits: {
      callsPerSecond: 10_000,
      callsAtOnce: null,
      perNumberHour: 10,
      perNumberDay: 20,
      perPrefixDay: [],
      perExtensionHour: 10_000,
      longestCallMinutes: 240,
      callerIds: [],
    },
    transferStyle: 'blind',
    announcements: {},
    maxPull: 50,
    pullWaitMs: 1_000,
    reservedChannels: 0,
    showNumbers: false,
  },
  log,
});

const watches = { stall: createStallWatch(), turn: createTurnWatch(), garbage: createGarbageWatch() };
const turnLog = load.longest > 0 ? await startTurnLog() : null;
for (const { begin } of Object.values(watches)) begin();
way.begin();
const startedAt = performance.now();
dialer.start();
await pause((load.seconds * 1_000) / 3);
const settledFrom = watched.namedMs.length;
for (const { settle } of Object.values(watches)) settle();
way.settle();
await pause((load.seconds * 2_000) / 3);
const turn = watches.turn.end();
const figures: DaemonFigures = {
  begun: watched.begun(),
  verdicts: watched.verdicts(),
  named: watched.namedMs.length,
  stall: watches.stall.end(),
  turn,
  garbage: watches.garbage.end(),
  namedMs: waitFigures(watched.namedMs, settledFrom),
  way: way.end(),
  processor: await processorFigures(performance.now() - startedAt),
  longestTurns: (await turnLog?.(watches.turn.longest(load.longest))) ?? [],
};
process.stdout.write(JSON.stringify(figures), () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});

async function processorFigures(runMs: number): Promise<DaemonFigures['processor']> {
  const response = await fetch(`${load.url}/usage`, { method: 'POST', body: '{}' });
  const percent = ({ user, system }: NodeJS.CpuUsage) => Math.round((user + system) / 10 / runMs);
  const eventLoop = percent(process.threadCpuUsage());
  return {
    eventLoop,
    otherThreads: percent(process.cpuUsage()) - eventLoop,
    ocs: percent((await response.json()) as NodeJS.CpuUsage),
  };
}

/** As many trunks as the channels need. */
function trunks(channels: number): { kind: 'isdn'; channels: number }[] {
  const most = 480;
  return Array.from({ length: Math.ceil(channels / most) }, (_, i) => ({
    kind: 'isdn',
    channels: Math.min(most, channels - i * most),
  }));
}

/** The stand-in OCS counts its requests in the number. */
function attemptOf(number: string): string {
  return `a-${String(Number(number) - 12_000_000_000)}`;
}

/** The board with its live verdicts and first transfers timed by its own clock. */
function watch(inner: Board) {
  const verdictAt = new Map<number, number>();
  const attempts = new Map<number, string>();
  const namedMs: number[] = [];
  let begun = 0;
  let verdicts = 0;
  const see = (event: BoardEvent) => {
    if (event.type !== 'verdict' || event.verdict !== 'live') return;
    verdicts++;
    verdictAt.set(event.channel, event.at);
    way.heard(attempts.get(event.channel) ?? '', event.at);
  };
  const overrides: Partial<Board> = {
    onEvent: (listener) => {
      inner.onEvent((event) => {
        see(event);
        listener(event);
      });
    },
    seize: (channel, ref) => {
      begun++;
      inner.seize(channel, ref);
    },
    dial: (channel, ref, number, parameters) => {
      attempts.set(channel, attemptOf(number));
      inner.dial(channel, ref, number, parameters);
    },
    transfer: (channel, ref, extension, style) => {
      const at = verdictAt.get(channel);
      if (at !== undefined) {
        namedMs.push(inner.now() - at);
        way.named(attempts.get(channel) ?? '');
      }
      verdictAt.delete(channel);
      inner.transfer(channel, ref, extension, style);
    },
  };
  const board = new Proxy(inner, {
    get: (target, name) => {
      const own = overrides[name as keyof Board];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { board, namedMs, begun: () => begun, verdicts: () => verdicts };
}
