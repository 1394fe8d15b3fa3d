import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { Message } from '../../../../src/ocs/live/desks.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

/** How the message comes again: on the same connection, on another one, after a restart of OCS and a new login. */
const ways = ['same', 'other', 'restart'] as const;
type Way = (typeof ways)[number];

const closings: readonly (readonly [Parameters<ReturnType<Rooms['desk']>['ask']>[0], Message])[] = [
  ['RecordProcessed', {}],
  ['RecordProcessed', { GSW_CALL_RESULT: callResult.WrongParty, note: 'x' }],
  ['RecordReschedule', { GSW_DATE_TIME: '01/06/2026 10:30' }],
  ['RecordReject', {}],
  ['RecordCancel', {}],
  ['DoNotCall', {}],
];

/** @param told whether the dialler told the end of the call before the agent closed the record */
function conversation(rooms: Rooms, told: boolean) {
  rooms.load({ name: 'spring', list: 'l', mode: 'progressive', group: 'sales' }, ['5550101']);
  rooms.register('d1');
  const desk = rooms.desk();
  desk.login('a1', '2001');
  desk.ask('Ready');
  const attemptId = rooms.retrieve('spring', 'd1');
  rooms.reports.take('d1', { kind: 'connected', attemptId, seq: 1, agentId: 'a1', extension: '2001' });
  const end = outcome('Answer', { status: 'transferred', agentId: 'a1', milestones: { answered: 900 } });
  const tell = (to: Rooms) => {
    to.reports.take('d1', { kind: 'outcome', attemptId, seq: 2, outcome: end });
  };
  if (told) tell(rooms);
  return { desk, tell };
}

it('a closing whose acknowledgement was lost is acknowledged again, wherever and however often it comes, and counts once', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...closings),
      fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.nat(6),
      ([request, more], again, told, tellAt) => {
        let rooms = openRooms();
        try {
          const { desk: first, tell } = conversation(rooms, told);
          let desk = first;
          const said = { GSW_RECORD_HANDLE: 1, ...more };
          const answer = desk.ask(request, { ...said, GSW_REFERENCE_ID: 1 });
          const written = rooms.store.records.get(1);
          const closed = rooms.store.history.of(1).length;
          expect(written?.record_status).not.toBe(recordStatus.Retrieved);

          const move: Record<Way, () => void> = {
            same: () => undefined,
            other: () => {
              rooms.desks.lost(desk.desk);
              desk = rooms.desk();
              desk.login('a1', '2001');
            },
            restart: () => {
              rooms = openRooms({}, rooms);
              desk = rooms.desk();
              desk.login('a1', '2001');
            },
          };
          again.forEach((way, n) => {
            if (!told && n === tellAt) tell(rooms);
            move[way]();
            expect(desk.ask(request, { ...said, GSW_REFERENCE_ID: n + 2 })).toEqual(answer);
          });
          expect(rooms.store.records.get(1)).toEqual(written);
          // The dialler's word is one more event where it comes later.
          const events = rooms.store.history.of(1).map(({ event }) => event);
          expect(events.filter((event) => event !== 'outcome')).toHaveLength(closed - (told ? 1 : 0));
          expect(rooms.store.openRecords.agents()).toEqual([]);
        } finally {
          rooms.store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('another closing than the one that is written is not acknowledged, also after a restart', () => {
  const before = openRooms();
  const { desk } = conversation(before, true);
  desk.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1, note: 'x' });
  const rooms = openRooms({}, before);
  const again = rooms.desk();
  again.login('a1', '2001');
  const refused = expect.objectContaining({ code: 'UNKNOWN_RECORD' }) as Error;
  expect(() => again.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1, note: 'y' })).toThrow(refused);
  const other = rooms.desk();
  other.login('a2', '2002');
  expect(() => other.ask('RecordProcessed', { GSW_RECORD_HANDLE: 1, note: 'x' })).toThrow(refused);
  rooms.store.close();
});
