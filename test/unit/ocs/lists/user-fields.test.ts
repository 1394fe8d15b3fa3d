import { expect, it } from 'vitest';
import { isUserValue } from '../../../../src/ocs/lists/user-fields.ts';

it.each<[string | number, boolean]>([
  ['', true],
  ['Zoë 🙂\nsecond line', true],
  [-1.5, true],
  ['half a pair: \ud83d', false],
  ['\ufffd', false],
])('the value %j of a user field can be exported: %s', (value, can) => {
  expect(isUserValue(value)).toBe(can);
});
