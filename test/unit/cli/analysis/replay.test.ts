import { describe, expect, it } from 'vitest';
import { whereTheyDiffer } from '../../../../src/cli/analysis/replay.ts';

describe('a replay that differs', () => {
  it('shows the words that differ, with those around them', () => {
    const words = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `w${from + at}`).join(' ');
    expect(
      whereTheyDiffer(`${words(0, 40)} 1 ${words(40, 60)}`, `${words(0, 40)} 2 3 ${words(40, 60)}`),
    ).toEqual([
      'w0 w1 w2 w3 ... w36 w37 w38 w39 1 w40 w41 w42 w43 ...',
      'w0 w1 w2 w3 ... w36 w37 w38 w39 2 3 w40 w41 w42 w43 ...',
    ]);
    expect(whereTheyDiffer('tone from 0', 'tone from 20')).toEqual(['tone from 0', 'tone from 20']);
    expect(whereTheyDiffer('a b', 'a b c')).toEqual(['a b', 'a b c']);
  });
});
