import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import type { CallRow } from './call-rows.ts';

/** Two reports on the same calls: which became right, which wrong, and whether chance would do as much. */
export interface Against {
  /** The detector of the earlier report. */
  detector: string;
  /** Files of this report that the earlier one has too. */
  files: number;
  rows: AgainstRow[];
}

export interface AgainstRow {
  name: string;
  n: number;
  /** Wrong before, right now; and the other way round. */
  mended: number;
  broken: number;
  /**
   * How likely chance alone shifts at least so many to one side: McNemar's test, exact and two-sided (Q. McNemar,
   * Psychometrika 12, 1947). Below 0.05 usually counts as a difference. 1 where nothing changed.
   */
  p: number;
}

const earlierReport = z.object({
  settings: z.object({ detector: z.string() }),
  calls: z.array(z.object({ file: z.string(), truth: z.string(), right: z.boolean() })),
});
export type EarlierReport = z.infer<typeof earlierReport>;

/**
 * Reads a report that `--json` wrote, of this or of an earlier detector.
 *
 * @throws CodedError NO_SUCH_FILE, BAD_ARGUMENT
 */
export function readEarlierReport(path: string): EarlierReport {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `--against ${path} cannot be read (${code})`, {
      field: 'against',
      found: code,
      expected: 'a report that npm run -s eval -- DIR --json wrote',
      cause: error,
    });
  }
  const refuse = (found: string, cause?: unknown) =>
    new CodedError('BAD_ARGUMENT', `--against ${path} is no report: ${found}`, {
      field: 'against',
      found,
      expected: 'a report that npm run -s eval -- DIR --json wrote',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse('not JSON', error);
  }
  const parsed = earlierReport.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another shape'}`);
  }
  return parsed.data;
}

/** Compares call by call; calls that only one of the two heard count nowhere. */
export function compareReports(now: readonly CallRow[], earlier: EarlierReport): Against {
  const before = new Map(earlier.calls.map((call) => [`${call.truth} ${call.file}`, call.right]));
  const pairs = now.flatMap((call) => {
    const was = before.get(`${call.truth} ${call.file}`);
    return was === undefined ? [] : [{ call, was, is: call.right }];
  });
  const groupOf = ({ truth, greeting }: CallRow) =>
    truth === 'human' ? `people, ${greeting ?? 'length not known'}` : truth;
  const names = ['people', ...new Set(pairs.map(({ call }) => groupOf(call)))];
  const rows = names.map((name) => {
    const own = pairs.filter(({ call }) =>
      name === 'people' ? call.truth === 'human' : groupOf(call) === name,
    );
    const mended = own.filter(({ was, is }) => !was && is).length;
    const broken = own.filter(({ was, is }) => was && !is).length;
    return { name, n: own.length, mended, broken, p: mcNemar(mended, broken) };
  });
  return {
    detector: earlier.settings.detector,
    files: pairs.length,
    rows: rows.filter(({ n }) => n > 0),
  };
}

/** The exact two-sided p of McNemar's test: of `a + b` changes at least as many on one side, each as likely as not. */
export function mcNemar(a: number, b: number): number {
  const n = a + b;
  let log = n * Math.log(0.5);
  let tail = Math.exp(log);
  for (let k = 1; k <= Math.min(a, b); k++) {
    log += Math.log((n - k + 1) / k);
    tail += Math.exp(log);
  }
  return Math.min(1, 2 * tail);
}
