/** One break of one place, and whether anything noticed it. */
export interface Mutant {
  /** `src/domain/causes.ts` */
  file: string;
  /** Line and column from 1, as an editor shows them. */
  line: number;
  column: number;
  /** The line as it stands in the file, without blanks around it. */
  source: string;
  /** Stryker's name of the kind of break: `EqualityOperator`. */
  kind: string;
  /** What stands in the place instead. */
  replacement: string;
  noticedBy: 'compiler' | 'test' | 'timeout' | null;
  /** Why nothing can notice it; null when it is not known as equivalent. */
  equivalent: string | null;
}

export interface Score {
  path: string;
  compiler: number;
  tests: number;
  timeouts: number;
  survived: number;
  equivalent: number;
  /** Noticed of all but the equivalent ones, in percent; null when there was none. */
  percent: number | null;
}

/** @param path a file or a folder; what lies below it is counted */
export function scoreOf(path: string, mutants: readonly Mutant[]): Score {
  const here = mutants.filter(({ file }) => isBelow(path, file));
  const count = (by: Mutant['noticedBy']) =>
    here.filter(({ noticedBy, equivalent }) => noticedBy === by && (by !== null || equivalent === null))
      .length;
  const [compiler, tests, timeouts, survived] = [
    count('compiler'),
    count('test'),
    count('timeout'),
    count(null),
  ];
  const noticed = compiler + tests + timeouts;
  return {
    path,
    compiler,
    tests,
    timeouts,
    survived,
    equivalent: here.length - noticed - survived,
    percent: noticed + survived === 0 ? null : Math.round((1_000 * noticed) / (noticed + survived)) / 10,
  };
}

export function isBelow(path: string, file: string): boolean {
  return file === path || file.startsWith(`${path}/`);
}
