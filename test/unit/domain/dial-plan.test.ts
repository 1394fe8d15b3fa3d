import { describe, expect, test } from 'vitest';
import { compileDialPlan, type DialPlan } from '../../../src/domain/dial-plan.ts';
import { checkNumber } from '../../../src/domain/number.ts';

const plan = (over: Partial<DialPlan> = {}): DialPlan => ({
  allow: ['^\\+?[0-9]{7,15}$'],
  deny: [],
  rules: [],
  stripPlus: true,
  prefix: '',
  ...over,
});
const dial = (number: string, over: Partial<DialPlan> = {}) =>
  compileDialPlan(plan(over))(checkNumber(number));

describe('digits for the trunk', () => {
  test.each([
    ['+12025550123', {}, '12025550123'],
    ['+12025550123', { stripPlus: false }, '+12025550123'],
    ['2025550123', { prefix: '9' }, '92025550123'],
    ['+12025550123', { prefix: '9', stripPlus: false }, '912025550123'],
    ['+4930901820', { rules: [{ match: '^\\+49', replace: '0' }] }, '030901820'],
    [
      '+33142685300',
      {
        rules: [
          { match: '^\\+49', replace: '0' },
          { match: '^\\+', replace: '00' },
        ],
        prefix: '0',
      },
      '00033142685300',
    ],
  ])('%s with %j is %s', (number, over, expected) => {
    expect(dial(number, over)).toBe(expected);
  });
});

test('a number that no pattern allows, or one that is denied, is not dialled, and not shown in the error', () => {
  const refused: unknown = expect.objectContaining({ code: 'NUMBER_NOT_ALLOWED' });
  expect(() => dial('911')).toThrow(refused);
  expect(() => dial('+19005550123', { deny: ['^\\+1900'] })).toThrow(refused);
  expect(() => dial('12345678', { allow: [] })).toThrow(refused);
  expect(() => dial('+19005550123', { deny: ['^\\+1900'] })).toThrow(/\*+23$/);
});

test('a rule cannot bring anything into the dial string but digits', () => {
  expect(() => dial('2025550123', { rules: [{ match: '^202', replace: '!,202' }] })).toThrow(
    expect.objectContaining({ code: 'BAD_NUMBER' }),
  );
});

test('a plan that cannot be used is refused at once, with the field', () => {
  expect(() => compileDialPlan(plan({ allow: ['('] }))).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIG', field: 'allow[0]' }),
  );
  expect(() => compileDialPlan(plan({ rules: [{ match: '[', replace: '' }] }))).toThrow(
    expect.objectContaining({ field: 'rules[0].match' }),
  );
  expect(() => compileDialPlan(plan({ prefix: '9,' }))).toThrow(expect.objectContaining({ field: 'prefix' }));
});
