import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550101']);
  rooms.load({ name: 'autumn', list: 'm', mode: 'progressive', group: 'g' }, ['5550102']);
});
afterEach(() => {
  rooms.store.close();
});
const loaded = () => rooms.campaigns.all().map(({ definition }) => definition.name);
const stored = () => rooms.store.campaigns.all().map(({ name }) => name);

describe('a campaign that is unloading', () => {
  it('goes when it has no call and no open record; others stay', () => {
    rooms.campaigns.setUnloading('spring');
    rooms.unloadFinished();
    expect(loaded()).toEqual(['autumn']);
    expect(stored()).toEqual(['autumn']);
  });

  it('stays until its last call ended and the agent closed the record', () => {
    const attemptId = rooms.retrieve('spring', 'd1');
    const { agent } = rooms.sit('a1', '200', 'g');
    rooms.campaigns.setUnloading('spring');
    rooms.unloadFinished();
    expect(loaded()).toContain('spring');
    rooms.agentCalls.connect(attemptId, 'a1', '200');
    rooms.calls.remove(attemptId);
    rooms.unloadFinished();
    expect(loaded()).toContain('spring');
    rooms.agentRecords.close(agent, 1, { fields: {} }, { how: 'processed' });
    rooms.unloadFinished();
    expect(loaded()).toEqual(['autumn']);
  });
});
