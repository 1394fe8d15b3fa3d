import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const campaign = { name: 'spring', list: 'l', mode: 'progressive', group: 'g' } as const;
const letGo = {
  result: callResult.DroppedOnNoAnswer,
  status: 'dropped',
  reason: 'shutdown',
  evidence: null,
  milestones: { dialling: 100, ringing: 900 },
  channel: 1,
  agentId: null,
} as const;

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

const end = () => {
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { attemptId, seq: 2, kind: 'outcome', outcome: letGo });
};

it('a call that only rang when the dialler hung up comes back to be called again, after a rest', () => {
  rooms.load(campaign, ['5550101']);
  end();
  expect(rooms.store.records.get(1)).toMatchObject({ record_status: recordStatus.Ready, attempt: 1 });
  expect(() => rooms.retrieve('spring', 'd1')).toThrow('can be dialled now');
  rooms.clock.advance(600_000);
  expect(rooms.retrieve('spring', 'd1')).not.toBe('');
});

it('unless the campaign says what becomes of Dropped on No Answer', () => {
  const treatments = [{ result: 'DroppedOnNoAnswer', retryMinutes: 60, retries: 1 }];
  rooms.load({ ...campaign, treatments }, ['5550101']);
  end();
  rooms.clock.advance(600_000);
  expect(() => rooms.retrieve('spring', 'd1')).toThrow('can be dialled now');
  rooms.clock.advance(3_000_000);
  expect(rooms.retrieve('spring', 'd1')).not.toBe('');
});
