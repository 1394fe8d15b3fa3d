import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTrunkExtensions, patternsForOcs } from '../../../../src/dialer/intake/trunk-extensions.ts';
import { emergencyNumbers } from '../../../../src/domain/emergency-numbers.ts';
import { usualExtensions } from '../../../../src/domain/extension.ts';

const takes = (allow: readonly string[], country: string, prefix = '') => {
  const check = compileTrunkExtensions(allow, { country, prefix });
  return (extension: string) => {
    try {
      check(extension);
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
};

describe("an agent's extension is never an emergency number, whatever is allowed", () => {
  test.each([
    ['DE', '', '112'],
    ['DE', '', '110'],
    ['DE', '', '19222'],
    ['DE', '', '0112'],
    ['DE', '', '0049112'],
    ['DE', '0', '0110'],
    ['DE', '0', '000110'],
    ['US', '9', '9911'],
    ['US', '9', '91911'],
    ['EE', '', '1220'],
    ['XX', '', '999'],
  ])('in %s, with access digits %j: %s', (country, prefix, extension) => {
    expect(takes(['.'], country, prefix)(extension)).toBe('EXTENSION_NOT_ALLOWED');
  });

  test.each([
    ['DE', '', '1112'],
    ['DE', '', '7001'],
    ['US', '', '1911'],
    ['US', '', '9912'],
    ['US', '9', '9100'],
  ])(
    'and an extension that only looks like one is taken: in %s, with access digits %j: %s',
    (country, prefix, extension) => {
      expect(takes(['.'], country, prefix)(extension)).toBe('taken');
    },
  );

  test('what the patterns do not allow stays closed', () => {
    expect(takes(usualExtensions, 'DE')('0301234567')).toBe('EXTENSION_NOT_ALLOWED');
    expect(takes(usualExtensions, 'DE')('7001')).toBe('taken');
  });
});

describe('the patterns that OCS is told', () => {
  const matches = (allow: readonly string[], extension: string, country = 'DE', prefix = '') =>
    patternsForOcs(allow, { country, prefix }).some((pattern) => new RegExp(pattern).test(extension));

  test('match what the site allows, without emergency numbers', () => {
    const allow = ['^7\\d{3}$', '11', '^1([0-9])\\1'];
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{2,5}$/), (extension) => {
        const allowed = allow.some((pattern) => new RegExp(pattern).test(extension));
        const emergency = emergencyNumbers('DE').includes(extension);
        expect(matches(allow, extension)).toBe(allowed && !emergency);
      }),
      { numRuns: 1_000 },
    );
    for (const number of emergencyNumbers('DE')) expect(matches(['.'], number)).toBe(false);
    expect(matches(['.'], '9110', 'DE', '9')).toBe(false);
  });

  test('are as they were where they would become too long for the link', () => {
    const long = `^7(?:${'0'.repeat(480)})?$`;
    expect(patternsForOcs([long], { country: 'DE', prefix: '' })).toEqual([long]);
  });
});
