import { createHash } from 'node:crypto';
import { isBelow } from './mutant.ts';

/** What identifies a mutant from one run to the next. */
export interface Place {
  file: string;
  line: number;
  column: number;
  replacement: string;
}

export interface SampleOptions {
  paths: readonly string[];
  /** So many of each path; null for all. */
  size: number | null;
  seed: number;
}

/**
 * The mutants to try: of each path those with the lowest hashes, so that the same seed picks the same ones, and
 * a change in one file leaves the choice in the others as it was.
 */
export function chosen<T extends Place>(mutants: readonly T[], { paths, size, seed }: SampleOptions): Set<T> {
  if (size === null) return new Set(mutants);
  const rank = (at: Place) =>
    createHash('sha256').update([seed, at.file, at.line, at.column, at.replacement].join('\0')).digest('hex');
  return new Set(
    paths.flatMap((path) =>
      mutants
        .filter(({ file }) => isBelow(path, file))
        .map((mutant) => ({ mutant, rank: rank(mutant) }))
        .sort((a, b) => (a.rank < b.rank ? -1 : 1))
        .slice(0, size)
        .map(({ mutant }) => mutant),
    ),
  );
}
