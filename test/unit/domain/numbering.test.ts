import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalNumber, type Numbering } from '../../../src/domain/numbering.ts';

const northAmerica: Numbering = { countryCode: '1', nationalPrefix: '', internationalPrefix: '011' };
const britain: Numbering = { countryCode: '44', nationalPrefix: '0', internationalPrefix: '00' };
const denmark: Numbering = {
  countryCode: '45',
  nationalPrefix: '',
  internationalPrefix: '00',
  nationalDigits: 8,
};

describe('one number in all its forms', () => {
  it.each<[string, Numbering | undefined, string, string[]]>([
    [
      'without a numbering plan',
      undefined,
      '12125550100',
      ['+12125550100', '12125550100', '+1 (212) 555-0100'],
    ],
    [
      'in North America',
      northAmerica,
      '12125550100',
      ['+12125550100', '12125550100', '2125550100', '01112125550100'],
    ],
    [
      'abroad from North America',
      northAmerica,
      '442071234567',
      ['+442071234567', '011442071234567', '442071234567'],
    ],
    [
      'in Britain',
      britain,
      '442071234567',
      ['+442071234567', '442071234567', '02071234567', '00442071234567', '+44 (0)20 7123 4567'],
    ],
    [
      'in Britain, where a spreadsheet took the first 0',
      { ...britain, nationalDigits: 10 },
      '442071234567',
      ['2071234567', '02071234567', '442071234567'],
    ],
    ['abroad from Britain', britain, '33123456789', ['+33123456789', '0033123456789', '33123456789']],
    [
      'in Denmark, beginning as the country code does',
      denmark,
      '4545123456',
      ['45123456', '4545123456', '+4545123456'],
    ],
  ])('%s', (_where, numbering, key, forms) => {
    for (const form of forms)
      expect(`${form} is ${canonicalNumber(form, numbering)}`).toBe(`${form} is ${key}`);
  });

  it('keeps numbers apart that only end alike', () => {
    const keys = ['+12125550100', '+442125550100', '02125550100'].map((form) =>
      canonicalNumber(form, britain),
    );
    expect(new Set(keys)).toEqual(new Set(['12125550100', '442125550100']));
    expect(canonicalNumber('5550100', northAmerica)).not.toBe(canonicalNumber('+5550100', northAmerica));
  });
});

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const numbering = fc.record(
  {
    countryCode: fc.stringMatching(/^[1-9][0-9]{0,2}$/),
    nationalPrefix: fc.constantFrom('', '0', '1', '06', '8'),
    internationalPrefix: fc.constantFrom('00', '011', '810', '0011'),
    nationalDigits: fc.integer({ min: 0, max: 12 }),
  },
  { requiredKeys: ['countryCode', 'nationalPrefix', 'internationalPrefix'] },
);

describe('the canonical form', () => {
  it('has digits only, and stays what it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', '+'),
        digits(2, 20),
        fc.option(numbering, { nil: undefined }),
        (plus, number, plan) => {
          const key = canonicalNumber(plus + number, plan);
          expect(key).toMatch(/^[0-9]{2,}$/);
          expect(canonicalNumber(`+${key}`, plan)).toBe(key);
        },
      ),
    );
  });

  it('without a plan does not see the +', () => {
    fc.assert(
      fc.property(digits(2, 20), (number) => {
        expect(canonicalNumber(`+${number}`)).toBe(canonicalNumber(number));
      }),
    );
  });

  it('is the same for a number dialled from abroad, and for a national one dialled at home', () => {
    fc.assert(
      fc.property(numbering, fc.stringMatching(/^[2-79][0-9]{6,9}$/), (plan, national) => {
        const key = canonicalNumber(`+${plan.countryCode}${national}`, plan);
        const { internationalPrefix, nationalPrefix, countryCode } = plan;
        expect(canonicalNumber(internationalPrefix + countryCode + national, plan)).toBe(key);
        if (nationalPrefix !== '') expect(canonicalNumber(nationalPrefix + national, plan)).toBe(key);
        else expect(canonicalNumber(national, { ...plan, nationalDigits: 10 })).toBe(key);
      }),
    );
  });

  it('is another one for another number of the same country', () => {
    const e164 = fc.stringMatching(/^[2-9][0-9]{9}$/);
    fc.assert(
      fc.property(e164, e164, (a, b) => {
        expect(canonicalNumber(`+1${a}`, northAmerica) === canonicalNumber(b, northAmerica)).toBe(a === b);
      }),
    );
  });
});
