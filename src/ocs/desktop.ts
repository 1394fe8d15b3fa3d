import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Agent, Agents } from './agents.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import { createDeskRecords, type ClosingDesk, type DeskRecordParts } from './desk-records.ts';
import {
  desktopPath,
  desktopRequests,
  isDesktopRequest,
  messageSchema,
  type DesktopRequest,
} from './desktop-messages.ts';
import { asCodedError, parseMessage, sameSecret } from './http.ts';
import type { Message } from './record-data.ts';

/** The desktops that are connected. */
export interface Desktops {
  push(agentId: string, message: Message): void;
  /** An agent closed its record; one that waits to log out is let go. */
  released(agent: Agent): void;
  /** An agent who is not logged in got a record: it has its time of grace to come back. */
  absent(agentId: string): void;
  /** Records whose agents are not there get their time of grace. */
  start(): void;
  /** Says good-bye and closes all connections. */
  stop(): void;
}

/**
 * A desktop that does not answer a ping until the next one is gone, though its connection looks open: a customer
 * must not be sent to a desk where nobody sits any more. Wire-clock ms.
 */
const pingMs = 15_000;

export interface DesktopParts extends DeskRecordParts {
  agents: Agents;
  config: OcsConfig;
  log: Log;
  wireClock: Clock;
}

interface Desk extends ClosingDesk {
  socket: WebSocket;
  agent: Agent | null;
  /** Reference of a LogOut that waits for the record to be closed. */
  logOutReference: string | number | null;
}

export function createDesktops(parts: DesktopParts): Desktops & { serve(app: FastifyInstance): void } {
  const { agents, campaigns, clock, config, log } = parts;
  const records = createDeskRecords(parts);
  const desks = new Map<string, Desk>();
  const waiting = new Map<string, () => void>();

  const send = (socket: WebSocket, message: Message) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const errorMessage = (error: CodedError, more: Message): Message => ({
    ...more,
    GSW_USER_EVENT: 'Error',
    GSW_ERROR: error.code,
    GSW_ERROR_MESSAGE: error.message,
    ...(error.field !== undefined && { GSW_ERROR_FIELD: error.field }),
    ...(error.expected !== undefined && { GSW_ERROR_EXPECTED: error.expected }),
  });

  /** Gives an absent agent its time; what it left open is then closed with what it had said. */
  const awaitReturn = (agentId: string) => {
    waiting.get(agentId)?.();
    const stopWaiting = clock.after(config.agentGraceMs, () => {
      waiting.delete(agentId);
      if (agents.get(agentId)?.online === true) return;
      if (!parts.work().abandonDesk(agentId)) {
        awaitReturn(agentId);
        return;
      }
      if (agents.get(agentId) !== undefined) {
        log.warn(
          { agent: agentId },
          'an agent did not come back; its record is closed with what it had said',
        );
        agents.remove(agentId);
      }
    });
    waiting.set(agentId, stopWaiting);
  };

  const logOut = (desk: Desk, agent: Agent) => {
    agents.remove(agent.agentId);
    desks.delete(agent.agentId);
    desk.agent = null;
    const reference = desk.logOutReference;
    desk.logOutReference = null;
    send(desk.socket, {
      GSW_USER_EVENT: 'LogOutAcknowledge',
      GSW_AGENT_ID: agent.agentId,
      ...(reference !== null && { GSW_REFERENCE_ID: reference }),
    });
  };

  const login = (desk: Desk, message: z.output<typeof desktopRequests.Login>): Message => {
    const { GSW_AGENT_ID: agentId, GSW_EXTENSION: extension, GSW_GROUP: group } = message;
    if (config.tokens.desktop !== undefined && !sameSecret(message.GSW_TOKEN ?? '', config.tokens.desktop)) {
      throw new CodedError('UNAUTHORIZED', 'the token is missing or wrong', { field: 'GSW_TOKEN' });
    }
    if (desk.agent !== null) {
      throw new CodedError('ILLEGAL_STATE', `agent ${desk.agent.agentId} is logged in on this connection`, {
        field: 'GSW_AGENT_ID',
        found: agentId,
        expected: 'LogOut first',
      });
    }
    const known = agents.get(agentId);
    if (known !== undefined && known.extension !== extension && known.handle !== null) {
      throw new CodedError(
        'ILLEGAL_STATE',
        `agent ${agentId} has a record open at extension ${known.extension}`,
        {
          field: 'GSW_EXTENSION',
          found: extension,
          expected: known.extension,
        },
      );
    }
    if (known?.handle === null) agents.remove(agentId);
    const agent = agents.get(agentId) ?? agents.add(agentId, extension, group);
    const other = desks.get(agentId);
    if (other !== undefined && other !== desk) {
      other.agent = null;
      const taken = new CodedError('ILLEGAL_STATE', `agent ${agentId} logged in elsewhere`, {
        field: 'GSW_AGENT_ID',
      });
      send(other.socket, errorMessage(taken, {}));
      other.socket.close(4001, 'logged in elsewhere');
    }
    agent.online = true;
    desk.agent = agent;
    desks.set(agentId, desk);
    waiting.get(agentId)?.();
    waiting.delete(agentId);
    return { GSW_AGENT_ID: agentId, GSW_EXTENSION: agent.extension, GSW_GROUP: agent.group };
  };

  const campaignStatus = (desk: Desk, agent: Agent) => {
    for (const { definition, running } of campaigns.all()) {
      if (definition.group !== agent.group) continue;
      send(desk.socket, {
        GSW_USER_EVENT: running ? 'CampaignStarted' : 'CampaignLoaded',
        GSW_APPLICATION_ID: config.applicationId,
        GSW_CAMPAIGN_NAME: definition.name,
        GSW_CAMPAIGN_MODE: definition.mode,
        GSW_CALLING_LIST: definition.list,
      });
    }
  };

  const answer = (desk: Desk, request: DesktopRequest, raw: Message): Message | null => {
    if (request === 'Login') return login(desk, parseMessage(desktopRequests.Login, raw, request));
    const { agent } = desk;
    if (agent === null) {
      throw new CodedError('UNAUTHORIZED', 'no agent is logged in on this connection', {
        field: 'GSW_AGENT_REQ_TYPE',
        found: request,
        expected: 'Login first',
      });
    }
    switch (request) {
      case 'Ready':
        agent.next = 'ready';
        if (agent.state === 'not_ready') agents.move(agent, 'ready');
        return { GSW_AGENT_STATE: agent.state };
      case 'NotReady':
        agent.next = 'not_ready';
        if (agent.state === 'ready') agents.move(agent, 'not_ready');
        return { GSW_AGENT_STATE: agent.state };
      case 'LogOut':
        desk.logOutReference = raw.GSW_REFERENCE_ID ?? null;
        agent.next = 'log_out';
        if (agent.handle === null && agent.attemptId === null) logOut(desk, agent);
        return null;
      case 'CampaignStatusRequest':
        campaignStatus(desk, agent);
        return {};
      default:
        return records.answer(desk, agent, request, raw);
    }
  };

  const receive = (desk: Desk, data: string) => {
    let echo: Message = {};
    try {
      const raw = parseMessage(messageSchema, parseJson(data), 'message');
      const request = raw.GSW_AGENT_REQ_TYPE;
      if (raw.GSW_REFERENCE_ID !== undefined) echo = { GSW_REFERENCE_ID: raw.GSW_REFERENCE_ID };
      if (request !== undefined) echo = { ...echo, GSW_AGENT_REQ_TYPE: request };
      if (!isDesktopRequest(request)) {
        throw new CodedError(
          'BAD_MESSAGE',
          `GSW_AGENT_REQ_TYPE: ${JSON.stringify(request ?? null)} is not a request`,
          {
            field: 'GSW_AGENT_REQ_TYPE',
            found: request,
            expected: Object.keys(desktopRequests).join(', '),
          },
        );
      }
      const reply = answer(desk, request, raw);
      if (reply === null) return;
      const { GSW_AGENT_REQ_TYPE: _name, ...reference } = echo;
      send(desk.socket, { ...reply, ...reference, GSW_USER_EVENT: `${request}Acknowledge` });
      if (request === 'Login' && desk.agent !== null) parts.work().resume(desk.agent);
    } catch (error) {
      const coded = asCodedError(error);
      if (coded.code === 'INTERNAL') log.error({ err: coded.cause }, 'a desktop message failed');
      send(desk.socket, errorMessage(coded, echo));
    }
  };

  const connect = (socket: WebSocket) => {
    const desk: Desk = { socket, agent: null, logOutReference: null, lastClosing: null };
    socket.on('message', (data, binary) => {
      // `ws` gives one Buffer unless told otherwise.
      receive(desk, binary ? '' : (data as Buffer).toString('utf8'));
    });
    let heard = true;
    socket.on('pong', () => {
      heard = true;
    });
    const ping = (): (() => void) =>
      parts.wireClock.after(pingMs, () => {
        if (!heard) {
          log.warn({ agent: desk.agent?.agentId }, 'a desktop does not answer any more');
          socket.terminate();
          return;
        }
        heard = false;
        socket.ping();
        stopPinging = ping();
      });
    let stopPinging = ping();
    socket.on('error', (error) => {
      log.warn({ err: error.message, agent: desk.agent?.agentId }, 'a desktop connection failed');
    });
    socket.on('close', () => {
      stopPinging();
      const { agent } = desk;
      if (agent === null || desks.get(agent.agentId) !== desk) return;
      desks.delete(agent.agentId);
      agent.online = false;
      awaitReturn(agent.agentId);
    });
  };

  return {
    push: (agentId, message) => {
      const desk = desks.get(agentId);
      if (desk !== undefined) send(desk.socket, message);
    },
    released: (agent) => {
      const desk = desks.get(agent.agentId);
      // The acknowledgement of what closed the record goes first.
      queueMicrotask(() => {
        if (desk?.agent === agent && agent.next === 'log_out' && agent.handle === null) logOut(desk, agent);
      });
    },
    absent: awaitReturn,
    start: () => {
      for (const agentId of parts.work().holders()) awaitReturn(agentId);
    },
    stop: () => {
      for (const stopWaiting of waiting.values()) stopWaiting();
      waiting.clear();
      for (const desk of desks.values()) desk.socket.close(1001, 'OCS is stopping');
      desks.clear();
    },
    serve: (app) => {
      app.get(desktopPath, { websocket: true }, connect);
    },
  };
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new CodedError('BAD_MESSAGE', 'the message is not JSON', {
      field: 'message',
      expected: 'a flat JSON object of strings and numbers',
      cause: error,
    });
  }
}
