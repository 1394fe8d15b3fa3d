import { CodedError } from '../domain/errors.ts';

/** One fault of a configuration: where it is, what was found there and what was expected. */
export interface ConfigFault {
  /** File, or `option --name` for a value given on the command line. */
  source: string;
  /** From 1; null where the fault has no place in a file. */
  line: number | null;
  column: number | null;
  /** Dotted path, e.g. `board.trunks[0].channels`; empty for the whole file. */
  field: string;
  found: string;
  expected: string;
  /** The key that was probably meant. */
  suggestion: string | null;
}

/** All faults of one configuration. The message has one line for each. */
export class ConfigError extends CodedError {
  readonly faults: ConfigFault[];

  constructor(faults: ConfigFault[]) {
    super('BAD_CONFIG', faults.map(describeFault).join('\n'), {
      ...(faults[0] === undefined ? {} : { field: faults[0].field, found: faults[0].found }),
    });
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** `file:line:column: field: found ..., expected ...`, the form that editors can jump to. */
export function describeFault(fault: ConfigFault): string {
  const place = fault.line === null ? fault.source : `${fault.source}:${fault.line}:${fault.column ?? 1}`;
  const field = fault.field === '' ? '' : ` ${fault.field}:`;
  const hint = fault.suggestion === null ? '' : ` (did you mean ${fault.suggestion}?)`;
  return `${place}:${field} found ${fault.found}, expected ${fault.expected}${hint}`;
}

/** `['board', 'trunks', 0]` as `board.trunks[0]`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) =>
      typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`,
    '',
  );
}

/** The known key nearest to a mistyped one; null when none is near enough to be meant. */
export function nearestKey(found: string, known: readonly string[]): string | null {
  // Two letters swapped count as two changes.
  const limit = found.length < 4 ? 1 : Math.max(2, Math.floor(found.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const key of known) {
    const distance = editDistance(found.toLowerCase(), key.toLowerCase());
    if (distance < bestDistance) {
      best = key;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, one row kept. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
