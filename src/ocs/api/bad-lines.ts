import type { BadLine } from '../../api/fields.ts';
import { badCsv } from '../lists/csv-table.ts';

/** So many bad lines are enough to refuse a file; the rest of it is not read. */
export const enoughBad = 1_000;
/** Bad lines that are told; of the others there is only their number. */
const mostTold = 100;
/** Characters of a bad cell that are kept. */
const longestFound = 100;

/** What is wrong with a file, however much it is: the first lines, and how many there are. */
export interface BadLines {
  add(lines: readonly BadLine[]): void;
  count(): number;
  /** By their place in the file. */
  first(): BadLine[];
  /** @throws CodedError BAD_CSV when there is one */
  refuse(): void;
}

export function createBadLines(): BadLines {
  let kept: BadLine[] = [];
  let count = 0;
  const first = () => {
    kept = kept.sort((a, b) => a.line - b.line).slice(0, mostTold);
    return [...kept];
  };
  return {
    add: (lines) => {
      count += lines.length;
      for (const line of lines) {
        const { found } = line;
        kept.push(
          found.length > longestFound ? { ...line, found: `${found.slice(0, longestFound)}...` } : line,
        );
        if (kept.length > 2 * mostTold) first();
      }
    },
    count: () => count,
    first,
    refuse: () => {
      if (count > 0) throw badCsv(first(), count);
    },
  };
}
