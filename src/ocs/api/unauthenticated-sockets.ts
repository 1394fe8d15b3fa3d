import type { Clock } from '../clock.ts';
import type { Desk } from '../live/desks.ts';

/** What a connection may send while nobody is logged in on it: a few attempts at Login. */
const longestMessageBytes = 4_096;
const mostMessages = 10;

/** The limits of a connection on which nobody is logged in: it may send little, and not for long. */
export interface UnauthenticatedLimits {
  /** @returns false when the message is not read; the connection is closed then */
  maySend(bytes: number): boolean;
  /** After a message: the time limit ends with a Login, and begins anew with a logout. */
  update(): void;
  stop(): void;
}

/** @param timeoutMs until it must have logged in, by the wire clock */
export function limitUnauthenticated(desk: Desk, wireClock: Clock, timeoutMs: number): UnauthenticatedLimits {
  let messages = 0;
  let stop: (() => void) | null = null;
  const wait = () => {
    stop ??= wireClock.after(timeoutMs, () => {
      stop = null;
      if (desk.agent === null) desk.close(4002, 'no Login in time');
      else update();
    });
  };
  const update = () => {
    if (desk.agent === null) {
      wait();
      return;
    }
    messages = 0;
    stop?.();
    stop = null;
  };
  wait();
  return {
    maySend: (bytes) => {
      if (desk.agent !== null) return true;
      messages += 1;
      if (bytes <= longestMessageBytes && messages <= mostMessages) return true;
      desk.close(4003, 'too much was sent before Login');
      return false;
    },
    update,
    stop: () => {
      stop?.();
      stop = null;
    },
  };
}
