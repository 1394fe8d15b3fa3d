import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});
const turn = () => Promise.resolve();

describe('the desks', () => {
  it('get what is for their agents, and nothing once the connection is lost', () => {
    const { agent, desk, inbox } = rooms.sit('a1', '200', 'g');
    rooms.desks.push('a1', { n: 1 });
    rooms.desks.push('a2', { n: 2 });
    expect(rooms.desks.lost(desk)).toBe(agent);
    expect(agent.online).toBe(false);
    rooms.desks.push('a1', { n: 3 });
    expect(inbox).toEqual([{ n: 1 }]);
  });

  it('know only the last desk of an agent', () => {
    const { agent, desk } = rooms.sit('a1', '200', 'g');
    const other = { ...desk, agent: null };
    expect(rooms.desks.seat(agent, other)).toBe(desk);
    expect(rooms.desks.seat(agent, other)).toBeNull();
    expect(rooms.desks.lost(desk)).toBeNull();
    expect(agent.online).toBe(true);
    expect(rooms.desks.get('a1')).toBe(other);
  });

  it('let an agent go who waits for that, after the record and after the acknowledgement', async () => {
    const { agent, desk, inbox } = rooms.sit('a1', '200', 'g');
    rooms.agents.move(agent, 'busy');
    agent.handle = 7;
    agent.next = 'log_out';
    desk.logOutReference = 42;
    rooms.desks.release(agent);
    desk.send({ GSW_USER_EVENT: 'RecordProcessedAcknowledge' });
    await turn();
    expect(inbox.map((message) => [message.GSW_USER_EVENT, message.GSW_REFERENCE_ID])).toEqual([
      ['RecordProcessedAcknowledge', undefined],
      ['LogOutAcknowledge', 42],
    ]);
    expect(rooms.agents.get('a1')).toBeUndefined();
    expect(desk.agent).toBeNull();
  });

  it('keep an agent who is released and does not want to go', async () => {
    const { agent, inbox } = rooms.sit('a1', '200', 'g');
    rooms.agents.move(agent, 'busy');
    agent.handle = 7;
    rooms.desks.release(agent);
    await turn();
    expect(agent).toMatchObject({ state: 'ready', handle: null, attemptId: null });
    expect(inbox).toEqual([]);
  });

  it('are all closed at the end; a connection that ends then is nobody lost', () => {
    const { closed, desk } = rooms.sit('a1', '200', 'g');
    rooms.desks.closeAll(1001, 'the end');
    expect(closed).toEqual([1001]);
    expect(rooms.desks.lost(desk)).toBeNull();
  });
});
