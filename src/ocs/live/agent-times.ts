import type { AgentState } from '../../api/presence.ts';
import type { Clock } from '../clock.ts';
import { slotMs, type AgentTime } from '../store/agent-days.ts';
import type { Store } from '../store/store.ts';

/** How long agents are in which state: in memory until it is written, so that a change of state costs no write. */
export interface AgentTimes {
  /** From now on. @param state null when the agent is gone */
  enter(agentId: string, state: AgentState | null, reason: string | null): void;
  /** From the slot of a moment on, until now. */
  since(agentId: string, fromMs: number): Pick<AgentTime, 'state' | 'reason' | 'ms'>[];
  /** Writes what is not written yet. */
  write(): void;
  /** The same, if that was not done within the last five minutes: times go on all the time, and a write waits for the disk. */
  writeAtTimes(): void;
}

const betweenWritesMs = 300_000;

interface Stay {
  readonly state: AgentState;
  readonly reason: string;
  /** Moments of the clock and of `elapsed`: a clock that is put back makes no time. */
  readonly at: number;
  readonly since: number;
}

export function createAgentTimes({ clock, store }: { clock: Clock; store: Store }): AgentTimes {
  const { agentDays, memory } = store;
  const stays = new Map<string, Stay>();
  const unwritten = new Map<string, AgentTime>();

  const slotsOf = (agentId: string, { at, reason, since, state }: Stay): AgentTime[] => {
    const slots: AgentTime[] = [];
    let [from, left] = [at, clock.elapsed() - since];
    while (left > 0) {
      const slotAt = Math.floor(from / slotMs) * slotMs;
      const ms = Math.min(left, slotAt + slotMs - from);
      slots.push({ agentId, slotAt, state, reason, ms });
      from += ms;
      left -= ms;
    }
    return slots;
  };
  /** What was until now is counted, and begins anew. */
  const settle = (agentId: string) => {
    const stay = stays.get(agentId);
    if (stay === undefined) return;
    for (const time of slotsOf(agentId, stay)) {
      const key = JSON.stringify([agentId, time.slotAt, time.state, time.reason]);
      memory.keepEntry(unwritten, key);
      unwritten.set(key, { ...time, ms: time.ms + (unwritten.get(key)?.ms ?? 0) });
    }
    memory.keepEntry(stays, agentId);
    stays.set(agentId, { ...stay, at: clock.now(), since: clock.elapsed() });
  };
  let writtenAt = clock.elapsed();
  const write = () => {
    writtenAt = clock.elapsed();
    if (unwritten.size === 0 && stays.size === 0) return;
    store.transaction(() => {
      for (const agentId of stays.keys()) settle(agentId);
      agentDays.add([...unwritten.values()]);
      for (const key of unwritten.keys()) memory.keepEntry(unwritten, key);
      unwritten.clear();
    });
  };
  return {
    enter: (agentId, state, reason) => {
      settle(agentId);
      memory.keepEntry(stays, agentId);
      if (state === null) stays.delete(agentId);
      else stays.set(agentId, { state, reason: reason ?? '', at: clock.now(), since: clock.elapsed() });
    },
    since: (agentId, fromMs) => {
      const sums = new Map<string, Pick<AgentTime, 'state' | 'reason' | 'ms'>>();
      const add = ({ ms, reason, state }: Pick<AgentTime, 'state' | 'reason' | 'ms'>) => {
        const key = JSON.stringify([state, reason]);
        sums.set(key, { state, reason, ms: ms + (sums.get(key)?.ms ?? 0) });
      };
      const stay = stays.get(agentId);
      const inMemory = [
        ...[...unwritten.values()].filter((time) => time.agentId === agentId),
        ...(stay === undefined ? [] : slotsOf(agentId, stay)),
      ];
      for (const time of agentDays.times(agentId, fromMs)) add(time);
      for (const time of inMemory) if (time.slotAt + slotMs > fromMs) add(time);
      return [...sums.values()];
    },
    write,
    writeAtTimes: () => {
      if (clock.elapsed() - writtenAt >= betweenWritesMs) write();
    },
  };
}
