import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

let rooms: Rooms;
let desk: ReturnType<Rooms['desk']>;
beforeEach(() => {
  rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101', '5550102']);
  rooms.load({ name: 'debts', list: 'm', mode: 'progressive', group: 'collections' }, ['5550199']);
  rooms.register('d1');
  desk = rooms.desk();
  desk.login('a1', '2001');
  desk.ask('Ready');
});
afterEach(() => {
  rooms.store.close();
});

const unknown = expect.objectContaining({ code: 'UNKNOWN_RECORD' }) as Error;

/** A conversation of agent a1 that ended; the record is open. @returns its handle */
function conversation(): number {
  const attemptId = rooms.retrieve('spring', 'd1');
  const handle = rooms.store.attempts.get(attemptId)?.record_handle ?? 0;
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  const end = outcome('Answer', { status: 'transferred', agentId: 'a1', milestones: { answered: 900 } });
  rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 2, outcome: end });
  return handle;
}
/** The agent comes back on another connection, after the acknowledgement was lost with the first. */
function reconnect() {
  rooms.desks.lost(desk.desk);
  desk = rooms.desk();
  desk.login('a1', '2001');
}
const record = (handle: number) => rooms.store.records.get(handle);
const forbidden = (phone: string) => rooms.store.doNotCall.forbids(phone, null);

describe('a closing message whose acknowledgement was lost', () => {
  it.each<[Parameters<typeof desk.ask>[0], Message]>([
    ['RecordProcessed', { GSW_CALL_RESULT: callResult.WrongParty, note: 'x' }],
    ['RecordReschedule', { GSW_DATE_TIME: '01/06/2026 10:30' }],
    ['RecordReject', {}],
    ['RecordCancel', {}],
    ['DoNotCall', {}],
  ])('is acknowledged again on a new connection: %s', (request, more) => {
    const message = { ...more, GSW_RECORD_HANDLE: conversation() };
    const answer = desk.ask(request, { GSW_REFERENCE_ID: 1, ...message });
    const written = record(message.GSW_RECORD_HANDLE);
    for (const reference of [1, 'another']) {
      reconnect();
      expect(desk.ask(request, { ...message, GSW_REFERENCE_ID: reference })).toEqual(answer);
      expect(record(message.GSW_RECORD_HANDLE)).toEqual(written);
    }
    expect(desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: message.GSW_RECORD_HANDLE })).toBeTruthy();
    expect(record(message.GSW_RECORD_HANDLE)).toEqual(written);
  });

  it('is acknowledged while the next record is open, and leaves that alone', () => {
    const first = conversation();
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: first, note: 'x' });
    const second = conversation();
    desk.ask('RecordProcessed', { note: 'x', GSW_RECORD_HANDLE: first });
    expect(desk.desk.agent?.handle).toBe(second);
  });

  it('is refused when it says something else, or comes from somebody else', () => {
    const handle = conversation();
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle, note: 'x' });
    reconnect();
    expect(() => desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle, note: 'y' })).toThrow(unknown);
    const other = rooms.desk();
    other.login('a2', '2002');
    expect(() => other.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle, note: 'x' })).toThrow(unknown);
    expect(() => other.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle })).toThrow(unknown);
  });
});

describe('DoNotCall', () => {
  it('counts also after the record was closed', () => {
    const handle = conversation();
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    for (let times = 0; times < 2; times += 1) desk.ask('DoNotCall', { GSW_RECORD_HANDLE: handle });
    expect(forbidden('5550101')).toBe('phone');
    expect(record(handle)).toMatchObject({
      record_status: recordStatus.Updated,
      record_type: recordType.NoCall,
      call_result: callResult.DoNotCall,
    });
  });

  it('takes back a callback that was arranged before', () => {
    const handle = conversation();
    desk.ask('RecordReschedule', { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: '01/06/2026 10:30' });
    reconnect();
    desk.ask('DoNotCall', { GSW_RECORD_HANDLE: handle });
    expect(record(handle)).toMatchObject({
      record_status: recordStatus.Updated,
      record_type: recordType.NoCall,
    });
  });

  it('of a record that this agent never had is refused', () => {
    const handle = conversation();
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    const other = rooms.desk();
    other.login('a2', '2002');
    expect(() => other.ask('DoNotCall', { GSW_RECORD_HANDLE: handle })).toThrow(unknown);
    expect(() => other.ask('DoNotCall', { GSW_RECORD_HANDLE: 99 })).toThrow(unknown);
    expect(forbidden('5550101')).toBeNull();
  });

  it('with a handle takes no other customer than that of the record, open or closed', () => {
    const handle = conversation();
    rooms.store.records.set(handle, { user_fields: '{"customer_id":"K-1"}' });
    const ask = (customer: string) =>
      desk.ask('DoNotCall', { GSW_RECORD_HANDLE: handle, GSW_CUSTOMER_ID: customer });
    const forbids = (customer: string) => rooms.store.doNotCall.forbids('5550777', customer);
    const other = expect.objectContaining({ code: 'UNKNOWN_RECORD', field: 'GSW_CUSTOMER_ID' }) as Error;
    expect(() => ask('K-77')).toThrow(other);
    expect(desk.desk.agent?.handle).toBe(handle);
    expect([forbids('K-77'), forbidden('5550101')]).toEqual([null, null]);
    desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: handle });
    expect(() => ask('K-77')).toThrow(other);
    expect([forbids('K-77'), forbidden('5550101')]).toEqual([null, null]);
    ask(' K-1 ');
    expect([forbids('K-1'), forbids('K-77')]).toEqual(['customer_id', null]);
    const next = conversation();
    desk.ask('DoNotCall', { GSW_RECORD_HANDLE: next });
    expect(forbids('K-77')).toBeNull();
  });

  it('takes the numbers and customers of the own group, however written, and no others', () => {
    for (const phone of ['5550199', '5550155']) {
      expect(() => desk.ask('DoNotCall', { GSW_PHONE: phone })).toThrow(unknown);
      expect(forbidden(phone)).toBeNull();
    }
    expect(() => desk.ask('DoNotCall', { GSW_CUSTOMER_ID: 'K-77' })).toThrow(unknown);
    desk.ask('DoNotCall', { GSW_PHONE: '555 0102' });
    expect(forbidden('5550102')).toBe('phone');
  });
});

describe('RecordReschedule', () => {
  it('outside the daily window is moved into it, and the answer says when', () => {
    rooms.load(
      {
        name: 'day',
        list: 'day',
        mode: 'progressive',
        group: 'sales',
        dailyWindow: { from: '08:00', till: '21:00' },
      },
      ['5550121'],
    );
    rooms.campaigns.setRunning('spring', false);
    const attemptId = rooms.retrieve('day', 'd1');
    const handle = rooms.store.attempts.get(attemptId)?.record_handle ?? 0;
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
    const message = { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: '01/06/2026 03:30' };
    const answer = desk.ask('RecordReschedule', message);
    expect(answer).toMatchObject({ GSW_DATE_TIME: '01/06/2026 08:00' });
    expect(record(handle)?.due).toBe(Date.UTC(2026, 0, 6, 8));
    expect(desk.ask('RecordReschedule', message)).toEqual(answer);
  });

  it('in the far future is refused and leaves the record open', () => {
    const handle = conversation();
    const message = { GSW_RECORD_HANDLE: handle, GSW_DATE_TIME: '01/05/2099 10:00' };
    expect(() => desk.ask('RecordReschedule', message)).toThrow(
      expect.objectContaining({ code: 'BAD_MESSAGE', field: 'GSW_DATE_TIME' }) as Error,
    );
    expect(desk.desk.agent?.handle).toBe(handle);
  });
});
