import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const minute = 60_000;
let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});
const times = (from = 0, of = rooms) =>
  Object.fromEntries(
    of.agentTimes
      .since('ben', from)
      .map(({ ms, reason, state }) => [`${state} ${reason}`.trim(), ms / minute]),
  );

describe('the times of an agent', () => {
  it('are those in each state, until now, with why it was not ready', () => {
    const { agent } = rooms.sit('ben', '2001', 'sales');
    rooms.clock.advance(3 * minute);
    rooms.agentStates.notReady(agent, 'Lunch');
    rooms.clock.advance(40 * minute);
    rooms.agents.move(agent, 'ready');
    rooms.clock.advance(minute);
    expect(times()).toEqual({ ready: 4, 'not_ready Lunch': 40 });
    rooms.agents.remove('ben');
    rooms.clock.advance(minute);
    expect(times()).toEqual({ ready: 4, 'not_ready Lunch': 40 });
  });

  it('are the same after they were written, and in another OCS on the same database', () => {
    const { agent } = rooms.sit('ben', '2001', 'sales');
    rooms.clock.advance(3 * minute);
    rooms.agentTimes.write();
    rooms.clock.advance(2 * minute);
    expect(times()).toEqual({ ready: 5 });
    rooms.agents.move(agent, 'busy');
    rooms.clock.advance(minute);
    rooms.agentTimes.write();
    rooms.agentTimes.write();
    const again = openRooms({}, rooms);
    expect(times(0, again)).toEqual({ ready: 5, busy: 1 });
    rooms.clock.advance(60 * minute);
    expect(times(0, again)).toEqual({ ready: 5, busy: 1 });
  });

  it('are counted from a moment on, by quarters of an hour', () => {
    const begun = rooms.clock.now();
    rooms.sit('ben', '2001', 'sales');
    rooms.clock.advance(20 * minute);
    rooms.agentTimes.write();
    rooms.clock.advance(20 * minute);
    expect(times(begun)).toEqual({ ready: 40 });
    expect(times(begun + 15 * minute)).toEqual({ ready: 25 });
    expect(times(begun + 30 * minute)).toEqual({ ready: 10 });
  });

  it('make nothing of a clock that is put back, and are taken back with a transaction', () => {
    const { agent } = rooms.sit('ben', '2001', 'sales');
    rooms.clock.advance(2 * minute);
    rooms.clock.step(-60 * minute);
    expect(times()).toEqual({ ready: 2 });
    const fail = () => {
      rooms.store.transaction(() => {
        rooms.agents.move(agent, 'busy');
        throw new Error('taken back');
      });
    };
    expect(fail).toThrow('taken back');
    rooms.clock.advance(minute);
    expect(times()).toEqual({ ready: 3 });
  });
});
