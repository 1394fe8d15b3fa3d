import type { CallPhase } from '../../../src/domain/call/call-state.ts';
import { changedChannels, type ChannelWatchOptions } from '../../../src/dialer/channel-watch.ts';
import { ChannelStory } from '../../../src/dialer/channels/channel-story.ts';
import type { ChannelEntry } from '../../../src/dialer/channels/channel-table.ts';
import type { RunningCall } from '../../../src/dialer/call/running-call.ts';

const rounds = 200;

/** How long a dialler needs to find out what its channels do, in ms: the median of many looks. */
export function measureLooks(channels: number): { idleMs: number; allMs: number } {
  let phase: CallPhase = 'alerting';
  const calls = new Map<string, RunningCall>();
  const entries = Array.from({ length: channels }, (_, n): ChannelEntry => {
    const id = `attempt-${String(n)}`;
    const call = {
      get state() {
        const request = { attemptId: id, campaign: 'spring', handoff: { kind: 'agent' } };
        return { phase, phaseSince: 1, agentId: null, request };
      },
    };
    calls.set(id, call as unknown as RunningCall);
    return {
      ...{ channel: n + 1, span: Math.floor(n / 30), kind: 'isdn', cpa: [], ref: n + 1, alarms: new Set() },
      ...{ boardReason: null, restReason: null, faults: 0, cancelRest: () => {}, use: 'call', useSince: 1 },
      owner: { kind: 'call', id, onEvent: () => {} },
      story: new ChannelStory(),
    };
  });
  const options: Pick<ChannelWatchOptions, 'pool' | 'live' | 'legs' | 'now'> = {
    pool: { entries: () => entries, dead: false },
    live: { find: (id) => calls.get(id) },
    legs: { snapshot: () => [] },
    now: () => 1_000,
  };
  const told = new Map<number, string>();
  const timed = (look: () => void) => {
    const times = Array.from({ length: rounds }, () => {
      const before = performance.now();
      look();
      return performance.now() - before;
    });
    return Math.round((times.sort((a, b) => a - b)[rounds / 2] ?? 0) * 100) / 100;
  };
  const whole = () => {
    while (changedChannels(options, told).length > 0);
  };
  whole();
  const idleMs = timed(whole);
  const allMs = timed(() => {
    phase = phase === 'alerting' ? 'answered' : 'alerting';
    JSON.stringify(changedChannels(options, told));
  });
  return { idleMs, allMs };
}
