import type { Role } from '../../api/roles.ts';
import type { Memory } from '../store/transactions/memory.ts';
import type { Agent, Agents } from './agents.ts';

/** A flat key-value message as on a CTI link. */
export type Message = Record<string, string | number>;

/** Whose browser a desktop is. */
export interface DeskUser {
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly mustChangePassword: boolean;
}

/** The connection of a desktop. */
export interface Desk {
  /** Who is logged in on it; null before the login and after the logout. */
  agent: Agent | null;
  /** Where the connection comes from. */
  readonly address: string;
  /** Who is logged in as a user on it; absent or null without a session. */
  readonly user?: DeskUser | null;
  /** Reference of a LogOut that waits for the record to be closed. */
  logOutReference: string | number | null;
  /** Does nothing once the connection is closed. */
  send(message: Message): void;
  /** @param code of RFC 6455, or one of our own from 4000 on */
  close(code: number, reason: string): void;
}

/** The desks of the agents who are logged in, as all others see them. */
export interface Desks {
  get(agentId: string): Desk | undefined;
  all(): Desk[];
  /** The agent sits here now. @returns the desk it had before, if that was another one */
  seat(agent: Agent, desk: Desk): Desk | null;
  /** The connection is lost. @returns its agent; null when nobody sat there, or sits at another desk by now */
  lost(desk: Desk): Agent | null;
  /** To the agent's desk, if it is connected. */
  push(agentId: string, message: Message): void;
  /** The agent has no record and no call any more; a LogOut that waited for that is carried out. */
  release(agent: Agent): void;
  logOut(desk: Desk, agent: Agent): void;
  /** Nobody sits anywhere any more. */
  closeAll(code: number, reason: string): void;
}

export function createDesks(agents: Agents, memory: Memory): Desks {
  const desks = new Map<string, Desk>();

  const logOut: Desks['logOut'] = (desk, agent) => {
    memory.keepEntry(desks, agent.agentId);
    memory.keep(desk);
    agents.remove(agent.agentId);
    desks.delete(agent.agentId);
    desk.agent = null;
    const reference = desk.logOutReference;
    desk.logOutReference = null;
    memory.afterwards(() => {
      desk.send({
        GSW_USER_EVENT: 'LogOutAcknowledge',
        GSW_AGENT_ID: agent.agentId,
        ...(reference !== null && { GSW_REFERENCE_ID: reference }),
      });
    });
  };

  return {
    get: (agentId) => desks.get(agentId),
    all: () => [...desks.values()],
    seat: (agent, desk) => {
      const before = desks.get(agent.agentId);
      memory.keep(agent);
      memory.keep(desk);
      memory.keepEntry(desks, agent.agentId);
      agent.online = true;
      desk.agent = agent;
      desks.set(agent.agentId, desk);
      return before === undefined || before === desk ? null : before;
    },
    lost: (desk) => {
      const { agent } = desk;
      if (agent === null || desks.get(agent.agentId) !== desk) return null;
      desks.delete(agent.agentId);
      agent.online = false;
      return agent;
    },
    push: (agentId, message) => {
      const desk = desks.get(agentId);
      memory.afterwards(() => desk?.send(message));
    },
    release: (agent) => {
      memory.keep(agent);
      agent.handle = null;
      agent.attemptId = null;
      agent.workSince = null;
      agents.move(agent, agent.next === 'ready' ? 'ready' : 'not_ready');
      const desk = desks.get(agent.agentId);
      // The acknowledgement of what closed the record goes first.
      memory.afterwards(() => {
        queueMicrotask(() => {
          if (desk?.agent === agent && agent.next === 'log_out' && agent.handle === null) logOut(desk, agent);
        });
      });
    },
    logOut,
    closeAll: (code, reason) => {
      for (const desk of desks.values()) desk.close(code, reason);
      desks.clear();
    },
  };
}
