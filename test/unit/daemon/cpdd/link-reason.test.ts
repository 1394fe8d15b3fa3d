import { expect, it } from 'vitest';
import { linkReason } from '../../../../src/daemon/cpdd/health.ts';

it.each([
  ['UNAUTHORIZED', 'OCS refuses the token'],
  ['TOO_MANY_WRONG_TOKENS', 'OCS refuses the token'],
  ['OCS_UNREACHABLE', 'OCS does not answer'],
  [null, 'OCS does not answer'],
] as const)('a link that is down by %s is told as: %s', (fault, reason) => {
  expect(linkReason(fault)).toBe(reason);
});
