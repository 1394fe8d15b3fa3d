import { describe, expect, it } from 'vitest';
import { scoreOf, type Mutant } from '../../../scripts/mutate/mutant.ts';
import { chosen } from '../../../scripts/mutate/sample.ts';

const place = (file: string, line: number) => ({ file, line, column: 1, replacement: 'true' });
const places = ['src/a/x.ts', 'src/a/y.ts', 'src/ab/z.ts'].flatMap((file) =>
  Array.from({ length: 50 }, (_, line) => place(file, line)),
);

describe('a sample of mutants', () => {
  it('is the same for the same seed, another for another, and so large for each path', () => {
    const options = { paths: ['src/a', 'src/ab/z.ts'], size: 10, seed: 1 };
    const picked = chosen(places, options);
    expect(chosen(places.toReversed(), options)).toEqual(picked);
    expect(chosen(places, { ...options, seed: 2 })).not.toEqual(picked);
    expect([...picked].filter(({ file }) => file.startsWith('src/a/'))).toHaveLength(10);
    expect([...picked].filter(({ file }) => file === 'src/ab/z.ts')).toHaveLength(10);
  });

  it('is all of them where no number is given', () => {
    expect(chosen(places, { paths: ['src/a'], size: null, seed: 1 }).size).toBe(places.length);
  });

  it('stays as it is in one file when another changes', () => {
    const of = (from: typeof places) =>
      [...chosen(from, { paths: ['src/a'], size: 60, seed: 3 })].filter(({ file }) => file === 'src/a/x.ts');
    const without = places.filter(({ file, line }) => file !== 'src/a/y.ts' || line > 40);
    expect(new Set(of(without))).toEqual(new Set([...of(places), ...of(without)]));
  });
});

describe('the score', () => {
  const mutant = (
    noticedBy: Mutant['noticedBy'],
    equivalent: string | null = null,
    file = 'src/a/x.ts',
  ): Mutant => ({
    ...place(file, 1),
    source: 'if (a < b)',
    kind: 'EqualityOperator',
    noticedBy,
    equivalent,
  });

  it('is what was noticed of all but the equivalent ones below the path', () => {
    const mutants = [
      mutant('compiler'),
      mutant('test'),
      mutant('timeout'),
      mutant(null),
      mutant(null, 'both are the same here'),
      mutant(null, null, 'src/ab/z.ts'),
    ];
    expect(scoreOf('src/a', mutants)).toEqual({
      path: 'src/a',
      compiler: 1,
      tests: 1,
      timeouts: 1,
      survived: 1,
      equivalent: 1,
      percent: 75,
    });
  });

  it('of nothing is none', () => {
    expect(scoreOf('src/b', [mutant('test')]).percent).toBeNull();
  });
});
