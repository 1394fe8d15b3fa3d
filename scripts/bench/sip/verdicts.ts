// Verdicts over SIP and RTP with jitter and loss beside those of the simulator: the people and machines of examples/speech,
// each called once in each network. Both ends are under one stepped clock, so that the machine's load changes nothing.
import { readdirSync } from 'node:fs';
import { openSipBench } from '../../../test/support/board/sip.ts';
import { openSimBench, simWorld, speechFolder } from '../../../test/support/board/sim.ts';
import type { BoardBench } from '../../../test/support/board/bench.ts';

const jittersMs = [0, 30, 80];
const lossPercents = [0, 1, 3];

const subscribers = readdirSync(speechFolder)
  .filter((name) => /^(live|machine)-.*\.wav$/.test(name))
  .map((name, i) => ({
    number: String(5_551_000 + i),
    kind: name.startsWith('live') ? ('live' as const) : ('machine' as const),
    ringMs: 2_500,
    speech: [name],
    patienceMs: 30_000,
  }));
const world = simWorld({ subscribers });
const channels = subscribers.length;

interface Heard {
  live: boolean;
  /** From the answer to the verdict. */
  ms: number;
  right: boolean;
}

async function heardBy(bench: BoardBench): Promise<Heard[]> {
  try {
    const refs = [];
    for (const [i, { number }] of subscribers.entries()) refs.push(await bench.dial(i + 1, number));
    const heard: Heard[] = [];
    for (const [i, ref] of refs.entries()) {
      const live = subscribers[i]?.kind === 'live';
      const verdict = await bench.until({ type: 'verdict', ref });
      if (verdict.type !== 'verdict') throw new Error('no verdict');
      const answered = bench.find({ type: 'answered', ref })?.at ?? verdict.at;
      heard.push({ live, ms: verdict.at - answered, right: (verdict.verdict === 'live') === live });
    }
    return heard;
  } finally {
    await bench.board.close();
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function row(network: string, heard: Heard[]): string {
  const cells = [true, false].flatMap((live) => {
    const those = heard.filter((each) => each.live === live);
    const times = those.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const right = those.filter((each) => each.right).length;
    const ms = [0.5, 0.95].map((share) => Math.round(quantile(times, share)).toLocaleString('en'));
    return [`${String(right)} of ${String(those.length)}`, ...ms];
  });
  return `| ${[network, ...cells].join(' | ')} |`;
}

/** Prints the table of `docs/sip.md`. */
export async function verdictTimes(): Promise<void> {
  console.log('| network | people right | p50 ms | p95 ms | machines right | p50 ms | p95 ms |');
  console.log(`|${' --- |'.repeat(7)}`);
  const { bench } = await openSimBench({ world, trunks: [{ kind: 'isdn', channels }] });
  console.log(row('simulator', await heardBy(bench)));
  for (const jitterMs of jittersMs) {
    for (const lossPercent of lossPercents) {
      const habits = [`jitterMs=${String(jitterMs)}`, `lossPercent=${String(lossPercent)}`];
      const sip = await openSipBench({ habits, world, trunk: { channels } });
      console.log(
        row(`SIP, jitter ${String(jitterMs)} ms, loss ${String(lossPercent)} %`, await heardBy(sip)),
      );
    }
  }
}
