import type { WebSocket } from 'ws';

/** So many messages of one connection wait to be carried out; it is not read meanwhile. */
export const mostWaiting = 16;

/**
 * The messages of one connection, one after the other: each is answered before the next is begun, so that answers
 * come in the order of the messages, and whoever sends much holds up nobody else.
 *
 * @param carryOut never rejects; the first message is begun at once
 * @returns takes the next message
 */
export function createMessageQueue<T extends object>(
  socket: Pick<WebSocket, 'pause' | 'resume' | 'isPaused'>,
  carryOut: (message: T) => Promise<void>,
): (message: T) => void {
  const waiting: T[] = [];
  let busy = false;
  const goOn = async () => {
    busy = true;
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      await carryOut(message);
      if (socket.isPaused && waiting.length < mostWaiting) socket.resume();
    }
    busy = false;
  };
  return (message) => {
    waiting.push(message);
    if (!busy) void goOn();
    // What was read already comes all the same: one read brings many short messages.
    if (waiting.length >= mostWaiting) socket.pause();
  };
}
