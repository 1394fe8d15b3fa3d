import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonSpan, isMostOf } from '../../../src/recordings/common-span.ts';
import { drawnPrints, onAnotherLine } from '../../support/prints.ts';

const joined = (...parts: Uint32Array[]) => Uint32Array.from(parts.flatMap((part) => [...part]));
/** Nobody speaks. */
const pause = (count: number) => new Uint32Array(count);

describe('what two recordings have in common', () => {
  test('is found wherever it lies in the two, and nothing beside it', () => {
    const length = fc.integer({ min: 0, max: 120 });
    fc.assert(
      fc.property(length, length, length, length, (before, behind, otherBefore, otherBehind) => {
        const common = drawnPrints(1, 100);
        const first = joined(drawnPrints(2, before), common, drawnPrints(3, behind));
        const second = joined(drawnPrints(4, otherBefore), common, drawnPrints(5, otherBehind));
        const span = commonSpan(first, second);
        expect(span.join()).toContain(common.join());
        // One drawn print may be like another by chance.
        expect(span.length).toBeLessThan(common.length + 5);
      }),
      { numRuns: 50 },
    );
  });

  test('goes through a pause, and over another line', () => {
    const recording = joined(drawnPrints(1, 100), pause(30), drawnPrints(2, 100));
    expect(commonSpan(recording, onAnotherLine(recording))).toEqual(recording);
  });

  test('ends where one of them says a name of its own', () => {
    const said = (name: number) => joined(drawnPrints(1, 80), drawnPrints(name, 40), drawnPrints(2, 120));
    expect(commonSpan(said(3), said(4))).toEqual(drawnPrints(2, 120));
  });

  test('is nothing where they have nothing in common', () => {
    expect(commonSpan(drawnPrints(1, 300), drawnPrints(2, 300)).length).toBeLessThan(10);
    expect(commonSpan(drawnPrints(1), pause(100))).toHaveLength(0);
    expect(commonSpan(new Uint32Array(), drawnPrints(1))).toHaveLength(0);
  });

  test('is most of what was heard from half of its sound on', () => {
    const heard = joined(drawnPrints(1, 100), pause(60), drawnPrints(2, 100));
    expect(isMostOf(drawnPrints(1, 100), heard)).toBe(true);
    expect(isMostOf(drawnPrints(1, 99), heard)).toBe(false);
  });
});
