import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Memory } from '../store/transactions/memory.ts';
import type { AgentStates } from './agent-states.ts';
import type { Agent, Agents } from './agents.ts';
import type { Desks } from './desks.ts';
import type { Dialers } from './dialers.ts';

/** Why an agent's telephone cannot be used; the desktop gets it as `GSW_REASON`. */
export type TelephoneFault = 'not_taken' | 'leg_failed' | 'extension_not_allowed';

const sentences: Record<TelephoneFault, string> = {
  not_taken: 'the telephone did not take a call; check it, then send Ready',
  leg_failed: 'the telephone could not be connected to the dialler; check it, then send Ready',
  extension_not_allowed: 'no dialler may call this extension; log in with another one',
};

/** The telephones of the agents: one that fails must cost one person, not one at each call. */
export interface Telephones {
  /** @throws CodedError EXTENSION_NOT_ALLOWED when no dialler that is here may call it */
  check(extension: string): void;
  /** The agent gets no call until it says Ready, and is told why. */
  failed(agent: Agent, fault: TelephoneFault): void;
  /** A dialler said which extensions it may call: agents whose telephones none may call are not ready. */
  checkAll(): void;
}

export function createTelephones(parts: {
  agents: Agents;
  agentStates: Pick<AgentStates, 'notReady'>;
  desks: Desks;
  dialers: Dialers;
  log: Log;
  memory: Memory;
}): Telephones {
  const { agents, agentStates, desks, dialers, log, memory } = parts;
  const failed: Telephones['failed'] = (agent, fault) => {
    agentStates.notReady(agent, fault);
    const { agentId } = agent;
    memory.afterwards(() => {
      log.warn({ agentId, fault }, 'telephone of an agent failed; no further calls until Ready');
    });
    desks.push(agent.agentId, {
      GSW_USER_EVENT: 'AgentNotReady',
      GSW_AGENT_STATE: 'not_ready',
      GSW_EXTENSION: agent.extension,
      GSW_REASON: fault,
      GSW_MESSAGE: sentences[fault],
    });
  };
  return {
    check: (extension) => {
      if (dialers.someReaches(extension)) return;
      throw new CodedError('EXTENSION_NOT_ALLOWED', 'GSW_EXTENSION: no dialler may call this extension', {
        field: 'GSW_EXTENSION',
        found: extension,
        expected: 'an extension that extensions.allow of a dialler permits',
      });
    },
    failed,
    checkAll: () => {
      for (const agent of agents.all()) {
        const works = agent.state !== 'not_ready' && agent.next === 'ready';
        if (works && !dialers.someReaches(agent.extension)) failed(agent, 'extension_not_allowed');
      }
    },
  };
}
