// Calls with sound and detection on the SIP board as it is shipped, SIPp at the other end sending back what it hears: what
// both cost in one run, and who lost what was not heard.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Board } from '../../../src/board/board.ts';
import { openBoard } from '../../../src/board/open.ts';
import { checkNumber } from '../../../src/domain/number.ts';
import { loopback } from '../../../test/support/board/sip.ts';
import type { PeerProgram } from '../../../test/support/peers/programs.ts';
import { answers, pauses, scenario, startSipp, takes } from '../../../test/support/peers/sipp.ts';
import { boardHostPid, droppedByKernel, processorSeconds } from './system.ts';

/** Fewer than the trunks allow, so that no call waits for its turn. */
const callsPerSecond = 25;
/**
 * SIPp has one socket for the sound of all its calls, with the system's usual buffer: some 270 packets, which are there for
 * 100 ms of so many calls.
 */
const callsOfOneSipp = 50;

const [ours, theirs] = [loopback(0), loopback(1)];
const portOf = (sipp: number) => 5_080 + sipp;

/** Sums over the calls that are up. */
interface Sound {
  sent: number;
  packets: number;
  late: number;
  frames: number;
  lost: number;
}

interface Ticks {
  count: number;
  late: number;
}

interface Reading {
  at: number;
  hostSeconds: number;
  sippSeconds: number;
  droppedHere: number;
  droppedThere: number;
  sound: Sound;
  ticks: Ticks;
}

export async function load(calls: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sip-'));
  const sipps = await startSipps(folder, calls, seconds);
  const board = await openBoard({
    driver: 'sip',
    bind: ours,
    healthEveryMs: 3_600_000,
    trunks: sipps.map((_, i) => ({
      name: `sipp${String(i)}`,
      address: `${theirs}:${String(portOf(i))}`,
      channels: Math.min(callsOfOneSipp, calls - i * callsOfOneSipp),
      callsPerSecond: 4 * callsPerSecond,
    })),
  });
  try {
    const answered = await callAll(board, calls);
    const before = await read(board, sipps);
    await sleep(seconds * 1_000);
    const after = await read(board, sipps);
    console.log(`calls up          ${String(answered)} of ${String(calls)}`);
    tell(before, after, answered);
  } finally {
    await board.close();
    await Promise.all(sipps.map((sipp) => sipp.stop()));
    rmSync(folder, { recursive: true });
  }
}

function startSipps(folder: string, calls: number, seconds: number): Promise<PeerProgram[]> {
  const count = Math.ceil(calls / callsOfOneSipp);
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const own = join(folder, String(i));
      mkdirSync(own);
      return startSipp(
        own,
        { ip: theirs, port: portOf(i) },
        scenario(answers('200 OK', { sdp: true }), takes('ACK'), pauses(600_000)),
        // SIPp has a second socket two ports above.
        {
          count: 10 * callsOfOneSipp,
          mediaPort: 30_000 + 10 * i,
          seconds: 120 + calls / callsPerSecond + seconds,
        },
      );
    }),
  );
}

/** @returns how many were answered */
async function callAll(board: Board, calls: number): Promise<number> {
  let answered = 0;
  board.onEvent((event) => {
    if (event.type === 'seized')
      board.dial(event.channel, event.ref, checkNumber('12125550100'), {
        plan: 'US',
        mode: 'accurate_am_detection',
        ringTimeoutMs: 60_000,
        // Nobody speaks: the detector listens as long as it takes.
        cpdTimeoutMs: 600_000,
      });
    if (event.type === 'answered') answered += 1;
  });
  for (let channel = 1; channel <= calls; channel += 1) {
    board.seize(channel, channel);
    await sleep(1_000 / callsPerSecond);
  }
  const until = performance.now() + 30_000;
  while (answered < calls && performance.now() < until) await sleep(100);
  return answered;
}

async function read(board: Board, sipps: PeerProgram[]): Promise<Reading> {
  const { calls } = (await board.report('channels')) as { calls: Sound[] };
  const { ticks } = (await board.report('inventory')) as { ticks: Ticks };
  const sum = (field: keyof Sound) => calls.reduce((all, each) => all + each[field], 0);
  return {
    at: performance.now(),
    hostSeconds: processorSeconds(boardHostPid()),
    sippSeconds: sipps.reduce((all, { child }) => all + processorSeconds(child.pid ?? 0), 0),
    droppedHere: droppedByKernel(ours),
    droppedThere: droppedByKernel(theirs),
    sound: {
      sent: sum('sent'),
      packets: sum('packets'),
      late: sum('late'),
      frames: sum('frames'),
      lost: sum('lost'),
    },
    ticks,
  };
}

function tell(before: Reading, after: Reading, answered: number): void {
  const elapsed = (after.at - before.at) / 1_000;
  const host = (after.hostSeconds - before.hostSeconds) / elapsed;
  const sipp = (after.sippSeconds - before.sippSeconds) / elapsed;
  const sound = (field: keyof Sound) => after.sound[field] - before.sound[field];
  const here = after.droppedHere - before.droppedHere;
  const there = after.droppedThere - before.droppedThere;
  const missing = sound('sent') - there - here - sound('packets');
  const percent = (share: number, digits: number) => (100 * share).toFixed(digits);
  console.log(`board host        ${percent(host, 1)} % of a core: SIP, sound and detection
SIPp              ${percent(sipp, 1)} % of a core: sound sent back, nothing decoded
board host / SIPp ${(host / sipp).toFixed(2)}
late ticks        ${String(after.ticks.late - before.ticks.late)} of ${String(after.ticks.count - before.ticks.count)}
frames            ${String(sound('frames'))}, expected ${String(Math.round(50 * elapsed * answered))}
lost frames       ${String(sound('lost'))} (${percent(sound('lost') / sound('frames'), 2)} %)
packets sent      ${String(sound('sent'))} by the board host
  lost on the way ${String(there)}: SIPp's buffers were full
  not sent back   ${String(missing)}; those on their way are among them, or came before they were counted
  lost back here  ${String(here)}: the board host's buffers were full
  taken           ${String(sound('packets'))}, ${String(sound('late'))} of them too late for their frame`);
}
