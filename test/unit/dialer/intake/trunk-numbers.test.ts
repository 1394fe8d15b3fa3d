import fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { closedSummary, compileTrunkNumbers } from '../../../../src/dialer/intake/trunk-numbers.ts';
import type { DialPlan } from '../../../../src/domain/dial-plan.ts';
import { emergencyNumbers } from '../../../../src/domain/emergency-numbers.ts';
import type { CheckedNumber } from '../../../../src/domain/number.ts';

const open: DialPlan = { allow: ['.'], deny: [], rules: [], stripPlus: true, prefix: '' };
const dialled = (plan: Partial<DialPlan>, country = 'US', openPremium: string[] = []) => {
  const dial = compileTrunkNumbers({ ...open, ...plan }, { country, openPremium });
  return (number: string) => {
    try {
      return dial(number as CheckedNumber) as string;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
};

describe('an emergency number is never dialled', () => {
  test.each(['US', 'DE', 'GB', 'XX'])(
    'in %s, written as it is or with the country code before it',
    (country) => {
      const dial = dialled({}, country);
      for (const number of emergencyNumbers(country)) expect(dial(number)).toBe('NUMBER_CLOSED');
      if (country === 'DE') expect(dial('+49110')).toBe('NUMBER_CLOSED');
    },
  );

  test('that a rewriting makes of a number the plan lets through', () => {
    const toNothing = { allow: ['^\\+1'], deny: ['^911$'], rules: [{ match: '^\\+1', replace: '' }] };
    expect(dialled(toNothing)('+1911')).toBe('NUMBER_NOT_ALLOWED');
    expect(dialled({ ...toNothing, deny: [] })('+1911')).toBe('NUMBER_CLOSED');
    expect(dialled({ ...toNothing, deny: [] })('+12125550100')).toBe('2125550100');
  });

  test('that the access digits make', () => {
    expect(dialled({ prefix: '9' })('11')).toBe('NUMBER_CLOSED');
    expect(dialled({ prefix: '9' })('2125550100')).toBe('92125550100');
  });

  test.each([
    ['DE', '0049112'],
    ['DE', '01149112'],
    ['DE', '81049112'],
    ['DE', '00490110'],
    ['DE', '+490110'],
    ['DE', '0110'],
    ['DE', '00112'],
    ['DE', '49110'],
    ['DE', '+1911'],
    ['DE', '0044999'],
    ['US', '1911'],
    ['US', '0111911'],
    ['US', '+11911'],
    ['US', '988'],
    ['RU', '8112'],
    ['RU', '8107101'],
    ['AU', '001161000'],
    ['JP', '01081119'],
    ['XX', '0049112'],
  ])('in %s, written as %s', (country, number) => {
    expect(dialled({}, country)(number)).toBe('NUMBER_CLOSED');
    expect(dialled({ prefix: '9' }, country)(number)).toBe('NUMBER_CLOSED');
    expect(dialled({ stripPlus: false }, country)(number)).toBe('NUMBER_CLOSED');
  });

  test('of any country, behind whatever a switch may take off', () => {
    const countries = getCountries().filter((country) => emergencyNumbers(country).length > 3);
    expect(countries.length).toBeGreaterThan(20);
    const way = fc.record({
      country: fc.constantFrom(...countries),
      which: fc.nat(),
      international: fc.constantFrom('+', '00', '011', '810'),
      withCode: fc.boolean(),
      trunkZero: fc.boolean(),
      prefix: fc.constantFrom('', '0', '9'),
    });
    fc.assert(
      fc.property(way, ({ country, which, international, withCode, trunkZero, prefix }) => {
        const all = emergencyNumbers(country);
        const emergency = all[which % all.length] ?? '112';
        const code = getCountryCallingCode(country);
        const zero = code === '1' ? '1' : ['7', '370', '375', '992', '993'].includes(code) ? '8' : '0';
        const national = (trunkZero ? zero : '') + emergency;
        for (const number of [national, international + (withCode ? code : '') + national]) {
          expect(dialled({ prefix }, country)(number), `${country} ${number}`).toBe('NUMBER_CLOSED');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('and no ordinary number of any country is taken for one', () => {
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples);
      if (example === undefined) continue;
      const { number, nationalNumber, countryCallingCode } = example;
      const dial = dialled({}, country, ['.']);
      expect(dial(number)).toBe(number.slice(1));
      for (const written of [
        `00${countryCallingCode}${nationalNumber}`,
        `0${nationalNumber}`,
        nationalNumber,
      ]) {
        expect(dial(written), `${country} ${written}`).toBe(written);
      }
    }
  });

  test('whatever the rules are', () => {
    const rule = fc.record({
      match: fc.constantFrom('^\\+1', '^\\+', '^0', '^1', '00$', '5+'),
      replace: fc.constantFrom('', '0', '9', '11', '91'),
    });
    const digits = fc.stringMatching(/^\+?[0-9]{2,8}$/);
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 3 }),
        fc.constantFrom('', '0', '9'),
        fc.boolean(),
        fc.oneof(digits, fc.constantFrom('+1911', '911', '+10', '0911', '011', '+111')),
        (rules, prefix, stripPlus, number) => {
          const out = dialled({ rules, prefix, stripPlus })(number);
          if (!/^\+?[0-9]+$/.test(out)) return;
          const bare = out.replace(/^\+/, '');
          expect(emergencyNumbers('US')).not.toContain(bare);
          expect(emergencyNumbers('US')).not.toContain(bare.slice(prefix.length));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a premium-rate number is dialled only where it is opened', () => {
  test.each([
    ['US', '+19002345678'],
    ['DE', '+499001234567'],
    ['DE', '09001234567'],
    ['US', '+449012345678'],
  ])('of %s: %s', (country, number) => {
    expect(dialled({}, country)(number)).toBe('NUMBER_CLOSED');
    const pattern = `^${number.slice(0, 5).replace('+', '\\+')}`;
    expect(dialled({}, country, [pattern])(number)).toBe(number.replace('+', ''));
  });

  test('and ordinary numbers are dialled', () => {
    for (const number of ['+12125550100', '+493023125000', '+442079460000']) {
      expect(dialled({})(number)).toBe(number.slice(1));
    }
  });

  test('a pattern that is no regular expression is named', () => {
    expect(() => compileTrunkNumbers(open, { country: 'US', openPremium: ['('] })).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', field: 'openPremium[0]' }),
    );
  });
});

test('what is closed is said in words, for the doctor', () => {
  expect(closedSummary({ country: 'US', openPremium: [] })).toBe(
    'emergency numbers of US (112, 911, 999, 988) and all premium-rate numbers',
  );
  expect(closedSummary({ country: 'DE', openPremium: ['^\\+49900'] })).toContain(
    ' and premium-rate numbers that openPremium does not open',
  );
});
