import type { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Clock } from '../clock.ts';
import { parseMessage } from '../../http/messages.ts';
import type { TokenWatch } from '../../http/token-watch.ts';
import type { AgentStates } from '../live/agent-states.ts';
import type { Agent, Agents } from '../live/agents.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Desk, Desks, Message } from '../live/desks.ts';
import { createTakeovers, takeoverWindowMs } from '../live/takeovers.ts';
import type { Telephones } from '../live/telephones.ts';
import type { AbsentAgents } from '../records/absent-agents.ts';
import type { OcsConfig } from '../config.ts';
import { desktopRequests, errorMessage, type DesktopRequest } from './desktop-messages.ts';
import { checkLoginToken } from './login-token.ts';
import { createDeskRecords, type DeskRecordParts } from './desk-records.ts';

export interface DeskSessionParts extends DeskRecordParts {
  absent: AbsentAgents;
  agents: Agents;
  agentStates: AgentStates;
  campaigns: Campaigns;
  config: OcsConfig;
  desks: Desks;
  log: Log;
  telephones: Telephones;
  tokenWatch: TokenWatch;
  wireClock: Clock;
}

/** With a call or a record: such an agent is taken over as it is, never made anew. */
function isAtWork(agent: Agent): boolean {
  return agent.handle !== null || agent.attemptId !== null;
}

/**
 * Carries out what is asked on one connection, as part of the caller's transaction (`Alive` needs none): login and logout, states, and what agents ask about records.
 *
 * @returns what goes into the acknowledgement; null when that comes later
 * @throws CodedError BAD_MESSAGE, UNAUTHORIZED, ILLEGAL_STATE, UNKNOWN_RECORD
 */
export type AnswerDesk = (desk: Desk, request: DesktopRequest, raw: Message) => Message | null;

export function createDeskSession(parts: DeskSessionParts): AnswerDesk {
  const { absent, agents, agentStates, campaigns, config, desks, log, store, telephones, tokenWatch } = parts;
  const takeovers = createTakeovers(parts.wireClock);
  const answerRecord = createDeskRecords(parts);

  /** @throws CodedError when the agent may not log in here */
  const checkLogin = (desk: Desk, message: z.output<typeof desktopRequests.Login>) => {
    const { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension } = message;
    checkLoginToken(config.tokens, store.users, tokenWatch, desk, message);
    if (desk.agent !== null) {
      throw new CodedError('ILLEGAL_STATE', `agent ${desk.agent.agentId} is logged in on this connection`, {
        field: 'GSW_AGENT_ID',
        found: agentId,
        expected: 'LogOut first',
      });
    }
    const known = agents.get(agentId);
    if (known !== undefined && known.extension !== extension && isAtWork(known)) {
      throw new CodedError(
        'ILLEGAL_STATE',
        `agent ${agentId} has a call or a record open at extension ${known.extension}`,
        { field: 'GSW_EXTENSION', found: extension, expected: known.extension },
      );
    }
    if (known === undefined || !isAtWork(known)) telephones.check(extension);
    if (desks.get(agentId) !== undefined && !takeovers.may(agentId)) {
      throw new CodedError('ILLEGAL_STATE', `agent ${agentId} is logged in elsewhere and stays there`, {
        field: 'GSW_AGENT_ID',
        found: agentId,
        expected: `no more than a few changes a minute; no attempt for ${String(takeoverWindowMs / 1_000)} s`,
      });
    }
  };

  const login = (desk: Desk, message: z.output<typeof desktopRequests.Login>): Message => {
    const { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: group } = message;
    checkLogin(desk, message);
    const known = agents.get(agentId);
    // Refused or not, the desk that has the agent keeps it until the new one has it.
    const agent = known !== undefined && isAtWork(known) ? known : agents.add(agentId, extension, group);
    const before = desks.seat(agent, desk);
    if (agent.next === 'log_out') agent.next = 'not_ready';
    if (before !== null) {
      store.memory.keep(before);
      before.agent = null;
      const taken = new CodedError('ILLEGAL_STATE', `agent ${agentId} logged in elsewhere`, {
        field: 'GSW_AGENT_ID',
        expected: 'a Login only when a person asks for it',
      });
      const from = before.address;
      store.memory.afterwards(() => {
        log.warn({ agentId, from, address: desk.address }, 'agent logged in elsewhere');
        before.send(errorMessage(taken, {}));
        before.close(4001, 'logged in elsewhere');
      });
    }
    absent.back(agentId);
    store.memory.afterwards(() => {
      log.info({ agentId, address: desk.address }, 'agent logged in');
    });
    return { GSW_AGENT_ID: agentId, GSW_EXTENSION: agent.extension, GSW_GROUP: agent.group };
  };

  const campaignStatus = (agent: Agent) => {
    for (const { definition, running } of campaigns.all()) {
      if (definition.group !== agent.group) continue;
      desks.push(agent.agentId, {
        GSW_USER_EVENT: running ? 'CampaignStarted' : 'CampaignLoaded',
        GSW_APPLICATION_ID: config.applicationId,
        GSW_CAMPAIGN_NAME: definition.name,
        GSW_CAMPAIGN_MODE: definition.mode,
        GSW_CALLING_LIST: definition.list,
      });
    }
  };

  return (desk, request, raw) => {
    if (request === 'Login') return login(desk, parseMessage(desktopRequests.Login, raw, request));
    const { agent } = desk;
    if (agent === null) {
      throw new CodedError('UNAUTHORIZED', 'no agent is logged in on this connection', {
        field: 'GSW_AGENT_REQ_TYPE',
        found: request,
        expected: 'Login first',
      });
    }
    store.memory.keep(agent);
    store.memory.keep(desk);
    switch (request) {
      case 'Ready':
        telephones.check(agent.extension);
        Object.assign(agent, { next: 'ready', reason: null });
        if (agent.state === 'not_ready') agents.move(agent, 'ready');
        agentStates.changed();
        return { GSW_AGENT_STATE: agent.state };
      case 'NotReady':
        agent.next = 'not_ready';
        agent.reason = parseMessage(desktopRequests.NotReady, raw, request).GSW_REASON ?? null;
        if (agent.state === 'ready') agents.move(agent, 'not_ready');
        agentStates.changed();
        return { GSW_AGENT_STATE: agent.state };
      case 'LogOut':
        desk.logOutReference = raw.GSW_REFERENCE_ID ?? null;
        agentStates.logOut(agent);
        return null;
      case 'Alive':
        agentStates.alive(desk, agent);
        return { GSW_AGENT_STATE: agent.state };
      case 'CampaignStatusRequest':
        campaignStatus(agent);
        return {};
      default:
        return answerRecord(agent, request, raw);
    }
  };
}
