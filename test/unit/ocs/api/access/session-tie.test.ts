import { afterEach, beforeEach, expect, it } from 'vitest';
import { tieToSession } from '../../../../../src/ocs/api/access/desk-user.ts';
import type { Caller } from '../../../../../src/ocs/access/caller.ts';
import type { User } from '../../../../../src/ocs/store/access/users.ts';
import { openRooms, type Rooms } from '../../../../support/ocs/rooms.ts';

const hour = 3_600_000;
const anna: User = {
  name: 'anna',
  role: 'agent',
  groups: ['sales'],
  extension: null,
  passwordHash: '',
  oneTimeUntil: null,
  disabled: false,
  createdAt: 0,
  lastLogInAt: null,
};

let rooms: Rooms;
let caller: Caller;
let secret: string;
beforeEach(() => {
  rooms = openRooms();
  rooms.store.users.save(anna);
  const begun = rooms.access.sessions.begin(anna, '127.0.0.1');
  secret = begun.secret;
  caller = { name: 'anna', kind: 'user', role: 'agent', session: begun.session };
});
afterEach(() => {
  rooms.store.close();
});

it('a desk whose session is over is closed, but not while its agent is at work', () => {
  const { agent, closed, desk } = rooms.sit('anna', '2001', 'sales');
  const tie = tieToSession(desk, caller, rooms.access);
  rooms.wireClock.advance(12 * hour);
  agent.handle = 1;
  tie.touch();
  agent.handle = null;
  agent.attemptId = 'an attempt';
  tie.touch();
  expect(closed).toEqual([]);
  agent.attemptId = null;
  tie.touch();
  expect(closed).toEqual([4005]);
});

it('a desk that is connected keeps its session in use', () => {
  const { closed, desk } = rooms.sit('anna', '2001', 'sales');
  const tie = tieToSession(desk, caller, rooms.access);
  for (let times = 0; times < 4; times += 1) {
    rooms.wireClock.advance(hour - 1);
    tie.touch();
  }
  expect(closed).toEqual([]);
  expect(rooms.access.sessions.find(secret)).not.toBeNull();
});

it('a desk at which nobody is logged in does not', () => {
  const { closed, desk } = rooms.sit('anna', '2001', 'sales');
  const tie = tieToSession({ agent: null, close: desk.close.bind(desk) }, caller, rooms.access);
  rooms.wireClock.advance(hour - 1);
  tie.touch();
  expect(closed).toEqual([]);
  rooms.wireClock.advance(1);
  tie.touch();
  expect(closed).toEqual([4005]);
});

it('a user who is disabled in the store has no session, whoever did it', () => {
  expect(rooms.access.sessions.find(secret)).not.toBeNull();
  rooms.store.users.save({ ...anna, disabled: true });
  expect(rooms.access.sessions.find(secret)).toBeNull();
  expect(rooms.access.sessions.count(anna)).toBe(1);
});
