import { Counter, Gauge, type Registry } from 'prom-client';
import type { Board } from '../board/board.ts';

/** What `native/board/sip/line/report.cc` says of one trunk, as far as metrics need it. */
interface TrunkReport {
  trunk: string;
  state: string;
  calls: number;
  answered: number;
  frames: number;
  lost: number;
  late: number;
  /** Legs long enough to be judged, and those of them that sounded poor. */
  judged: number;
  poor: number;
}

interface SipReport {
  trunks: TrunkReport[];
  messages: { received: number; sent: number; strangers: number; refused: number };
}

/** So long one report serves the metrics of one scrape, in ms. */
const sameScrapeMs = 500;

/** SIP trunks and their sound, read from the board at each scrape; of boards without trunks nothing is shown. */
export function addSipMetrics(
  registry: Registry,
  board: () => Pick<Board, 'inventory' | 'report'> | null,
): void {
  const registers = [registry];
  let asked = { at: -Infinity, report: Promise.resolve<SipReport | null>(null) };
  const report = () => {
    const now = performance.now();
    if (now - asked.at > sameScrapeMs) asked = { at: now, report: ask(board()) };
    return asked.report;
  };
  const total = (name: string, help: string, of: (trunk: TrunkReport) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['trunk'],
      registers,
      async collect() {
        const read = await report();
        this.reset();
        for (const trunk of read?.trunks ?? []) this.inc({ trunk: trunk.trunk }, of(trunk));
      },
    });

  new Gauge({
    name: 'cpdd_sip_trunk_up',
    help: '1 while the trunk takes calls.',
    labelNames: ['trunk'],
    registers,
    async collect() {
      const read = await report();
      this.reset();
      for (const { trunk, state } of read?.trunks ?? []) this.set({ trunk }, Number(state === 'in_service'));
    },
  });
  new Counter({
    name: 'cpdd_sip_messages_total',
    help: 'SIP messages by kind: received, sent; strangers: requests left unanswered; refused: of no call of ours.',
    labelNames: ['kind'],
    registers,
    async collect() {
      const read = await report();
      this.reset();
      for (const [kind, count] of Object.entries(read?.messages ?? {})) this.inc({ kind }, count);
    },
  });
  total('cpdd_sip_calls_total', 'INVITEs that are over, agents’ legs among them.', ({ calls }) => calls);
  total('cpdd_sip_answered_total', 'Those of them that were answered.', ({ answered }) => answered);
  total(
    'cpdd_rtp_frames_total',
    'Frames of 20 ms that were heard or should have been.',
    ({ frames }) => frames,
  );
  total('cpdd_rtp_lost_frames_total', 'Those of them that did not come in time.', ({ lost }) => lost);
  total('cpdd_rtp_late_packets_total', 'Packets that came when their frame had left.', ({ late }) => late);
  total('cpdd_rtp_judged_total', 'Legs of 2 s and more, whose sound was judged.', ({ judged }) => judged);
  total('cpdd_rtp_poor_total', 'Those of them with a MOS estimate below 3.6.', ({ poor }) => poor);
}

async function ask(board: Pick<Board, 'inventory' | 'report'> | null): Promise<SipReport | null> {
  if (board?.inventory().driver !== 'sip') return null;
  // A board that dies while it is asked has nothing to say.
  return (await board.report('inventory').catch(() => null)) as SipReport | null;
}
