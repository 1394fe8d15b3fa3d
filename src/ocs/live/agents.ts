import type { AgentState } from '../../api/presence.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Clock } from '../clock.ts';
import type { Memory } from '../store/transactions/memory.ts';

/** The one door into a state. */
const moves: Record<AgentState, readonly AgentState[]> = {
  not_ready: ['ready', 'reserved', 'busy', 'wrap_up'],
  ready: ['not_ready', 'reserved', 'busy'],
  reserved: ['ready', 'not_ready', 'busy'],
  busy: ['wrap_up', 'ready', 'not_ready'],
  wrap_up: ['ready', 'not_ready'],
};

/** An agent who is logged in. */
export interface Agent {
  readonly agentId: string;
  extension: string;
  group: string;
  state: AgentState;
  /** `elapsed` of the OCS clock, as the two that follow. */
  stateSince: number;
  /** The longest idle agent is served first; a call that never reached the agent does not cost its place. */
  idleSince: number;
  /** The call that the agent waits for or has; null in wrap-up and when idle. */
  attemptId: string | null;
  /** The record on the agent's screen. */
  handle: number | null;
  /** Since reservation; `elapsed` of the OCS clock. */
  workSince: number | null;
  /** What comes when the record is closed. */
  next: 'ready' | 'not_ready' | 'log_out';
  /** Why it is not ready, or will not be; null when nobody said. */
  reason: string | null;
  /** False while the desktop's connection is lost. */
  online: boolean;
  /** Seizing modes: the agent's leg on the board. */
  leg: 'none' | 'asked' | 'up';
}

/** The agents and their states. In memory: an agent logs in again when OCS was restarted. */
export interface Agents {
  get(agentId: string): Agent | undefined;
  all(): Agent[];
  byExtension(extension: string): Agent | undefined;
  byAttempt(attemptId: string): Agent | undefined;
  /**
   * Adds the agent, in place of what was known under this id.
   * @throws CodedError ILLEGAL_STATE when the extension is another agent's
   */
  add(agentId: string, extension: string, group: string): Agent;
  remove(agentId: string): void;
  move(agent: Agent, to: AgentState): void;
  /** The longest idle ready agent who is online and suits; null when there is none. */
  idle(group: string, suits?: (agent: Agent) => boolean): Agent | null;
}

/** @param entered told each state that an agent comes into; null when it is gone */
export function createAgents(
  clock: Clock,
  memory: Memory,
  changed: () => void,
  entered: (agent: Agent, state: AgentState | null) => void,
): Agents {
  const agents = new Map<string, Agent>();
  const find = (suits: (agent: Agent) => boolean) => [...agents.values()].find(suits);
  return {
    get: (agentId) => agents.get(agentId),
    all: () => [...agents.values()],
    byExtension: (extension) => find((agent) => agent.extension === extension),
    byAttempt: (attemptId) => find((agent) => agent.attemptId === attemptId),
    add: (agentId, extension, group) => {
      const other = find((agent) => agent.extension === extension && agent.agentId !== agentId);
      if (other !== undefined) {
        throw new CodedError('ILLEGAL_STATE', `extension ${extension} is agent ${other.agentId}'s`, {
          field: 'GSW_EXTENSION',
          found: extension,
          expected: 'an extension no other agent uses',
        });
      }
      const agent: Agent = {
        agentId,
        extension,
        group,
        state: 'not_ready',
        stateSince: clock.elapsed(),
        idleSince: clock.elapsed(),
        attemptId: null,
        handle: null,
        workSince: null,
        next: 'ready',
        reason: null,
        online: true,
        leg: 'none',
      };
      memory.keepEntry(agents, agentId);
      agents.set(agentId, agent);
      entered(agent, agent.state);
      changed();
      return agent;
    },
    remove: (agentId) => {
      const agent = agents.get(agentId);
      if (agent !== undefined) entered(agent, null);
      memory.keepEntry(agents, agentId);
      agents.delete(agentId);
      changed();
    },
    move: (agent, to) => {
      if (agent.state === to) return;
      if (!moves[agent.state].includes(to)) {
        throw new CodedError(
          'ILLEGAL_STATE',
          `agent ${agent.agentId} cannot go from ${agent.state} to ${to}`,
          {
            field: 'state',
            found: to,
            expected: moves[agent.state].join(', '),
          },
        );
      }
      memory.keep(agent);
      // Back from a call that never came: the agent keeps its place in the queue.
      if (to === 'ready' && agent.state !== 'reserved') agent.idleSince = clock.elapsed();
      agent.state = to;
      agent.stateSince = clock.elapsed();
      entered(agent, to);
      changed();
    },
    idle: (group, suits = () => true) => {
      const ready = [...agents.values()].filter(
        (agent) => agent.group === group && agent.state === 'ready' && agent.online && suits(agent),
      );
      return ready.sort((a, b) => a.idleSince - b.idleSince)[0] ?? null;
    },
  };
}
