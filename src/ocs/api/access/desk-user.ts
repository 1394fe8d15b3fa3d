import type { onRequestHookHandler } from 'fastify';
import type { Access } from '../../access/access.ts';
import type { Caller } from '../../access/caller.ts';
import type { Desk } from '../../live/desks.ts';
import { checkPage } from './guard.ts';

/**
 * The hook at the door of the desktops: it notes the user whose browser this is. Whoever comes without a session says
 * at `Login` who it is.
 */
export function noteDeskUser(access: Access): onRequestHookHandler {
  return (request, _reply, done) => {
    const user = access.userOf(request);
    checkPage(request, user);
    request.caller = user;
    done();
  };
}

/** How a desk and the session of its user hang together. */
export interface DeskSessionTie {
  /** The connection lives: the session of an agent at a desk is used. A session that is over ends it, but not while the agent is at work. */
  touch(): void;
  stop(): void;
}

/** @param caller a user with a session, or nobody */
export function tieToSession(
  desk: Pick<Desk, 'agent' | 'close'>,
  caller: Caller | null | undefined,
  { sessions }: Access,
): DeskSessionTie {
  const session = caller?.session ?? null;
  if (session === null) return { touch: () => undefined, stop: () => undefined };
  const close = () => {
    desk.close(4005, 'the session is over');
  };
  return {
    touch: () => {
      const isAtWork = desk.agent !== null && (desk.agent.handle !== null || desk.agent.attemptId !== null);
      const { isAlive, touch } = sessions;
      const goesOn = (desk.agent === null ? isAlive : touch)(session.id);
      if (!goesOn && !isAtWork) close();
    },
    stop: sessions.watch(session.id, close),
  };
}
