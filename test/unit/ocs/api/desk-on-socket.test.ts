import { describe, expect, it } from 'vitest';
import { deskOn } from '../../../../src/ocs/api/desktop.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

/** A connection whose other end reads nothing. */
function unreadSocket() {
  const socket = {
    OPEN: 1 as const,
    readyState: 1 as 0 | 1 | 2 | 3,
    bufferedAmount: 0,
    sent: 0,
    send: (data: string) => {
      socket.sent += 1;
      socket.bufferedAmount += data.length;
    },
    terminate: () => {
      socket.readyState = 3;
    },
    close: () => {
      socket.readyState = 2;
    },
  };
  return socket;
}

describe('what waits for a desktop that does not read', () => {
  const fill = (agentIsThere: boolean) => {
    const rooms = openRooms();
    const socket = unreadSocket();
    const told: number[] = [];
    const desk = deskOn(socket, '127.0.0.1', (bytes) => told.push(bytes));
    if (agentIsThere) desk.agent = rooms.agents.add('a1', '2001', 'sales');
    // 1,000 characters each, with the message around them.
    const message = { GSW_USER_EVENT: 'x'.repeat(979) };
    expect(JSON.stringify(message)).toHaveLength(1_000);
    let sent = 0;
    while (socket.readyState === 1 && sent < 10_000) {
      desk.send(message);
      sent += 1;
    }
    const before = socket.sent;
    desk.send(message);
    expect(socket.sent).toBe(before);
    rooms.store.close();
    return { sent, told };
  };

  it('has a bound of 64 KB before anybody has logged in; then the connection is closed', () => {
    expect(fill(false)).toEqual({ sent: 66, told: [66_000] });
  });

  it('has a bound of 1 MB once an agent is there', () => {
    expect(fill(true)).toEqual({ sent: 1_049, told: [1_049_000] });
  });
});
