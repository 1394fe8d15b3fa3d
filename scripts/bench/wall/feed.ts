import type { LiveAgent, LiveCampaign, LiveDialer, LiveMessage, LiveTopic } from '../../../src/api/live.ts';

export interface FeedOptions {
  agents: number;
  campaigns: number;
  /** Agents that go into another state with each tick. */
  moving: number;
}

const states = ['ready', 'reserved', 'busy', 'wrap_up'] as const;

/** What a busy OCS tells of campaigns, agents and a dialler: the same with each run. */
export function createFeed({ agents, campaigns, moving }: FeedOptions) {
  const begun = Date.now();
  const nameOf = (n: number) => `agent-${String(n).padStart(3, '0')}`;
  let tick = 0;
  const seqs: Partial<Record<LiveTopic, number>> = {};
  const head = (topic: LiveTopic) => {
    seqs[topic] = (seqs[topic] ?? 0) + 1;
    return { topic, seq: seqs[topic], at: Date.now() };
  };
  return {
    snapshots: (): LiveMessage[] => [
      {
        type: 'snapshot',
        ...head('campaigns'),
        items: Array.from({ length: campaigns }, (_, n) => campaignAt(n)),
      },
      {
        type: 'snapshot',
        ...head('agents'),
        items: Array.from({ length: agents }, (_, n) => agentAt(nameOf(n), n, begun)),
      },
      { type: 'snapshot', ...head('diallers'), items: [dialer] },
    ],
    /** The changes of 250 ms; the beat each second. */
    next: (): LiveMessage[] => {
      tick += 1;
      const moved = Array.from({ length: moving }, (_, n) => {
        const { agentId, campaign, since, state } = agentAt(
          nameOf((tick * moving + n) % agents),
          tick + n,
          Date.now(),
        );
        return { agentId, campaign, since, state };
      });
      const counted = Array.from({ length: campaigns }, (_, n) => {
        const { agents: byState, calls, left, name, recentMinutes, recentResults } = campaignAt(n, tick);
        return { name, calls, left, agents: byState, recentMinutes, recentResults };
      });
      return [
        { type: 'change', ...head('campaigns'), set: counted, gone: [] },
        { type: 'change', ...head('agents'), set: moved, gone: [] },
        {
          type: 'change',
          ...head('diallers'),
          set: [{ dialerId: 'd1', free: tick % 30, calls: 400 + (tick % 90) }],
          gone: [],
        },
        ...(tick % 4 === 0 ? [{ type: 'beat', at: Date.now(), seqs: { ...seqs } } as const] : []),
      ];
    },
  };
}

function agentAt(agentId: string, n: number, since: number): LiveAgent {
  return {
    ...{ agentId, group: n % 2 === 0 ? 'sales' : 'service', state: states[n % 4] ?? 'ready', since },
    ...{ next: 'ready', reason: null, online: true, limitMs: null, campaign: `campaign ${String(n % 5)}` },
  };
}

function campaignAt(n: number, tick = 0): LiveCampaign {
  const at = tick + n;
  const counts = { attempts: at, live: 900 + at, abandoned: 20 };
  return {
    ...{ name: `campaign ${String(n)}`, list: 'customers', mode: 'predictive', group: 'sales' },
    state: 'running',
    calls: {
      leased: 2,
      dialling: 30 + (at % 7),
      answered: 2,
      waiting: at % 3,
      connected: 18 + (at % 5),
      ending: 1,
    },
    agents: { ready: at % 4, reserved: 1, busy: 14, wrap_up: at % 6, not_ready: 2 },
    ...{ ...counts, openRecords: 40, results: {}, warnings: [], obstacles: [] },
    ...{ abandonedRatePct: 2.1, abandonedWindow: 'campaign', targetAbandonedPct: 3 },
    ...{ total: 20_000, left: 12_000 - at },
    recentMinutes: Array.from(
      { length: 30 },
      (_, minute) => 30 + ((minute * 7) % 11) + (minute === 29 ? at : 0),
    ),
    recentResults: { Answer: 400 + at, 'No Answer': 500 + at, Busy: 90, 'Answering Machine': 210 },
    pacing: {
      rule: 'rate',
      calls: 3,
      explanation: '3 calls: 2 agents are ready, 31 % of calls are live, the rate is below its limit',
    },
  };
}

const dialer: LiveDialer = {
  ...{ dialerId: 'd1', lost: false, free: 0, channels: { inService: 500, busy: 480 }, calls: 480 },
  ...{ canWatch: true, board: 'ok' },
};
