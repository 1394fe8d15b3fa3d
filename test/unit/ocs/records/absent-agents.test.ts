import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const agentGraceMs = 60_000;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ agentGraceMs });
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550101']);
});
afterEach(() => {
  rooms.store.close();
});

/** An agent whose connection is lost with a record open; its call is over unless `up`. */
const leave = ({ up }: { up: boolean }) => {
  const attemptId = rooms.retrieve('spring', 'd1');
  const { agent, desk } = rooms.sit('a1', '200', 'g');
  rooms.agentCalls.connect(attemptId, 'a1', '200');
  rooms.agentRecords.update(agent, 1, { fields: { colour: 'blue' } });
  if (!up) rooms.calls.remove(attemptId);
  rooms.desks.lost(desk);
  rooms.absent.wait('a1');
  return { agent, attemptId, desk };
};
const record = () => rooms.store.records.get(1);

describe('an agent who is not there', () => {
  it('has its record closed with what it had said when its time of grace is over', () => {
    leave({ up: false });
    rooms.clock.advance(agentGraceMs - 1);
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
    rooms.clock.advance(1);
    expect(record()).toMatchObject({ record_status: recordStatus.Updated, agent_id: 'a1' });
    expect(JSON.parse(record()?.user_fields ?? '')).toMatchObject({ colour: 'blue' });
    expect(rooms.agents.get('a1')).toBeUndefined();
  });

  it('has it left open while the call is up', () => {
    const { attemptId } = leave({ up: true });
    rooms.clock.advance(agentGraceMs);
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
    rooms.calls.remove(attemptId);
    rooms.clock.advance(agentGraceMs);
    expect(record()?.record_status).toBe(recordStatus.Updated);
  });

  it('keeps it when it is back in time', () => {
    const { agent, desk } = leave({ up: false });
    rooms.desks.seat(agent, desk);
    rooms.absent.back('a1');
    rooms.clock.advance(2 * agentGraceMs);
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
    expect(rooms.agents.get('a1')).toBe(agent);
  });

  it('has its time of grace from the start when OCS was restarted', () => {
    leave({ up: false });
    rooms.absent.stop();
    rooms.clock.advance(2 * agentGraceMs);
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
    rooms.absent.start();
    rooms.clock.advance(agentGraceMs);
    expect(record()?.record_status).toBe(recordStatus.Updated);
  });
});
