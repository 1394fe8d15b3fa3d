import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkNumber, isDialable } from '../../../src/domain/number.ts';

const vectors = readFileSync(new URL('../../vectors/dial-numbers.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ wanted: line.slice(0, 7), number: line.slice(7) }));

describe('a number that may reach a trunk', () => {
  it.each(vectors)('$wanted$number', ({ wanted, number }) => {
    expect(isDialable(number)).toBe(wanted === 'accept ');
  });

  it('is what is let through of a record, separators taken off', () => {
    expect(vectors.length).toBeGreaterThan(38);
    for (const { number } of vectors) {
      let checked;
      try {
        checked = checkNumber(number);
      } catch {
        continue;
      }
      expect(isDialable(checked)).toBe(true);
    }
  });
});
