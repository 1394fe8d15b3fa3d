import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../../src/domain/errors.ts';
import {
  checkPassword,
  createOneTimePassword,
  createPasswords,
} from '../../../../src/ocs/access/passwords.ts';

const passwords = createPasswords();

describe('a password', () => {
  it('is kept as argon2id at the cost that OWASP asks for, with a salt of its own', async () => {
    const [first, second] = await Promise.all([passwords.hash('a password'), passwords.hash('a password')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await passwords.isRight('a password', first)).toBe(true);
    expect(await passwords.isRight('a passwore', first)).toBe(false);
  });

  it('is right by the cost of its time, and is the one that another program would derive', async () => {
    // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1 -l 24 -e
    const stored = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await passwords.isRight('password', stored)).toBe(true);
    expect(await passwords.isRight('Password', stored)).toBe(false);
  });

  it.each([null, '', 'plain', '$argon2i$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaA'])(
    'is never right against %j',
    async (stored) => {
      expect(await passwords.isRight('plain', stored)).toBe(false);
    },
  );

  it('is one however its letters are composed', async () => {
    expect(await passwords.isRight('cafe\u0301', await passwords.hash('caf\u00e9'))).toBe(true);
  });

  it.each([
    [14, false],
    [15, true],
    [128, true],
    [129, false],
  ])('of %i characters is taken: %s', (length, taken) => {
    const check = () => {
      checkPassword('\u{1f600}'.repeat(length), 'next');
    };
    if (taken) check();
    else expect(check).toThrow(CodedError);
  });

  it('of a browser that is known has a place when strangers take all others', async () => {
    const code = (error: unknown) => (error as CodedError).code;
    const strangers = Array.from({ length: 50 }, () => passwords.isRight('x', null).catch(code));
    const known = Array.from({ length: 12 }, () => passwords.isRight('x', null, true).catch(code));
    expect((await Promise.all(known)).map(String).sort()).toEqual([
      ...Array<string>(2).fill('TOO_MANY_LOG_INS'),
      ...Array<string>(10).fill('false'),
    ]);
    await Promise.all(strangers);
  });

  it('is worked on by two at a time, and too many are sent away', async () => {
    const asked = Array.from({ length: 60 }, () =>
      passwords.isRight('x', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR').then(
        () => 'looked at',
        (error: unknown) => (error as CodedError).code,
      ),
    );
    const ends = await Promise.all(asked);
    expect(ends.filter((end) => end === 'looked at')).toHaveLength(32);
    expect(ends.filter((end) => end === 'TOO_MANY_LOG_INS')).toHaveLength(28);
    expect(await passwords.isRight('x', null)).toBe(false);
  });
});

it('a one-time password is long, random and easy to read out', () => {
  const all = new Set(Array.from({ length: 100 }, createOneTimePassword));
  expect(all.size).toBe(100);
  for (const each of all) {
    expect(each).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}$/);
    checkPassword(each, 'next');
  }
});
