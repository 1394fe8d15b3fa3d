import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desktopRequests, type DesktopRequest } from '../../../../src/ocs/api/desktop-messages.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

let rooms: Rooms;
let handle: number;
beforeEach(() => {
  rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101', '5550102']);
  rooms.load({ name: 'debts', list: 'm', mode: 'progressive', group: 'collections' }, ['5550199']);
  rooms.register('d1');
  const own = rooms.desk();
  own.login('a1', '2001');
  own.ask('Ready');
  const attemptId = rooms.retrieve('spring', 'd1');
  handle = rooms.store.attempts.get(attemptId)?.record_handle ?? 0;
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  const end = outcome('Answer', { status: 'transferred', agentId: 'a1', milestones: { answered: 900 } });
  rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 2, outcome: end });
});
afterEach(() => {
  rooms.store.close();
});

/** All that an agent could change. */
const state = () => ({
  records: [1, 2, 3].map((each) => rooms.store.records.get(each)),
  open: rooms.store.openRecords.get(handle),
  agent: { ...rooms.agents.get('a1') },
  doNotCall: rooms.store.doNotCall.page(0, 9).entries,
});

const ofAgents: DesktopRequest[] = ['Login', 'LogOut', 'Ready', 'NotReady', 'Alive', 'CampaignStatusRequest'];
const onRecords = (Object.keys(desktopRequests) as DesktopRequest[]).filter(
  (name) => !ofAgents.includes(name),
);

describe.each([
  ['a colleague of the group', 'sales'],
  ['somebody of another group', 'collections'],
])("the record on an agent's screen", (who, group) => {
  it.each(onRecords)(`is not that of ${who}: %s`, (request) => {
    const other = rooms.desk();
    other.login('a2', '2002', group);
    const phone = group === 'sales' ? '5550102' : '5550199';
    const messages: Message[] = [
      {},
      { note: 'mine now', GSW_CALL_RESULT: 33 },
      ...(['DoNotCall'].includes(request) ? [{ GSW_PHONE: phone }] : []),
    ];
    for (const more of messages) {
      const before = state();
      const date: Message = request === 'RecordReschedule' ? { GSW_DATE_TIME: '01/06/2026 10:30' } : {};
      const ask = () =>
        rooms.store.transaction(() => other.ask(request, { GSW_RECORD_HANDLE: handle, ...date, ...more }));
      expect(ask).toThrow(expect.objectContaining({ code: 'UNKNOWN_RECORD' }) as Error);
      expect(state()).toEqual(before);
    }
  });
});

it('what agents ask about records is more than a few requests', () => {
  expect(onRecords).toContain('UpdateCallCompletionStats');
  expect(onRecords.length).toBe(7);
});
