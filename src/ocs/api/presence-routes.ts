import { presenceOperations } from '../../api/presence.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Serve } from '../../http/serve.ts';
import { groupsSeen, isSeen, mustSee, type Caller } from '../access/caller.ts';
import type { Clock } from '../clock.ts';
import type { AgentStates } from '../live/agent-states.ts';
import type { Agent, Agents } from '../live/agents.ts';
import type { Calls } from '../live/calls.ts';
import type { Dialers } from '../live/dialers.ts';

export interface PresenceParts {
  agents: Agents;
  agentStates: AgentStates;
  calls: Calls;
  clock: Clock;
  dialers: Dialers;
  wireClock: Clock;
}

/** Who is there: agents and diallers. */
export function servePresence(serve: Serve, parts: PresenceParts): void {
  const { agents, calls, clock, dialers, wireClock } = parts;
  serve(presenceOperations.listAgents, ({ caller }) => ({
    agents: agents
      .all()
      .filter(({ group }) => isSeen(groupsSeen(caller), group))
      .map((agent) => ({
        agentId: agent.agentId,
        extension: agent.extension,
        group: agent.group,
        state: agent.state,
        stateMs: clock.elapsed() - agent.stateSince,
        online: agent.online,
        leg: agent.leg,
        recordHandle: agent.handle,
        attemptId: agent.attemptId,
      })),
  }));
  const need = (id: string, caller: Caller | null): Agent => {
    const agent = agents.get(id);
    if (agent !== undefined) {
      mustSee(caller, `agent ${id}`, agent.group);
      return agent;
    }
    throw new CodedError('UNKNOWN_AGENT', `no agent ${id} is logged in`, { field: 'id', found: id });
  };
  const changed = ({ agentId, next, state }: Agent) => ({ agentId, state, next });
  serve(presenceOperations.setNotReady, ({ body, caller, params }) => {
    const agent = need(params.id, caller);
    parts.agentStates.notReady(agent, body.reason);
    return changed(agent);
  });
  serve(presenceOperations.logOutAgent, ({ caller, params }) => {
    const agent = need(params.id, caller);
    parts.agentStates.logOut(agent);
    return changed(agent);
  });
  serve(presenceOperations.listDialers, () => ({
    diallers: dialers.all().map((dialer) => ({
      dialerId: dialer.dialerId,
      softwareVersion: dialer.about.softwareVersion,
      boards: dialer.about.boards,
      free: dialer.free,
      channels: dialer.channels,
      silentMs: wireClock.now() - dialer.heardAt,
      lost: !dialers.isHeard(dialer.dialerId),
      calls: calls.all().filter((call) => call.dialerId === dialer.dialerId).length,
    })),
  }));
}
