import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { CodedError } from '../../domain/errors.ts';
import { asCodedError } from '../../http/errors.ts';
import { parseJson, parseMessage } from '../../http/messages.ts';
import type { Desk, DeskUser, Message } from '../live/desks.ts';
import type { Access } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { noteDeskUser, tieToSession } from './access/desk-user.ts';
import { keepAlive } from './keep-alive.ts';
import { createMessageQueue } from './message-queue.ts';
import { limitUnauthenticated } from './unauthenticated-sockets.ts';
import { createDeskSession, type DeskSessionParts } from './desk-session.ts';
import {
  desktopPath,
  desktopRequests,
  errorMessage,
  isDesktopRequest,
  type DesktopRequest,
  messageSchema,
  referenceOf,
} from './desktop-messages.ts';

/** Most bytes that wait in memory for a desktop that does not read; beyond it the connection is closed. */
const mostUnread = 1_048_576;
const mostUnreadBeforeLogin = 65_536;

export type DesktopParts = Omit<DeskSessionParts, 'tokenWatch'> & { access: Access };

/** The agent desktop protocol on a WebSocket: each message is answered by its acknowledgement or an error. */
export function serveDesktops(app: FastifyInstance, parts: DesktopParts): void {
  const { absent, access, agentCalls, config, desks, log, store, wireClock } = parts;
  const answer = createDeskSession({ ...parts, tokenWatch: app.tokenWatch });

  /** The store first, then memory, then the answer: what is refused has no effect. */
  const carryOut = (desk: Desk, request: DesktopRequest, raw: Message, reference: Message) => {
    const reply = answer(desk, request, raw);
    if (reply === null) return;
    store.memory.afterwards(() => {
      desk.send({ ...reply, ...reference, GSW_USER_EVENT: `${request}Acknowledge` });
    });
    if (request === 'Login' && desk.agent !== null) agentCalls.resume(desk.agent);
  };

  const receive = async (desk: Desk, said: Said, isOpen: () => boolean): Promise<void> => {
    try {
      if ('fault' in said) throw said.fault;
      const { raw, reference, request } = said;
      const run = () => {
        // Nobody is seated at a connection that ended meanwhile.
        if (request !== 'Login' || isOpen()) carryOut(desk, request, raw, reference);
      };
      // Whether somebody is logged in decides what the next message may be.
      if (desk.agent === null) store.transaction(run);
      else await store.soon('agent', run);
    } catch (error) {
      const coded = asCodedError(error);
      if (coded.code === 'INTERNAL' || coded.code === 'DATABASE_ERROR') {
        log.error({ err: coded.cause ?? coded }, 'desktop message failed');
      }
      desk.send(errorMessage(coded, said.echo));
      if (coded.code === 'TOO_MANY_WRONG_TOKENS') desk.close(4004, 'too many wrong tokens');
    }
  };

  const connect = (socket: WebSocket, { caller, ip }: { caller?: Caller | null; ip: string }) => {
    const unread = (bytes: number) => {
      log.warn(
        { address: ip, agentId: desk.agent?.agentId, bytes },
        'desktop does not read; connection closed',
      );
    };
    const desk = deskOn(socket, ip, unread, userOf(caller));
    const tie = tieToSession(desk, caller, access);
    const isOpen = () => socket.readyState === socket.OPEN;
    const limits = limitUnauthenticated(desk, wireClock, config.loginTimeoutMs);
    const take = createMessageQueue(socket, async ({ bytes, said }: { bytes: number; said: () => Said }) => {
      // What an agent said before the connection ended counts; else what ended it was the last that is read.
      if ((desk.agent === null && !isOpen()) || !limits.maySend(bytes)) return;
      await receive(desk, said(), isOpen);
      limits.update();
    });
    socket.on('message', (data, binary) => {
      if (!isOpen()) return;
      // `ws` gives one Buffer unless told otherwise.
      const bytes = data as Buffer;
      const read = () => readSaid(binary ? '' : bytes.toString('utf8'));
      if (desk.agent === null) {
        take({ bytes: bytes.length, said: read });
        return;
      }
      const said = read();
      // A page lives, however long what it said before waits for the store.
      if ('request' in said && said.request === 'Alive')
        carryOut(desk, said.request, said.raw, said.reference);
      else take({ bytes: bytes.length, said: () => said });
    });
    const stopPinging = keepAlive(socket, wireClock, () => {
      log.warn({ agentId: desk.agent?.agentId }, 'desktop does not answer; its connection is closed');
    });
    // A LogOut can be carried out later than it was asked for.
    socket.on('pong', () => {
      limits.update();
      tie.touch();
    });
    socket.on('error', (error) => {
      log.warn({ err: error.message, agentId: desk.agent?.agentId }, 'desktop connection failed');
    });
    socket.on('close', () => {
      stopPinging();
      limits.stop();
      tie.stop();
      parts.agentStates.left(desk);
      const agent = desks.lost(desk);
      if (agent !== null) absent.wait(agent.agentId);
    });
  };
  app.get(desktopPath, { websocket: true, onRequest: noteDeskUser(access) }, connect);
}

/**
 * A desk on a connection, which is closed when too much waits for a desktop that does not read.
 *
 * @param unread told when that happens; bytes that waited
 * @param user whose browser it is
 */
export function deskOn(
  socket: Pick<WebSocket, 'readyState' | 'OPEN' | 'send' | 'bufferedAmount' | 'terminate' | 'close'>,
  address: string,
  unread: (bytes: number) => void,
  user: DeskUser | null = null,
): Desk {
  const desk: Desk = {
    agent: null,
    address,
    user,
    logOutReference: null,
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify(message));
      if (socket.bufferedAmount <= (desk.agent === null ? mostUnreadBeforeLogin : mostUnread)) return;
      unread(socket.bufferedAmount);
      socket.terminate();
    },
    close: (code, reason) => {
      socket.close(code, reason);
    },
  };
  return desk;
}

function userOf(caller: Caller | null | undefined): DeskUser | null {
  const session = caller?.session;
  if (!caller || !session) return null;
  const { groups, mustChangePassword } = session;
  return { name: caller.name, role: caller.role, groups, mustChangePassword };
}

/** What a desktop said, or why that is no request; what of it goes into the answer. */
type Said = { echo: Message } & (
  { fault: unknown } | { raw: Message; reference: Message; request: DesktopRequest }
);

function readSaid(data: string): Said {
  let echo: Message = {};
  try {
    const sent = parseJson(data, 'a flat JSON object of strings and numbers');
    echo = referenceOf(sent);
    const raw = parseMessage(messageSchema, sent, 'message');
    const request = raw.GSW_AGENT_REQ_TYPE;
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
    const { GSW_AGENT_REQ_TYPE: _name, ...reference } = echo;
    return { echo, raw, reference, request };
  } catch (fault) {
    return { echo, fault };
  }
}
