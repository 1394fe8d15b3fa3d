import { expect, it } from 'vitest';
import { CodedError } from '../../../../src/domain/errors.ts';
import { createLogIn } from '../../../../src/ocs/access/log-in.ts';
import type { Passwords } from '../../../../src/ocs/access/passwords.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

it('an attempt that was not looked at counts as no wrong password; a known browser is said to be one', async () => {
  const rooms = openRooms();
  let isFull = true;
  const known: (boolean | undefined)[] = [];
  const isRight: Passwords['isRight'] = (_password, _stored, isKnown) => {
    known.push(isKnown);
    return isFull ? Promise.reject(new CodedError('TOO_MANY_LOG_INS', 'full')) : Promise.resolve(false);
  };
  const access = { ...rooms.access, passwords: { ...rooms.access.passwords, isRight } };
  const people = createLogIn({ ...rooms, access });
  const setCookies = rooms.access.cookies.logIn('x', 'anna', 1);
  const cookie = setCookies.map((line) => line.split(';', 1)[0]).join('; ');
  const said = (brought?: string) => {
    const attempt = people.logIn({ address: '192.0.2.1', cookie: brought }, 'anna', 'a password');
    return attempt.catch((error: unknown) => (error as CodedError).message);
  };
  for (let times = 0; times < 50; times += 1) expect(await said()).toBe('full');
  expect(await said(cookie)).toBe('full');
  isFull = false;
  expect(await said()).toBe('the name or the password is wrong');
  expect(known.slice(-3)).toEqual([false, true, false]);
  rooms.store.close();
});
