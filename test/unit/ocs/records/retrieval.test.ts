import { expect, it } from 'vitest';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

it('a retrieved record has the campaign and the dialler in its history', () => {
  const rooms = openRooms();
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550101']);
  rooms.register('d1');
  const attemptId = rooms.retrieve('spring', 'd1');
  const handle = rooms.store.attempts.get(attemptId)?.record_handle ?? 0;
  const entry = rooms.store.history.of(handle).find(({ event }) => event === 'retrieved');
  expect(entry?.attempt_id).toBe(attemptId);
  expect(JSON.parse(entry?.detail ?? '{}')).toEqual({ campaign: 'spring', dialerId: 'd1' });
  rooms.store.close();
});

it.each(['42', ' 42', '42 '])(
  'a customer who is on Do Not Call is not dialled, the id written as "%s"',
  (id) => {
    const rooms = openRooms();
    const csv = `phone,tz,customer_id\n5550101,UTC,"${id}"\n`;
    rooms.store.lists.add('l', parseCallingList(csv).records, true);
    rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550102']);
    rooms.store.doNotCall.add({ customerId: '42', atMs: 0 });
    rooms.register('d1');
    const attemptId = rooms.retrieve('spring', 'd1');
    expect(rooms.store.attempts.get(attemptId)?.phone).toBe('5550102');
    expect(rooms.store.records.has('l', { field: 'customer_id', customerId: '42' })).toBe(true);
    rooms.store.close();
  },
);

it('a number is not dialled while its record is open at an agent, though the dialler is done with the call', () => {
  const rooms = openRooms();
  rooms.load({ name: 'autumn', list: 'm', mode: 'progressive', group: 'g' }, ['5550101']);
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g' }, ['5550101', '5550102']);
  rooms.register('d1');
  const attemptId = rooms.retrieve('autumn', 'd1');
  const { attempts, openRecords, waiting } = rooms.store;
  const handle = attempts.get(attemptId)?.record_handle ?? 0;
  openRecords.open({ record_handle: handle, attempt_id: attemptId, agent_id: 'a1', since_at: 0 });
  attempts.set(attemptId, { state: 'ended', ended_at: 1 });
  expect(attempts.phoneInCall('5550101')).toBe(true);
  expect(waiting.numberInCall('l')).toBe(1);
  expect(attempts.get(rooms.retrieve('spring', 'd1'))?.phone).toBe('5550102');
  expect(() => rooms.retrieve('spring', 'd1')).toThrow('no record');
  openRecords.remove(handle);
  expect(attempts.phoneInCall('5550101')).toBe(false);
  expect(attempts.get(rooms.retrieve('spring', 'd1'))?.phone).toBe('5550101');
  rooms.store.close();
});
