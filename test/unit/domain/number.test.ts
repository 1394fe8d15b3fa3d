import { getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodedError } from '../../../src/domain/errors.ts';
import { checkDialled, checkNumber } from '../../../src/domain/number.ts';
import { hasTrunkZero } from '../../../src/domain/numbering.ts';

const refusal = (text: string): string => {
  try {
    return `taken as ${checkNumber(text)}`;
  } catch (error) {
    return (error as CodedError).expected ?? '';
  }
};

describe('a number as people write it', () => {
  it.each([
    ['+12125550100', '+12125550100'],
    ['  +1 (212) 555-0100 ', '+12125550100'],
    ['1-212-555-0100', '12125550100'],
    ['1-212 555-0100', '12125550100'],
    ['212.555.0100', '2125550100'],
    ['+1.2125550100', '+12125550100'],
    ['(212)555-0100', '2125550100'],
    ['212/555-0100', '2125550100'],
    ['030/5550101', '0305550101'],
    ['+49 30 / 555 01 01', '+49305550101'],
    ['05251 / 1234', '052511234'],
    ['030 12345-67', '0301234567'],
    ['01.23.45.67.00', '0123456700'],
    ['06 12 34 56 78', '0612345678'],
    ['98765 43210', '9876543210'],
    ['0331 1234567', '03311234567'],
    ['(+44) 20 7946 0958', '+442079460958'],
    ['+(44) 20 7946 0958', '+442079460958'],
    ['+44\u00a020\u202f7946\u20110958', '+442079460958'],
    ['+39 06 1234 5678', '+390612345678'],
    ['011 44 20 7946 0958', '011442079460958'],
    // 00 is no day of a month.
    ['00 31 2030', '00312030'],
    ['112', '112'],
  ])('%j is %s', (text, number) => {
    expect(checkNumber(text)).toBe(number);
  });

  it.each([
    ['+43 (0)1 5550101', '+4315550101'],
    ['+49(0)30-5550101', '+49305550101'],
    ['(+49) (0) 30 5550101', '+49305550101'],
    ['0041 (0)44 555 01 01', '0041445550101'],
    ['(0)30 5550101', '0305550101'],
  ])('leaves out a trunk zero in brackets where the country has one: %j is %s', (text, number) => {
    expect(checkNumber(text)).toBe(number);
  });

  it.each([
    ['a decimal', '4930555010.0', 'a number as text, not a decimal number'],
    ['a decimal of more zeros', '2125550100.000000', 'a number as text, not a decimal number'],
    ['a decimal with a country code', '+12125550100.0', 'a number as text, not a decimal number'],
    ['a decimal behind groups', '212 555 0100.0', 'a number as text, not a decimal number'],
    ['a small decimal', '5550.5', 'a number as text, not a decimal number'],
    ['a decimal comma', '2125550100,0', 'one number'],
    ['a power of ten', '4.93056E+11', 'all digits of the number, not a power of ten'],
    ['a power of ten with a comma', '4,93056e11', 'all digits of the number, not a power of ten'],
    ['a date', '2026-01-05', 'a telephone number, not a date'],
    ['a date of the day first', '24.12.2026', 'a telephone number, not a date'],
    ['two behind a slash', '2125550100 / 2125550101', 'one number'],
    ['two local ones behind a slash', '555-0101/555-0102', 'one number'],
    ['an extension behind a slash', '+49 30 5550101/12', 'one number'],
    ['two emergency numbers', '112/911', 'one number'],
    ['two behind a comma', '5550101, 5550102', 'one number'],
    ['two behind a semicolon', '5550101;5550102', 'one number'],
    ['two in words', '5550101 or 5550102', 'one number'],
    ['two behind a blank', '2125550100 2125550101', 'one number'],
    ['two in groups', '555-0101 555-0102', 'one number'],
    ['two of six digits', '555101 555102', 'one number'],
    ['two national ones', '06 1234 06 1235', 'one number'],
    ['two on lines', '5550101\n5550102', 'one number without characters that are not seen (U+000A)'],
    ['a range', '5550100-5550109', 'one number'],
    ['a digit behind a whole number', '2125550100-3', 'one number'],
    ['two plus signs', '++12125550100', 'an optional + and 2 to 15 digits'],
    ['two with a plus', '+12125550100 +12125550101', 'one number'],
    ['an extension', '212-555-0100 x12', 'a number without an extension'],
    ['an extension in words', '212-555-0100 ext. 5', 'a number without an extension'],
    ['an extension of a URI', '+12125550100;ext=5', 'a number without an extension'],
    ['letters', '555-FLOWERS', 'an optional + and 2 to 15 digits'],
    ['control characters of a board', '5550100,&!T', 'an optional + and 2 to 15 digits'],
    ['full-width digits', '\uff12\uff11\uff125550100', 'the digits 0 to 9'],
    ['Arabic digits', '\u0660\u0661\u0662\u0663\u0664', 'the digits 0 to 9'],
    [
      'a mark of direction',
      '\u202d+12125550100\u202c',
      'one number without characters that are not seen (U+202D)',
    ],
    ['a bracket left open', '(212 555-0100', 'brackets in pairs'],
    ['a bracket at the end', '212 555 0100 (5)', 'an optional + and 2 to 15 digits'],
    ['a 0 in brackets where it is dialled', '+39 (0)6 1234 5678', 'no 0 in brackets, unless'],
    ['a 0 in brackets where there is none', '+1 (0)212 555 0100', 'no 0 in brackets, unless'],
    ['a 0 in brackets twice', '(0)040(0)0', 'no 0 in brackets, unless'],
    ['a 0 behind the country code', '+44 020 7946 0958', 'no 0 behind the country code'],
    ['a 0 for a country code', '+0044 20 7946 0958', 'a country code behind the +'],
    ['one digit', '5', 'an optional + and 2 to 15 digits'],
    ['sixteen digits', '+1234567890123456', 'an optional + and 2 to 15 digits'],
    ['two run together', '21255501002125550101', 'an optional + and 2 to 15 digits'],
    ['a separator in front', '-12125550100', 'an optional + and 2 to 15 digits'],
    ['nothing', ' ', 'an optional + and 2 to 15 digits'],
  ])('refuses %s', (_what, text, expected) => {
    expect(refusal(text)).toContain(expected);
  });
});

const separator = fc.constantFrom('', ' ', '-', '.', '/', '(', ')', ' / ', ', ', '+', '(0)', ' x', '.0', 'e');
const cell = fc
  .array(fc.oneof(separator, fc.stringMatching(/^[0-9]{1,11}$/)), { minLength: 1, maxLength: 9 })
  .map((parts) => parts.join(''));

describe('what is taken', () => {
  it('was written: the digits in their order, less a trunk zero in brackets', () => {
    fc.assert(
      fc.property(cell, (text) => {
        const read = refusal(text);
        if (!read.startsWith('taken as ')) return;
        const digits = read.slice('taken as '.length).replace('+', '');
        const written = text.replace(/[^0-9]/g, '');
        const bare = text.replace('(0)', '').replace(/[^0-9]/g, '');
        expect([written, bare]).toContain(digits);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is taken again as it is', () => {
    fc.assert(
      fc.property(cell, (text) => {
        const read = refusal(text);
        if (read.startsWith('taken as ')) expect(refusal(read.slice('taken as '.length))).toBe(read);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never two numbers, however they are put into one cell', () => {
    const number = fc.constantFrom(
      '2125550100',
      '5550111',
      '+442079460958',
      '030 5550101',
      '555-0101',
      '02079460958',
    );
    const between = fc.constantFrom(
      '/',
      ' / ',
      ' ',
      ',',
      ', ',
      ';',
      '-',
      ' - ',
      '.',
      '|',
      ' or ',
      '\n',
      '\t',
      ' & ',
    );
    fc.assert(
      fc.property(number, between, number, (one, gap, other) => {
        expect(refusal(one + gap + other)).not.toContain('taken');
      }),
    );
  });
});

describe('the trunk zero', () => {
  it('is where the national numbering plans have it', () => {
    const plans = new Map<string, boolean>();
    for (const country of getCountries()) {
      const metadata = new Metadata();
      metadata.selectNumberingPlan(country);
      const plan = metadata.numberingPlan as unknown as { nationalPrefix(): string | undefined };
      const zero = plan.nationalPrefix() === '0' && !examples[country]?.startsWith('0');
      const code = getCountryCallingCode(country);
      plans.set(code, (plans.get(code) ?? true) && zero);
    }
    for (const [code, zero] of plans) expect([code, hasTrunkZero(code)]).toEqual([code, zero]);
  });
});

describe('digits for a trunk', () => {
  it('have room for access digits, and nothing but digits', () => {
    expect(checkDialled('9011442079460958123', 'dialled')).toBe('9011442079460958123');
    for (const text of ['', '1', '123456789012345678901', '12w3', '1 2']) {
      expect(() => checkDialled(text, 'dialled')).toThrow('is not a telephone number');
    }
  });
});
