import { beforeEach, describe, expect, it } from 'vitest';
import { createLogInLimits, networksOf, type LogInLimits } from '../../../../src/ocs/access/log-in-limits.ts';

let now: number;
let limits: LogInLimits;
beforeEach(() => {
  now = 1_000_000;
  limits = createLogInLimits(() => now);
});

const fail = (name: string, address = '192.0.2.1', device: string | null = null) => {
  try {
    limits.begin({ address, name, device });
    return 0;
  } catch (error) {
    return (error as { retryAfterS: number }).retryAfterS;
  }
};

describe('whoever guesses', () => {
  it('waits twice as long after each guess at a name, five minutes at most, and never for ever', () => {
    const waits: number[] = [];
    for (let guess = 0; guess < 14; guess += 1) {
      expect(fail('anna', `192.0.2.${String(guess)}`)).toBe(0);
      const wait = fail('anna', '198.51.100.1');
      waits.push(wait);
      now += wait * 1_000;
    }
    // The question for the wait is a guess itself where none has to be waited for.
    expect(waits).toEqual([0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
  });

  it('is limited by the address, or the network of it, for a minute', () => {
    for (let n = 0; n < 30; n += 1) expect(fail(`name${String(n)}`, '2001:db8::1')).toBe(0);
    now += 59_000;
    expect(fail('another', '2001:db8:0:0:ffff::2')).toBe(1);
    expect(fail('another', '2001:db8:0:1::2')).toBe(0);
    now += 1_000;
    expect(fail('another', '2001:db8::1')).toBe(0);
  });

  it('begins anew after an hour', () => {
    for (let guess = 0; guess < 5; guess += 1) fail('anna');
    now += 3_600_000;
    for (let guess = 0; guess < 5; guess += 1) expect(fail('anna')).toBe(0);
    expect(fail('anna')).toBe(2);
  });

  it('counts with attempts of one moment, before any of them is looked at', () => {
    const began = Array.from({ length: 8 }, (_each, n) => fail('anna', `192.0.2.${String(n)}`));
    expect(began).toEqual([0, 0, 0, 0, 0, 2, 2, 2]);
  });
});

describe('whoever is right', () => {
  it('is counted neither for the name nor for the address', () => {
    for (let n = 0; n < 100; n += 1)
      limits.begin({ address: '192.0.2.1', name: 'anna', device: null }).right();
    expect(fail('anna')).toBe(0);
  });

  it('comes from a known browser past what strangers did', () => {
    for (let n = 0; n < 40; n += 1) fail('anna');
    expect(fail('anna')).toBeGreaterThan(0);
    expect(fail('anna', '192.0.2.1', 'browser')).toBe(0);
  });
});

describe('what is known of guesses', () => {
  it('is not forgotten for other names while somebody waits', () => {
    for (let guess = 0; guess < 8; guess += 1) {
      fail('anna', '198.51.100.1');
      now += guess < 7 ? fail('anna', '198.51.100.1') * 1_000 : 0;
    }
    const wait = fail('anna');
    expect(wait).toBeGreaterThan(10);
    for (let n = 0; n < 10_100; n += 1) fail(`name${String(n)}`, `10.0.${String(n >> 8)}.${String(n & 255)}`);
    expect(fail('anna')).toBe(wait);
  });

  it('is of the smaller and the larger networks of a provider', () => {
    let guesses = 0;
    for (let n = 0; n < 256; n += 1) {
      for (let each = 0; each < 30; each += 1) {
        if (fail(`name${String(n)}-${String(each)}`, `2001:db8:1:${n.toString(16)}::1`) === 0) guesses += 1;
      }
    }
    expect(guesses).toBe(60);
    for (let n = 1; n < 256; n += 1) {
      for (let each = 0; each < 30; each += 1) {
        const address = `2001:db8:1:${(n << 8).toString(16)}::1`;
        if (fail(`other${String(n)}-${String(each)}`, address) === 0) guesses += 1;
      }
    }
    expect(guesses).toBe(120);
    expect(fail('another', '2001:db8:2::1')).toBe(0);
  });

  it('has nothing of an attempt that was not looked at', () => {
    for (let n = 0; n < 100; n += 1) {
      limits.begin({ address: '192.0.2.1', name: 'anna', device: null }).undone();
    }
    for (let guess = 0; guess < 5; guess += 1) expect(fail('anna')).toBe(0);
    expect(fail('anna')).toBe(2);
    now += 2_000;
    limits.begin({ address: '192.0.2.1', name: 'anna', device: null }).undone();
    expect(fail('anna')).toBe(0);
    expect(fail('anna')).toBe(4);
  });
});

it.each([
  ['192.0.2.1', ['192.0.2.1']],
  ['::ffff:192.0.2.1', ['192.0.2.1']],
  ['::1', ['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0:0::/48']],
  ['2001:db8:1:2345:3:4:5:6', ['2001:db8:1:2345::/64', '2001:db8:1:2300::/56', '2001:db8:1:0::/48']],
  ['2001:db8::5:6', ['2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0:0::/48']],
  ['fe80::', ['fe80:0:0:0::/64', 'fe80:0:0:0::/56', 'fe80:0:0:0::/48']],
])('the networks of %s are %j', (address, expected) => {
  expect(networksOf(address).map(({ name }) => name)).toEqual(expected);
});
