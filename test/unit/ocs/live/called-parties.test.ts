import { beforeEach, describe, expect, it, test } from 'vitest';
import { callResult } from '../../../../src/domain/result.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});

/** A call of dialler d1 that an agent has. */
function connected(learns: boolean) {
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101']);
  rooms.register('d1', undefined, learns);
  const desk = rooms.desk();
  desk.login('a1', '2001');
  desk.ask('Ready');
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  return { attemptId, desk };
}
const taken = () => {
  const dialer = rooms.dialers.get('d1');
  return dialer === undefined ? [] : rooms.calledParties.take(dialer);
};

describe('what an agent says of who answered', () => {
  test.each<[Parameters<ReturnType<Rooms['desk']>['ask']>[0], Message, string | null]>([
    ['RecordProcessed', { GSW_CALL_RESULT: callResult.AnsweringMachine }, 'machine'],
    ['RecordProcessed', { GSW_CALL_RESULT: callResult.Answer }, 'person'],
    ['DoNotCall', {}, 'person'],
    ['RecordProcessed', {}, null],
    ['RecordProcessed', { GSW_CALL_RESULT: callResult.WrongParty }, null],
    ['RecordReject', {}, null],
  ])('%s %o tells the dialler: %s', (request, more, was) => {
    const { attemptId, desk } = connected(true);
    desk.ask(request, { GSW_RECORD_HANDLE: 1, ...more });
    expect(taken()).toEqual(was === null ? [] : [{ kind: 'told', attemptId, was }]);
  });

  it('is told once', () => {
    const { attemptId } = connected(true);
    rooms.calledParties.say(attemptId, 'person');
    expect(taken()).toHaveLength(1);
    expect(taken()).toEqual([]);
  });

  it('is not told to a dialler that does not learn', () => {
    const { attemptId } = connected(false);
    rooms.calledParties.say(attemptId, 'machine');
    expect(taken()).toEqual([]);
  });

  it('is not told when what said it is taken back', () => {
    const { attemptId } = connected(true);
    const failing = () =>
      rooms.store.transaction(() => {
        rooms.calledParties.say(attemptId, 'machine');
        throw new Error('disk');
      });
    expect(failing).toThrow('disk');
    expect(taken()).toEqual([]);
  });

  it('waits only so long: the oldest is let go', () => {
    const { attemptId } = connected(true);
    rooms.calledParties.say(attemptId, 'machine');
    for (let again = 0; again < 1_000; again++) rooms.calledParties.say(attemptId, 'person');
    const told = taken();
    expect(told).toHaveLength(1_000);
    expect(told[0]).toMatchObject({ was: 'person' });
  });
});
