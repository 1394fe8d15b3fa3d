/** A share of a count with its 95 % interval; all three from 0 to 1. */
export interface Share {
  n: number;
  count: number;
  /** null where there is nothing to count. */
  share: number | null;
  low: number | null;
  high: number | null;
}

/** Two-sided 95 % of the normal distribution. */
const z95 = 1.959964;

/**
 * A share with Wilson's score interval, without continuity correction (E. B. Wilson, 1927): unlike the normal
 * approximation it stays right where nothing, or nearly nothing, was counted.
 */
export function share(count: number, n: number): Share {
  if (n === 0) return { n, count, share: null, low: null, high: null };
  const p = count / n;
  const z2 = z95 * z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // At the ends rounding must not leave a trace of a share that is 0 or 1.
  const low = count === 0 ? 0 : centre - half;
  const high = count === n ? 1 : centre + half;
  return { n, count, share: p, low, high };
}

/**
 * The greatest share that `count` of `n` does not speak against at the given confidence, by the exact binomial
 * distribution (C. Clopper and E. S. Pearson, 1934): one-sided, never too small. 1 where there is nothing to count.
 */
export function exactUpperBound(count: number, n: number, confidence: number): number {
  if (count >= n) return 1;
  return bisect((p) => atMost(count, n, p) > 1 - confidence);
}

/** The exact two-sided interval of 95 %: each side leaves out 2.5 %. */
export function exactShare(count: number, n: number): Share {
  if (n === 0) return { n, count, share: null, low: null, high: null };
  const low = count === 0 ? 0 : bisect((p) => 1 - atMost(count - 1, n, p) < 0.025);
  return { n, count, share: count / n, low, high: exactUpperBound(count, n, 0.975) };
}

/** How many must be seen, none of them lost, to speak against a share of more than `most`: the rule of three. */
export function fewestFor(most: number, confidence: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(1 - most));
}

/** The chance of at most `count` of `n` where each has the chance `p`. */
function atMost(count: number, n: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return count >= n ? 1 : 0;
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= count; k++) {
    log += Math.log((n - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** Where `isBelow` turns from true to false, between 0 and 1. */
function bisect(isBelow: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The quantile `p` (0 to 1), interpolated between the two nearest values (Hyndman and Fan's type 7, the usual
 * one of R and NumPy).
 *
 * @returns null for no values
 */
export function quantile(values: readonly number[], p: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (at - Math.floor(at));
}

/** How long something took, over many: in the unit of the values, ms here. */
export interface Spread {
  n: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  max: number | null;
}

export function spread(values: readonly number[]): Spread {
  return {
    n: values.length,
    p50: quantile(values, 0.5),
    p90: quantile(values, 0.9),
    p95: quantile(values, 0.95),
    max: quantile(values, 1),
  };
}

/** Counts by row and column, both in the order given; what is in neither list is a mistake of the caller. */
export interface CountTable {
  rows: string[];
  columns: string[];
  counts: number[][];
}

export function countTable(
  pairs: readonly { row: string; column: string }[],
  rows: readonly string[],
  columns: readonly string[],
): CountTable {
  const counts = rows.map(() => columns.map(() => 0));
  for (const { row, column } of pairs) {
    const line = counts[rows.indexOf(row)];
    const at = columns.indexOf(column);
    if (line === undefined || at === -1) throw new RangeError(`no place for ${row} as ${column}`);
    line[at] = (line[at] ?? 0) + 1;
  }
  return { rows: [...rows], columns: [...columns], counts };
}
