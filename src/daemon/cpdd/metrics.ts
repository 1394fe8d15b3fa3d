import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Board } from '../../board/board.ts';
import type { CallSnapshot, ChannelSnapshot, DialerObserver, DialerStatus } from '../../dialer/contract.ts';
import { callResultLabel } from '../../domain/result.ts';
import type { TokenWatch } from '../../http/token-watch.ts';

/** What the gauges read at each scrape; null while no dialler runs. */
export interface MetricsSource {
  status: () => DialerStatus | null;
  calls: () => CallSnapshot[];
  channels: () => ChannelSnapshot[];
  boardUp: () => boolean;
}

export interface CpddMetrics {
  registry: Registry;
  observer: DialerObserver;
  boardOpened(): void;
}

/** Prometheus metrics of cpdd. Times in seconds, as Prometheus wants them. */
export function createCpddMetrics(source: MetricsSource): CpddMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  addGauges(registers, source);
  const ended = countEndedCalls(registers);
  const overflow = new Counter({
    name: 'cpdd_board_events_lost_total',
    help: 'Board events lost because they were not processed in time.',
    registers,
  });
  const unknownAnnouncements = new Counter({
    name: 'cpdd_unknown_announcements_total',
    help: 'Requests taken with an announcement that is not configured.',
    registers,
  });
  const refusals = new Counter({
    name: 'cpdd_refused_total',
    help: 'Requests and agent legs refused by the dial plan or a limit, by code.',
    labelNames: ['code'],
    registers,
  });
  const alarms = new Gauge({
    name: 'cpdd_board_alarm',
    help: '1 while an alarm is active on a span.',
    labelNames: ['span', 'alarm'],
    registers,
  });
  const opened = new Counter({
    name: 'cpdd_board_opens_total',
    help: 'How often a board was opened, including the first time.',
    registers,
  });

  return {
    registry,
    boardOpened: () => opened.inc(),
    observer: {
      ended,
      refused: (code) => refusals.inc({ code }),
      unknownAnnouncement: () => unknownAnnouncements.inc(),
      overflow: (count) => overflow.inc(count),
      alarm: ({ span, alarm, on }) => alarms.set({ span: String(span), alarm }, Number(on)),
      // A new board reports its alarms anew.
      boardDead: () => alarms.reset(),
    },
  };
}

/** What is so at the moment of a scrape. */
function addGauges(registers: Registry[], source: MetricsSource): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counted = <T>(name: string, help: string, label: string, read: () => T[], of: (item: T) => string) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const item of read()) this.inc({ [label]: of(item) });
      },
    });

  counted('cpdd_calls', 'Calls now, by phase.', 'phase', source.calls, (call) => call.phase);
  counted('cpdd_channels', 'Channels now, by use.', 'use', source.channels, (channel) => channel.use);
  gauge('cpdd_ocs_link_up', '1 while OCS answers.', () => Number(source.status()?.link === 'up'));
  gauge('cpdd_board_up', '1 while the board is open.', () => Number(source.boardUp()));
  gauge('cpdd_journal_unacknowledged', 'Reports that OCS has not acknowledged.', () => {
    return source.status()?.unacknowledged ?? 0;
  });
  gauge('cpdd_journal_up', '1 while the journal can be written.', () => {
    return Number((source.status()?.journal ?? 'ok') === 'ok');
  });
  gauge('cpdd_late_events', 'Events for calls that had ended, since the board was opened.', () => {
    return source.status()?.lateEvents ?? 0;
  });
}

/** Counts the wrong tokens that the admin server was shown, read at each scrape. */
export function countWrongTokens(registry: Registry, tokenWatch: Pick<TokenWatch, 'total'>): void {
  new Counter({
    name: 'cpdd_wrong_tokens_total',
    help: 'Requests to the admin server with a wrong token or none.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(tokenWatch.total());
    },
  });
}

/** Of the detector: `followRecording` in `native/cpd/known_verdict.cc`. */
const knownRecordingRule = 'known-recording';

/** @returns what counts an ended call; a test call counts nowhere */
function countEndedCalls(registers: Registry[]): NonNullable<DialerObserver['ended']> {
  const results = new Counter({
    name: 'cpdd_call_results_total',
    help: 'Calls ended, by result and status.',
    labelNames: ['result', 'status'],
    registers,
  });
  const verdicts = new Counter({
    name: 'cpdd_verdicts_total',
    help: 'Calls ended, by verdict.',
    labelNames: ['verdict'],
    registers,
  });
  const corrections = new Counter({
    name: 'cpdd_corrections_total',
    help: 'Verdicts that the detector corrected, and whether that came in time to change the call.',
    labelNames: ['from', 'to', 'taken'],
    registers,
  });
  const recordings = new Counter({
    name: 'cpdd_known_recordings_heard_total',
    help: 'Calls ended on which a known recording was heard, and whether it decided the verdict.',
    labelNames: ['decided'],
    registers,
  });
  const handBacks = new Counter({
    name: 'cpdd_hand_backs_total',
    help: 'Requests handed back without dialling, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const verdictSeconds = new Histogram({
    name: 'cpdd_answer_to_verdict_seconds',
    help: 'From answer to verdict, in board time.',
    buckets: [0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10],
    registers,
  });
  const agentSeconds = new Histogram({
    name: 'cpdd_wait_for_agent_seconds',
    help: 'From the end of the greeting (the verdict if later) to the agent, in board time.',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
    registers,
  });

  return (end) => {
    if (end.test) return;
    if (end.handBack !== null) handBacks.inc({ reason: end.handBack });
    if (end.outcome !== null) {
      results.inc({ result: callResultLabel[end.outcome.result], status: end.outcome.status });
      const { rule, verdict = null, correction, recording } = end.outcome.evidence ?? {};
      const decidedBy = correction?.insteadOf.rule ?? rule;
      if (recording !== undefined) recordings.inc({ decided: String(decidedBy === knownRecordingRule) });
      if (verdict !== null) verdicts.inc({ verdict });
      if (correction !== undefined) {
        const { verdict: to, taken, insteadOf } = correction;
        corrections.inc({ from: insteadOf.verdict ?? 'none', to, taken: String(taken) });
      }
    }
    if (end.answerToVerdictMs !== null) verdictSeconds.observe(end.answerToVerdictMs / 1_000);
    if (end.waitForAgentMs !== null) agentSeconds.observe(end.waitForAgentMs / 1_000);
  };
}

/** What `native/board/sip/line/report.cc` says of one trunk, as far as metrics need it. */
interface TrunkReport {
  trunk: string;
  state: string;
  calls: number;
  answered: number;
  frames: number;
  lost: number;
  late: number;
  dropped: number;
  /** Legs long enough to be judged, and those of them that sounded poor. */
  judged: number;
  poor: number;
}

interface SipReport {
  trunks: TrunkReport[];
  messages: {
    received: number;
    sent: number;
    strangers: number;
    refusedConnections: number;
    refused: number;
  };
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
    help: 'SIP messages by kind: received, sent; strangers: requests left unanswered; refused: of no call of ours; refusedConnections: TCP connections closed at once.',
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
  total(
    'cpdd_rtp_dropped_packets_total',
    'Packets that came while this host was too slow to take them.',
    ({ dropped }) => dropped,
  );
  total('cpdd_rtp_judged_total', 'Legs of 2 s and more, whose sound was judged.', ({ judged }) => judged);
  total('cpdd_rtp_poor_total', 'Those of them with a MOS estimate below 3.6.', ({ poor }) => poor);
}

async function ask(board: Pick<Board, 'inventory' | 'report'> | null): Promise<SipReport | null> {
  if (board?.inventory().driver !== 'sip') return null;
  // A board that dies while it is asked has nothing to say.
  return (await board.report('inventory').catch(() => null)) as SipReport | null;
}
