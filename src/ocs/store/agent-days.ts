import type { OcsDatabase } from './database.ts';
import { isShown } from './hidden-records.ts';
import type { RecordRow } from './tables.ts';

/** How long an agent was in a state, in one {@link slotMs} of the clock. */
export interface AgentTime {
  agentId: string;
  /** The beginning of it, ms since 1970. */
  slotAt: number;
  state: string;
  /** Why it was not ready; empty when nobody said. */
  reason: string;
  ms: number;
}

/** Every zone's midnight is at the beginning of one. */
export const slotMs = 15 * 60_000;
/** Nobody asks for more than a day. */
const keptMs = 48 * 3_600_000;

/** What agents did today, and what they have to do. */
export interface AgentDays {
  /** Adds to what is there, and forgets what is too old. */
  add(times: readonly AgentTime[]): void;
  /** From the slot of a moment on. */
  times(agentId: string, fromMs: number): Pick<AgentTime, 'state' | 'reason' | 'ms'>[];
  /** Records that the agent closed since, by the call result that they have now; the most frequent first. */
  closed(agentId: string, fromMs: number): { result: number; attempts: number }[];
  /** Personal callbacks, the first first. */
  callbacks(agentId: string, limit: number): RecordRow[];
}

export function createAgentDays({ sqlite }: OcsDatabase): AgentDays {
  const add = sqlite.prepare(
    `insert into agent_times (agent_id, slot_at, state, reason, ms) values (@agentId, @slotAt, @state, @reason, @ms)
     on conflict do update set ms = ms + excluded.ms`,
  );
  const forget = sqlite.prepare('delete from agent_times where agent_id = ? and slot_at < ?');
  const times = sqlite.prepare<[string, number], Pick<AgentTime, 'state' | 'reason' | 'ms'>>(
    `select state, reason, sum(ms) ms from agent_times where agent_id = ? and slot_at >= ? group by state, reason`,
  );
  const closed = sqlite.prepare<[string, number], { result: number; attempts: number }>(
    `select call_result result, count(*) attempts
     from attempts join records on records.handle = attempts.record_handle
     where closed_by = ? and processed_at >= ? group by call_result order by attempts desc, result`,
  );
  const callbacks = sqlite.prepare<[string, number], RecordRow>(
    `select * from records where agent_id = ? and record_type = 5 and record_status = 1 and ${isShown}
     order by due limit ?`,
  );
  return {
    add: (all) => {
      for (const time of all) {
        add.run(time);
        forget.run(time.agentId, time.slotAt - keptMs);
      }
    },
    times: (agentId, fromMs) => times.all(agentId, Math.floor(fromMs / slotMs) * slotMs),
    closed: (agentId, fromMs) => closed.all(agentId, fromMs),
    callbacks: (agentId, limit) => callbacks.all(agentId, limit),
  };
}
