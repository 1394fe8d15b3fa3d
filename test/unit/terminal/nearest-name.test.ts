import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../src/terminal/nearest-name.ts';

describe('what was probably meant', () => {
  it.each([
    ['dialplan', ['dialPlan', 'log'], 'dialPlan'],
    ['jurnal', ['journal', 'log'], 'journal'],
    ['lgo', ['journal', 'log'], null],
    ['lgoo', ['journal', 'log'], 'log'],
    ['database', ['journal', 'log'], null],
    ['anything', [], null],
  ])('%s of %j is %s', (found, known, meant) => {
    expect(nearestName(found, known)).toBe(meant);
  });
});
