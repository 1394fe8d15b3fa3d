import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { createLive } from '../../../../src/ocs/live/live.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Nothing falls on whole seconds. */
const year = 365 * 24 * hour + 123;
const treatments = [{ result: 'Busy' as const, retryMinutes: 10, retries: 3 }];

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
  rooms.register('d1');
});
afterEach(() => {
  rooms.store.close();
});

const load = (phones: readonly string[], more: object = {}) => {
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'g', treatments, ...more }, phones);
};
/** Calls the next record, which ends with this result. @returns its handle */
const call = (result: Parameters<typeof outcome>[0], more = {}): number => {
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { kind: 'outcome', attemptId, seq: 1, outcome: outcome(result, more) });
  return rooms.store.attempts.get(attemptId)?.record_handle ?? 0;
};
const untilDue = (handle: number) => (rooms.store.records.get(handle)?.due ?? NaN) - rooms.clock.now();

describe('a clock that was ahead and is put back', () => {
  beforeEach(() => {
    rooms.clockWatch.look();
    rooms.clock.step(year);
    rooms.clockWatch.look();
  });

  it('lets a retry come its delay after that, and says so', () => {
    load(['5550101']);
    const handle = call('Busy');
    rooms.clock.step(-year);
    expect(untilDue(handle)).toBeGreaterThan(year - hour);
    rooms.clockWatch.look();
    expect(untilDue(handle)).toBeGreaterThan(9 * minute);
    expect(untilDue(handle)).toBeLessThanOrEqual(10 * minute + 1_000);
    expect(rooms.store.records.get(handle)?.dial_sched_time).toBe(
      (rooms.store.records.get(handle)?.due ?? 0) / 1_000,
    );
    expect(Number.isInteger(rooms.store.records.get(handle)?.dial_sched_time)).toBe(true);
    expect(rooms.logged).toContain('the clock of this host was put back');
    expect(rooms.logged).toContain('times that were stored by the wrong clock are put right');
    expect(rooms.clockWatch.steps()).toEqual({ ahead: 1, back: 1 });
    expect(rooms.clockWatch.warning()).toMatch(
      /^the clock of the OCS host was put 365 d back at 2026-01-05 /,
    );
    rooms.clock.advance(10 * minute + 1_000);
    expect(rooms.retrieve('spring', 'd1')).toBeDefined();
  });

  it('does not put anything off again at the next look or start', () => {
    load(['5550101']);
    const handle = call('Busy');
    rooms.clock.step(-year);
    rooms.clockWatch.look();
    const due = rooms.store.records.get(handle)?.due;
    rooms.clock.advance(5 * minute);
    rooms.clockWatch.look();
    createLive({ ...rooms }).clockWatch.look();
    expect(rooms.store.records.get(handle)?.due).toBe(due);
  });

  it('is noticed at the next start when that happened in between', () => {
    load(['5550101']);
    const handle = call('Busy');
    rooms.clock.step(-year);
    const again = createLive({ ...rooms });
    again.clockWatch.look();
    expect(untilDue(handle)).toBeLessThanOrEqual(10 * minute + 1_000);
    expect(again.clockWatch.steps()).toEqual({ ahead: 0, back: 1 });
  });

  it('lets numbers rest as long as they should, and others with that number wait no longer', () => {
    load(['5550101', '5550102'], { redialBlockHours: { abandoned: 2 } });
    rooms.store.records.set(2, { phone: '5550101', phone_key: rooms.store.phoneKey('5550101') });
    call('Answer', { status: 'abandoned', milestones: { answered: 1 } });
    // The second record has the number that rests.
    expect(() => rooms.retrieve('spring', 'd1')).toThrow('no record');
    rooms.clock.step(-year);
    rooms.clockWatch.look();
    expect(rooms.store.doNotCall.restsUntil('5550101', rooms.clock.now() + 2 * hour - minute)).not.toBeNull();
    expect(rooms.store.doNotCall.restsUntil('5550101', rooms.clock.now() + 2 * hour)).toBeNull();
    expect(untilDue(2)).toBe(2 * hour);
  });

  it('lets the next number of a chain have its turn now', () => {
    load(['5550101', '5550102']);
    const chain_id = rooms.store.records.get(1)?.chain_id ?? 0;
    rooms.store.records.set(2, { record_status: recordStatus.ChainReady, chain_id, chain_n: 7 });
    call('NoAnswer');
    expect(rooms.store.records.get(2)?.record_status).toBe(recordStatus.Ready);
    rooms.clock.step(-year);
    rooms.clockWatch.look();
    expect(untilDue(2)).toBeLessThanOrEqual(0);
  });

  it('keeps the date of a callback, and what was to come before', () => {
    load(['5550101', '5550102']);
    rooms.retrieve('spring', 'd1');
    const record = rooms.store.records.get(1);
    if (record === undefined) throw new Error('no record');
    rooms.store.history.add(rooms.clock.now(), 1, null, 'retry');
    rooms.settlement.reschedule(record, rooms.clock.now() + 3 * hour, null, 33);
    const later = Math.floor(rooms.clock.now() / 1_000) + 3_600;
    rooms.store.records.set(2, { due: later * 1_000, dial_sched_time: later });
    const before = [1, 2].map((handle) => rooms.store.records.get(handle)?.due);
    rooms.clock.step(-year);
    rooms.clockWatch.look();
    expect([1, 2].map((handle) => rooms.store.records.get(handle)?.due)).toEqual(before);
  });

  it('has what happened happen now at the latest: attempts, history, the abandoned rate', () => {
    load(['5550101']);
    const handle = call('Answer', { status: 'abandoned', milestones: { answered: 1 } });
    rooms.clock.step(-year);
    rooms.clockWatch.look();
    const now = rooms.clock.now();
    expect(rooms.store.history.of(handle).every(({ at }) => at <= now)).toBe(true);
    const [attempt] = rooms.store.attempts.find({ limit: 1, offset: 0 }).rows;
    expect(attempt?.ended_at).toBe(now);
    expect(attempt?.leased_at).toBeLessThanOrEqual(now);
    expect(rooms.store.campaigns.counted('spring', 0, now + hour)).toEqual({ live: 0, abandoned: 1 });
  });

  /** So many records that are called again; each has four events, 300 of them more than one look corrects. */
  const callMany = (records: number) => {
    load(Array.from({ length: records + 1 }, (_, n) => `5551${String(1_000 + n)}`));
    for (let n = 0; n < records; n += 1) {
      call('Busy');
      rooms.store.history.add(rooms.clock.now(), n + 1, null, 'retry');
      rooms.store.history.add(rooms.clock.now(), n + 1, null, 'retry');
    }
    rooms.clock.step(-year);
  };

  it('is put right in slices', () => {
    callMany(300);
    rooms.clockWatch.look();
    expect(untilDue(300)).toBeLessThan(hour);
    expect(untilDue(1)).toBeGreaterThan(hour);
    rooms.clockWatch.look();
    expect(untilDue(1)).toBeLessThan(hour);
  });

  it('is put right though events were written by the right clock before that was noticed', () => {
    load(['5550101', '5550102']);
    const handle = call('Busy');
    for (let n = 0; n < 1_500; n += 1) rooms.store.history.add(rooms.clock.now(), 2, null, 'retry');
    rooms.clock.step(-year);
    rooms.store.history.add(rooms.clock.now(), 2, null, 'retry');
    rooms.clockWatch.look();
    rooms.clockWatch.look();
    expect(untilDue(handle)).toBeLessThan(hour);
  });

  it('is put right to the end though more happened since than one look reads', () => {
    callMany(1);
    for (let n = 0; n < 1_500; n += 1) rooms.store.history.add(rooms.clock.now(), 2, null, 'checked');
    for (let looks = 0; looks < 2; looks += 1) rooms.clockWatch.look();
    expect(untilDue(1)).toBeLessThan(hour);
  });

  it('is put right by the next OCS where one was stopped in the middle, each record once', () => {
    callMany(300);
    rooms.clockWatch.look();
    expect(untilDue(1)).toBeGreaterThan(hour);
    const due = rooms.store.records.get(300)?.due;
    const again = createLive({ ...rooms });
    rooms.clock.advance(minute);
    for (let looks = 0; looks < 3; looks += 1) again.clockWatch.look();
    expect(untilDue(1)).toBeLessThan(hour);
    expect(rooms.store.records.get(300)?.due).toBe(due);
    expect(again.clockWatch.steps()).toEqual({ ahead: 0, back: 0 });
    expect(rooms.logged.at(-1)).toBe('times that were stored by the wrong clock are put right');
  });

  it('is put right whole when the clock is put back once more in the middle', () => {
    callMany(600);
    for (let looks = 0; looks < 2; looks += 1) rooms.clockWatch.look();
    expect(untilDue(1)).toBeGreaterThan(hour);
    rooms.clock.advance(minute);
    rooms.store.history.add(rooms.clock.now(), 601, null, 'retry');
    rooms.clock.step(-10_000);
    for (let looks = 0; looks < 5; looks += 1) rooms.clockWatch.look();
    expect(untilDue(1)).toBeLessThan(hour);
  });

  it.each([1, 2, 3, 4, 5, 6])('is put right later when the disk is full at write %i of it', (n) => {
    load(['5550101']);
    const handle = call('Answer', { status: 'abandoned', milestones: { answered: 1 } });
    rooms.store.history.add(rooms.clock.now(), handle, null, 'retry');
    rooms.store.records.set(handle, {
      record_status: recordStatus.Ready,
      due: rooms.clock.now() + 10 * minute,
    });
    rooms.clock.step(-year);
    const writes = createFailingWrites();
    writes.failAt(n);
    expect(() => {
      rooms.clockWatch.look();
    }).toThrow('disk is full');
    writes.end();
    expect(untilDue(handle)).toBeGreaterThan(hour);
    rooms.clockWatch.look();
    expect(untilDue(handle)).toBeLessThan(hour);
    const now = rooms.clock.now();
    expect(rooms.store.history.of(handle).every(({ at }) => at <= now)).toBe(true);
    expect(rooms.store.campaigns.counted('spring', 0, now + hour)).toEqual({ live: 0, abandoned: 1 });
    expect(rooms.clockWatch.steps()).toEqual({ ahead: 1, back: 1 });
  });
});

describe('durations', () => {
  it('are those that passed, whatever the clock shows', () => {
    load(['5550101', '5550102']);
    const { agent } = rooms.sit('a1', '2001', 'g');
    const attemptId = rooms.retrieve('spring', 'd1');
    rooms.clock.advance(6_000);
    rooms.clock.step(year);
    rooms.agentCalls.reserve(agent, attemptId);
    rooms.reports.take('d1', { kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 1 });
    rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 2, agentId: 'a1', extension: '2001' });
    rooms.reports.take('d1', { kind: 'result', attemptId, seq: 3, result: 33, evidence: null });
    rooms.clock.advance(4_000);
    rooms.clock.step(-year);
    rooms.reports.take('d1', {
      kind: 'outcome',
      attemptId,
      seq: 4,
      outcome: outcome('Answer', { status: 'transferred', agentId: 'a1' }),
    });
    rooms.agentRecords.close(agent, 1, { fields: {} }, { how: 'processed' });
    expect(rooms.campaigns.need('spring').history.figures()).toMatchObject({
      answerMs: 6_000,
      handleMs: 4_000,
    });
  });
});

describe('a clock as usual', () => {
  it('that goes on, or is put right by little, is not told', () => {
    rooms.clockWatch.look();
    rooms.clock.advance(hour);
    rooms.clock.step(-4_000);
    rooms.clockWatch.look();
    expect(rooms.clockWatch.steps()).toEqual({ ahead: 0, back: 0 });
    expect(rooms.clockWatch.warning()).toBeNull();
  });

  it('that is put ahead is told for a day', () => {
    rooms.clockWatch.look();
    rooms.clock.step(2 * hour);
    rooms.clockWatch.look();
    expect(rooms.clockWatch.warning()).toMatch(/put 2 h ahead/);
    rooms.clock.advance(24 * hour + 1);
    expect(rooms.clockWatch.warning()).toBeNull();
  });
});
