import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

const campaign = { name: 'spring', list: 'l', mode: 'progressive', group: 'g' } as const;

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ staleMs: 60_000 });
  rooms.load(campaign, ['5550101', '5550102']);
});
afterEach(() => {
  rooms.store.close();
});

describe('an attempt nobody has spoken of', () => {
  it('is stale when the time is over, not before', () => {
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.wireClock.advance(60_000);
    rooms.endStale();
    expect(rooms.store.attempts.get(attemptId)?.ended_by).toBeNull();
    rooms.wireClock.advance(1);
    rooms.endStale();
    expect(rooms.store.attempts.get(attemptId)).toMatchObject({
      state: 'ended',
      ended_by: 'stale',
      result: callResult.Stale,
    });
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Stale);
    expect(rooms.calls.get(attemptId)).toBeUndefined();
  });

  it('has its full time again when its dialler spoke of it; others do not', () => {
    const kept = rooms.retrieve('spring', 'd1');
    const lost = rooms.retrieve('spring', 'd1');
    rooms.wireClock.advance(50_000);
    rooms.calls.heard('d1', [kept], rooms.wireClock.now());
    rooms.wireClock.advance(20_000);
    rooms.endStale();
    expect(rooms.calls.all().map(({ attemptId }) => attemptId)).toEqual([kept]);
    expect(rooms.store.attempts.get(lost)?.ended_by).toBe('stale');
  });

  it('leaves the record to the agent who has it open', () => {
    const attemptId = rooms.retrieve('spring', 'd1');
    const { agent } = rooms.sit('a1', '200', 'g');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '200' });
    rooms.wireClock.advance(60_001);
    rooms.endStale();
    expect(rooms.store.attempts.get(attemptId)?.ended_by).toBe('stale');
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Retrieved);
    expect(agent.handle).toBe(1);
  });

  it('leaves the record to that agent also when the dialler tells its end after all', () => {
    const attemptId = rooms.retrieve('spring', 'd1');
    const { agent } = rooms.sit('a1', '200', 'g');
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '200' });
    rooms.wireClock.advance(60_001);
    rooms.endStale();
    rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 2, outcome: outcome('SystemError') });
    expect(rooms.store.openRecords.hasAttempt(attemptId)).toBe(true);
    expect(agent.handle).toBe(1);
    expect(rooms.store.records.get(1)?.record_status).toBe(recordStatus.Retrieved);
  });
});
