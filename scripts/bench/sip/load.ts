// Calls with sound and detection on the SIP board as it is shipped, SIPp at the other end sending back what it hears: what
// both cost, in one run.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBoard } from '../../../src/board/open.ts';
import { checkNumber } from '../../../src/domain/number.ts';
import { loopback } from '../../../test/support/board/sip.ts';
import { answers, pauses, scenario, startSipp, takes } from '../../../test/support/peers/sipp.ts';

const clockTicksASecond = 100;
/** Fewer than the trunk allows, so that no call waits for its turn. */
const callsPerSecond = 25;

/** Processor seconds that a process has used. */
function processorSeconds(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksASecond;
}

function boardHostPid(): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const [before = '', after = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ');
      if (before.endsWith('(boardhost-sip') && after.split(' ')[1] === String(process.pid))
        return Number(name);
    } catch {
      // Gone meanwhile.
    }
  }
  throw new Error('no board host of this process');
}

interface Ticks {
  count: number;
  late: number;
}

interface Trunk {
  frames: number;
  lost: number;
}

export async function load(calls: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sip-'));
  const at = { ip: loopback(1), port: 5080 };
  const sipp = await startSipp(
    folder,
    at,
    scenario(answers('200 OK', { sdp: true }), takes('ACK'), pauses(600_000)),
    10 * calls,
  );
  const board = await openBoard({
    driver: 'sip',
    bind: loopback(0),
    healthEveryMs: 3_600_000,
    trunks: [
      {
        name: 'sipp',
        address: `${at.ip}:${String(at.port)}`,
        channels: calls,
        callsPerSecond: 4 * callsPerSecond,
      },
    ],
  });
  try {
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
    const host = boardHostPid();
    const peer = sipp.child.pid ?? 0;
    const sound = async () => ((await board.report('channels')) as { calls: Trunk[] }).calls;
    const ticksOf = async () => ((await board.report('inventory')) as { ticks: Ticks }).ticks;
    const sum = (of: Trunk[], field: keyof Trunk) => of.reduce((all, each) => all + each[field], 0);
    const [before, hostBefore, peerBefore] = [await sound(), processorSeconds(host), processorSeconds(peer)];
    const ticksBefore = await ticksOf();
    const began = performance.now();
    await sleep(seconds * 1_000);
    const elapsed = (performance.now() - began) / 1_000;
    const after = await sound();
    const ticks = await ticksOf();
    const hostShare = (processorSeconds(host) - hostBefore) / elapsed;
    const peerShare = (processorSeconds(peer) - peerBefore) / elapsed;
    const frames = sum(after, 'frames') - sum(before, 'frames');
    const lost = sum(after, 'lost') - sum(before, 'lost');
    console.log(`calls up          ${String(answered)} of ${String(calls)}`);
    console.log(`board host        ${(100 * hostShare).toFixed(1)} % of a core: SIP, sound and detection`);
    console.log(
      `SIPp              ${(100 * peerShare).toFixed(1)} % of a core: sound sent back, nothing decoded`,
    );
    console.log(`board host / SIPp ${(hostShare / peerShare).toFixed(2)}`);
    console.log(
      `frames            ${String(frames)}, expected ${String(Math.round(50 * elapsed * answered))}`,
    );
    console.log(`lost frames       ${String(lost)}`);
    console.log(
      `late ticks        ${String(ticks.late - ticksBefore.late)} of ${String(ticks.count - ticksBefore.count)}`,
    );
  } finally {
    await board.close();
    await sipp.stop();
    rmSync(folder, { recursive: true });
  }
}
