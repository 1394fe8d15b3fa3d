import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/**
 * A peer that does not answer a ping until the next one is gone, though its connection looks open: a customer
 * must not be sent to a desk where nobody sits any more. Wire-clock ms.
 */
const pingMs = 15_000;

/** Pings until it is stopped; a socket without an answer until the next ping is ended, unless it is not read now. */
export function keepAlive(socket: WebSocket, wireClock: Clock, silent: () => void): () => void {
  let heard = true;
  socket.on('pong', () => {
    heard = true;
  });
  const ping = (): (() => void) =>
    wireClock.after(pingMs, () => {
      if (!heard && !socket.isPaused) {
        silent();
        socket.terminate();
        return;
      }
      heard = false;
      socket.ping();
      stop = ping();
    });
  let stop = ping();
  return () => {
    stop();
  };
}
