import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms({ leaseMs: 30_000 });
});
afterEach(() => {
  rooms.store.close();
});

describe('diallers that are invented', () => {
  it('are bounded; those that are silent make room, and one that is known can come again', () => {
    for (let n = 0; n < 256; n += 1) rooms.register(`d${String(n)}`).polls = 1;
    expect(() => rooms.register('one more')).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_STATE' }) as Error,
    );
    expect(rooms.register('d7').dialerId).toBe('d7');
    expect(rooms.dialers.all()).toHaveLength(256);

    rooms.wireClock.advance(20_000);
    const { sessionId } = rooms.register('d7');
    rooms.wireClock.advance(20_000);
    rooms.register('one more');
    expect(rooms.dialers.all().map(({ dialerId }) => dialerId)).toEqual(['d7', 'one more']);
    expect(rooms.dialers.need('d7', sessionId).dialerId).toBe('d7');
  });

  it('make room for each other as long as they never ask for work; those that do stay', () => {
    rooms.register('real').polls = 1;
    for (let n = 0; n < 1_000; n += 1) rooms.register(`d${String(n)}`);
    const names = rooms.dialers.all().map(({ dialerId }) => dialerId);
    expect(names).toHaveLength(33);
    expect(names).toContain('real');
    expect(names.at(-1)).toBe('d999');
  });
});

describe('a dialler that is silent', () => {
  it('is told as lost for a day, then forgotten', () => {
    const { sessionId } = rooms.register('d1');
    rooms.register('d2');
    rooms.wireClock.advance(24 * 3_600_000);
    rooms.dialers.need('d2', rooms.dialers.get('d2')?.sessionId ?? '');
    rooms.dialers.tidy();
    expect(rooms.dialers.all()).toHaveLength(2);
    expect(rooms.dialers.isHeard('d1')).toBe(false);
    rooms.wireClock.advance(1);
    rooms.dialers.tidy();
    expect(rooms.dialers.all().map(({ dialerId }) => dialerId)).toEqual(['d2']);
    expect(() => rooms.dialers.need('d1', sessionId)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_DIALER' }) as Error,
    );
  });
});
