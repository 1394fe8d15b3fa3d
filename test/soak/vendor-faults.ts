import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Bits } from '../../src/board/board-host-program.ts';
import type { SimulatedBoard } from '../../src/board/simulation.ts';
import { createBoardKeeper } from '../../src/daemon/cpdd/board-keeper.ts';
import { createDialer } from '../../src/dialer/dialer.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { CheckedNumber } from '../../src/domain/number.ts';
import { callResultLabel } from '../../src/domain/result.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { speechFolder } from '../support/board/sim.ts';
import { openSteppedDialogic, standin } from '../support/board/standin.ts';
import { dialRequest } from '../support/dialer/call-script.ts';
import { dialerConfig } from '../support/dialer/bench.ts';
import { FakeOcs, shortSleep } from '../support/dialer/fake-ocs.ts';
import { silentLog } from '../support/silent-log.ts';

export interface SoakOptions {
  calls: number;
  seed: number;
  bits: Bits;
  /** Chances of vendor faults; see native/standin/README.md, "Faults by chance". */
  random: { lostEvent: number; taskFail: number; alarmStorm: number; crash: number };
  /** The first host crashes then, in ms of board time, whatever chance says. */
  crashAtMs?: number;
  /** Told now and then how far it is. */
  progress?: (line: string) => void;
}

export interface SoakReport {
  calls: number;
  /** Results and reasons of hand-backs, with how often each. */
  ends: Record<string, number>;
  /** Attempts without an end, and with more than one. */
  lost: string[];
  repeated: string[];
  /** Numbers that went out on a line more than once. */
  dialledTwice: string[];
  dialled: number;
  /** Hosts begun; one may crash before its board is open. */
  hostsBegun: number;
  /** Hosts whose board opened. */
  hostsStarted: number;
  hostsDied: string[];
  /** Counts of misuse of the vendor's libraries, of all hosts together. */
  misuse: Record<string, number>;
  /** Hosts that reported their misuse; all of them should. */
  misuseReports: number;
  channels: { idle: number; busy: number; outOfService: number };
  boardMinutes: number;
}

const stepMs = 100;

/** When no call ends for so long, in board ms, none will. */
const stuckMs = 1_800_000;

/** Channels that were out of order have so long to come back after the last call, in board ms. */
const backWithinMs = 1_800_000;

/**
 * Calls through the Dialogic board on the stand-in vendor libraries, with vendor faults by chance, under the dialler,
 * the journal and the board keeper of `cpdd`. Board time is stepped: it takes as long as the machine needs.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  try {
    return await run(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: SoakOptions, folder: string): Promise<SoakReport> {
  const log = join(folder, 'lines.jsonl');
  writeFileSync(join(folder, 'standin.json'), JSON.stringify(world(options, folder, log)));
  const numbers = Array.from({ length: options.calls }, (_, n) => `555${String(n).padStart(7, '0')}`);
  const ocs = new FakeOcs();
  ocs.offer(
    ...numbers.map((number) =>
      dialRequest({ attemptId: number, number: number as CheckedNumber, agentTimeoutMs: 2_000 }),
    ),
  );
  const journal = openJournal(join(folder, 'journal.db'), () => 1_000);
  let board: SimulatedBoard | null = null;
  let hostsBegun = 0;
  let hostsStarted = 0;
  const hostsDied: string[] = [];
  let boardMs = 0;
  const keeper = createBoardKeeper({
    openBoard: async () => {
      hostsBegun += 1;
      board = await openBoard(options.bits, folder);
      hostsStarted += 1;
      return board;
    },
    createDialer: (on) =>
      createDialer({
        board: on,
        journal,
        link: ocs,
        config: { ...dialerConfig, transferStyle: 'blind', maxPull: 10 },
        log: silentLog,
        sleep: shortSleep,
        observer: {
          boardDead: (reason) => {
            hostsDied.push(reason);
            keeper.died(reason);
          },
        },
      }),
    recovery: { firstMs: 10, longestMs: 100 },
    after: (ms, go) => {
      const timer = setTimeout(go, ms);
      return () => clearTimeout(timer);
    },
    log: silentLog,
  });

  const ended = new Map<string, string[]>();
  let seen = 0;
  const note = () => {
    for (const report of ocs.reports.slice(seen)) {
      if (report.kind !== 'outcome' && report.kind !== 'hand_back') continue;
      const key = `${report.attemptId}/${String(report.seq)}`;
      if (repeats.has(key)) continue;
      repeats.add(key);
      const end =
        report.kind === 'hand_back'
          ? `handed back: ${report.reason}`
          : callResultLabel[report.outcome.result];
      ended.set(report.attemptId, [...(ended.get(report.attemptId) ?? []), end]);
    }
    seen = ocs.reports.length;
  };
  const repeats = new Set<string>();
  const step = async () => {
    if (keeper.fault() === null && board !== null) {
      // An agent is free now and then.
      if (ocs.agents.length < 2) ocs.agents.push({ agentId: `agent-${String(boardMs)}`, extension: '7001' });
      try {
        board.simulation.advance(stepMs);
        boardMs += stepMs;
      } catch (error) {
        if (!(error instanceof CodedError && error.code === 'BOARD_DEAD')) throw error;
      }
      await nextTurn();
    }
    await pause(1);
    note();
  };

  await keeper.open();
  let told = 0;
  let endedBefore = 0;
  let lastEndMs = 0;
  // What has no end by then is lost, and the report says so.
  while (ended.size < numbers.length && boardMs - lastEndMs < stuckMs) {
    await step();
    if (ended.size > endedBefore) [endedBefore, lastEndMs] = [ended.size, boardMs];
    if (ended.size - told >= options.calls / 20) {
      told = ended.size;
      options.progress?.(`${String(told)} of ${String(options.calls)} calls ended`);
    }
  }
  const counts = () => keeper.dialer()?.status().channels ?? { idle: 0, busy: 0, outOfService: 0 };
  const allBack = () => keeper.fault() === null && counts().busy + counts().outOfService === 0;
  for (const until = boardMs + backWithinMs; !allBack() && boardMs < until;) await step();
  const channels = counts();
  await keeper.close(1_000);
  journal.close();
  note();

  const ends: Record<string, number> = {};
  for (const [end = 'none'] of ended.values()) ends[end] = (ends[end] ?? 0) + 1;
  const dials = dialledNumbers(log);
  return {
    calls: options.calls,
    ends,
    lost: numbers.filter((number) => !ended.has(number)),
    repeated: [...ended].filter(([, all]) => all.length > 1).map(([attempt]) => attempt),
    dialledTwice: [...dials].filter(([, times]) => times > 1).map(([number]) => number),
    dialled: dials.size,
    hostsBegun,
    hostsStarted,
    hostsDied,
    misuse: misuseOf(folder),
    misuseReports: misuseFiles(folder).length,
    channels,
    boardMinutes: Math.round(boardMs / 60_000),
  };
}

function world({ seed, random, crashAtMs }: SoakOptions, folder: string, log: string): object {
  return {
    clock: 'step',
    seed,
    boards: [
      { family: 'springware', channels: 8 },
      { family: 'dm3', network: 't1', channels: 23 },
    ],
    world: {
      audioFolder: speechFolder,
      unlisted: 'mix',
      mixSpeech: { live: ['live-01-en.wav', 'live-03-en.wav'], machine: ['machine-02-en.wav'] },
      extensions: [{ extension: '7001', answerMs: 600 }],
    },
    random: { seed, ...random },
    ...(crashAtMs !== undefined && { faults: [{ kind: 'crash', atMs: crashAtMs, times: 1 }] }),
    log,
    report: join(folder, 'misuse-%p.json'),
  };
}

async function openBoard(bits: Bits, folder: string): Promise<SimulatedBoard> {
  process.env['STANDIN_CONFIG'] = join(folder, 'standin.json');
  try {
    return await openSteppedDialogic(
      {
        driver: 'dialogic',
        libraries: { folder: standin(bits).libraries, clock: 'standin_now' },
        spans: [
          { kind: 'analog', channels: 8, voice: 'dxxxB1C1' },
          { kind: 'isdn', network: 'dtiB1', channels: 23, bridgeLines: 3, voice: 'dxxxB3C1' },
        ],
      },
      bits,
    );
  } finally {
    delete process.env['STANDIN_CONFIG'];
  }
}

/** How often each number went out, by the stand-in's own log; agents' extensions left out. */
function dialledNumbers(log: string): Map<string, number> {
  const dials = new Map<string, number>();
  for (const line of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
    const { dialled: number } = JSON.parse(line) as { dialled?: string };
    if (number === undefined || !number.startsWith('555')) continue;
    dials.set(number, (dials.get(number) ?? 0) + 1);
  }
  return dials;
}

const misuseFiles = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('misuse-'));

function misuseOf(folder: string): Record<string, number> {
  const total: Record<string, number> = {};
  for (const name of misuseFiles(folder)) {
    const { misuse } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      misuse: Record<string, number>;
    };
    for (const [what, times] of Object.entries(misuse)) total[what] = (total[what] ?? 0) + times;
  }
  return total;
}
