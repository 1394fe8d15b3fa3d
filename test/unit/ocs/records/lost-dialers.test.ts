import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const leaseMs = 30_000;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ leaseMs });
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550101']);
});
afterEach(() => {
  rooms.store.close();
});

/** An agent reserved for a call of a dialler that registered just now. */
const reserve = () => {
  const dialer = rooms.register('d1');
  const attemptId = rooms.retrieve('spring', 'd1');
  const { agent, inbox } = rooms.sit('a1', '200', 'g');
  rooms.agentCalls.reserve(agent, attemptId);
  return { agent, attemptId, dialer, inbox };
};

describe('an agent reserved for a call of a dialler that fell silent', () => {
  it('is free when the lease is over, not before; the attempt stays open', () => {
    const { agent, attemptId, inbox } = reserve();
    rooms.wireClock.advance(leaseMs);
    rooms.freeReserved();
    expect(agent.state).toBe('reserved');
    rooms.wireClock.advance(1);
    rooms.freeReserved();
    expect(agent).toMatchObject({ state: 'ready', attemptId: null, handle: null });
    expect(inbox.at(-1)).toMatchObject({ GSW_USER_EVENT: 'CallEnded', GSW_CALL_STATUS: 'dialler_lost' });
    expect(rooms.store.attempts.get(attemptId)?.ended_at).toBeNull();
    expect(rooms.calls.get(attemptId)).toBeDefined();
  });

  it('stays reserved while the dialler is heard, or spoke of the call', () => {
    const { agent, attemptId, dialer } = reserve();
    rooms.wireClock.advance(leaseMs + 1);
    rooms.dialers.need('d1', dialer.sessionId);
    rooms.freeReserved();
    expect(agent.state).toBe('reserved');
    rooms.calls.heard('d1', [attemptId], rooms.wireClock.now());
    rooms.wireClock.advance(leaseMs);
    rooms.freeReserved();
    expect(agent.state).toBe('reserved');
  });

  it('keeps a call that it has already', () => {
    const { agent, attemptId } = reserve();
    rooms.agentCalls.connect(attemptId, 'a1', '200');
    rooms.wireClock.advance(leaseMs + 1);
    rooms.freeReserved();
    expect(agent.state).toBe('busy');
  });
});

describe('an agent who closes the record of an engaged call just after a restart of OCS', () => {
  it('is not free before the dialler had a lease to say that the call is still up', () => {
    const handoff = { kind: 'engaged' as const, group: 'asm' };
    rooms.load({ name: 'asm', list: 'm', mode: 'progressive_with_seizing', group: 'asm', handoff }, [
      '5550103',
    ]);
    rooms.register('d1');
    rooms.desk().login('a1', '2001', 'asm');
    const attemptId = rooms.retrieve('asm', 'd1');
    const handle = rooms.calls.get(attemptId)?.handle ?? 0;
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });

    rooms.wireClock.advance(leaseMs + 1);
    const again = openRooms({ leaseMs }, rooms);
    const { ask, desk, login } = again.desk();
    login('a1', '2001', 'asm');
    if (desk.agent === null) throw new Error('nobody is logged in');
    again.agentCalls.resume(desk.agent);
    ask('Ready');
    ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(desk.agent).toMatchObject({ state: 'busy', attemptId, handle: null });
    again.wireClock.advance(leaseMs);
    again.freeReserved();
    expect(desk.agent.state).toBe('busy');
    again.wireClock.advance(1);
    again.freeReserved();
    expect(desk.agent).toMatchObject({ state: 'ready', attemptId: null });
  });
});
