import type { Log } from '../../domain/log.ts';
import type { Clock } from '../clock.ts';
import type { Memory } from '../store/transactions/memory.ts';
import type { Agent, Agents } from './agents.ts';
import type { Desk, Desks } from './desks.ts';

/** A page that was silent for so long sleeps: no calls are sent to it. Wire-clock ms; it says `Alive` each 5 s. */
export const asleepAfterMs = 15_000;
/** The end of it: what a page said while OCS itself stood still is read in it. Wire-clock ms. */
const lastLookMs = 1_000;

/** States of agents as their desks are told them, and changed by others than the agent. */
export interface AgentStates {
  /** The page of the desk runs. From now on it is told each change, and sleeps when it is silent. Counts at once. */
  alive(desk: Desk, agent: Agent): void;
  /** Somebody else sits at the desk, or nobody. */
  left(desk: Desk): void;
  /** States may have changed: desks that want to know are told once the transaction is kept. */
  changed(): void;
  /** No calls, from the end of the open record on. @param reason why, in a word or a few */
  notReady(agent: Agent, reason: string): void;
  /** As the agent's own LogOut. */
  logOut(agent: Agent): void;
}

export function createAgentStates(parts: {
  agents: Agents;
  clock: Clock;
  desks: Desks;
  log: Log;
  memory: Memory;
  wireClock: Clock;
}): AgentStates {
  const { agents, clock, desks, log, memory, wireClock } = parts;
  /** Desks that say `Alive`: what they were told last, and the end of their time. */
  const pages = new Map<Desk, { agent: Agent; told: string; stop: () => void }>();

  const tell = (desk: Desk, page: { told: string }) => {
    const { agent } = desk;
    if (agent === null) return;
    const { next, reason, state, stateSince } = agent;
    const now = JSON.stringify([state, next, reason, stateSince]);
    if (now === page.told) return;
    page.told = now;
    desk.send({
      GSW_USER_EVENT: 'AgentState',
      GSW_AGENT_STATE: state,
      GSW_NEXT_STATE: next,
      GSW_STATE_MS: Math.round(clock.elapsed() - stateSince),
      ...(reason !== null && { GSW_REASON: reason }),
    });
  };
  let isDue = false;
  const changed = () => {
    if (pages.size === 0) return;
    memory.afterwards(() => {
      if (isDue) return;
      isDue = true;
      // After the acknowledgement of what changed it.
      queueMicrotask(() => {
        isDue = false;
        for (const [desk, page] of pages) tell(desk, page);
      });
    });
  };
  const notReady: AgentStates['notReady'] = (agent, reason) => {
    memory.keep(agent);
    if (agent.next === 'ready') agent.next = 'not_ready';
    agent.reason = reason;
    if (agent.state === 'ready') agents.move(agent, 'not_ready');
    changed();
  };
  const sleeps = (desk: Desk) => {
    const { agent } = desk;
    pages.delete(desk);
    if (agent === null) return;
    log.warn({ agentId: agent.agentId }, 'the page of an agent sleeps; no further calls until Ready');
    if (agent.state !== 'not_ready' && agent.next === 'ready') notReady(agent, 'asleep');
  };
  return {
    alive: (desk, agent) => {
      // What was said before the connection ended, or the agent went to another one, can be carried out after it.
      if (desks.get(agent.agentId) !== desk) return;
      const before = pages.get(desk);
      before?.stop();
      const stop = wireClock.after(asleepAfterMs - lastLookMs, () => {
        page.stop = wireClock.after(lastLookMs, () => {
          sleeps(desk);
        });
      });
      const page = { agent, told: before?.told ?? '', stop };
      pages.set(desk, page);
      // Else it is told each change when that is kept, not before.
      if (before?.agent !== agent) changed();
    },
    left: (desk) => {
      pages.get(desk)?.stop();
      pages.delete(desk);
    },
    changed,
    notReady,
    logOut: (agent) => {
      memory.keep(agent);
      agent.next = 'log_out';
      changed();
      if (agent.handle !== null || agent.attemptId !== null) return;
      const desk = desks.get(agent.agentId);
      if (desk === undefined) agents.remove(agent.agentId);
      else desks.logOut(desk, agent);
    },
  };
}
