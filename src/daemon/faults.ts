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

/** All faults of one file. The message says how many, then has one line for each. */
export class ConfigError extends CodedError {
  readonly faults: ConfigFault[];

  /** @param what is faulty: `campaign definition` */
  constructor(faults: ConfigFault[], what = 'configuration') {
    const heading = `the ${what} has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`;
    super('BAD_CONFIG', [heading, ...faults.map(describeFault)].join('\n'), {
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
