import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { nearestName } from '../terminal/nearest-name.ts';
import { readTextFile } from './config-parts.ts';
import { ConfigError, fieldName, type ConfigFault } from './faults.ts';

/** A value given on the command line; it goes over the file's. `undefined`: the flag was not given. */
export interface Flag {
  name: string;
  path: string[];
  value: unknown;
}

/** A checked configuration, and a way to name the place of a fault that only later checks can see. */
export interface LoadedConfig<T> {
  value: T;
  /** As it was written, flags laid over it, without defaults. */
  input: unknown;
  fault(path: readonly PropertyKey[], found: string, expected: string): ConfigFault;
}

type Path = readonly PropertyKey[];

/** What a file is, for messages, and what named it. */
export interface FileKind {
  name: string;
  field: string;
}

const configuration: FileKind = { name: 'configuration', field: 'config' };

/**
 * Reads one YAML file, lays the flags over it, fills in the defaults and checks everything.
 *
 * @throws ConfigError with every fault found, each with its line and column; of text that is no YAML with the first
 * @throws CodedError NO_SUCH_FILE when the file cannot be read
 */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  file: string,
  flags: readonly Flag[] = [],
  { name, field }: FileKind = configuration,
): LoadedConfig<z.output<S>> {
  const lines = new LineCounter();
  const text = readTextFile(`${name} file`, file, { field, expected: 'a readable YAML file' });
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // Those behind the first mostly follow from it.
  const [slip] = document.errors.sort((a, b) => a.pos[0] - b.pos[0]);
  if (slip !== undefined) {
    const fault: ConfigFault = {
      ...position(lines, slip.pos[0]),
      source: file,
      field: '',
      found: `${slip.code}: ${slip.message}`,
      expected: 'well-formed YAML',
      suggestion: null,
    };
    throw new ConfigError([fault], name);
  }

  const given = flags.filter((flag) => flag.value !== undefined);
  const input = overlay(document.toJS() ?? {}, given);
  const place = (path: Path, key?: string) => placeOf(file, document, lines, given, path, key);
  const result = schema.safeParse(input);
  if (!result.success) {
    const known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    throw new ConfigError(
      result.error.issues
        .flatMap((issue) => issueFaults(issue, [], input, known, place))
        .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
      name,
    );
  }
  return {
    value: result.data,
    input,
    fault: (path, found, expected) => ({
      ...place(path),
      field: fieldName(path),
      found,
      expected,
      suggestion: null,
    }),
  };
}

function overlay(input: unknown, flags: readonly Flag[]): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const top = input as Record<string, unknown>;
  for (const flag of flags) {
    let at = top;
    for (const part of flag.path.slice(0, -1)) {
      const below = at[part];
      if (typeof below !== 'object' || below === null) at[part] = {};
      at = at[part] as Record<string, unknown>;
    }
    at[flag.path.at(-1) ?? ''] = flag.value;
  }
  return top;
}

type Place = Pick<ConfigFault, 'source' | 'line' | 'column'>;

/** Where a path, or a key of the map at that path, is written; the nearest parent when it is missing. */
function placeOf(
  file: string,
  document: Document,
  lines: LineCounter,
  flags: readonly Flag[],
  path: Path,
  key?: string,
): Place {
  const flag = flags.find(
    ({ path: own }) => own.length <= path.length && own.every((part, i) => part === path[i]),
  );
  if (flag !== undefined) return { source: `option --${flag.name}`, line: null, column: null };
  const wanted = key === undefined ? path : [...path, key];
  for (let length = wanted.length; length > 0; length -= 1) {
    const offset = offsetOf(document, wanted.slice(0, length), key !== undefined);
    if (offset !== null) return { source: file, ...position(lines, offset) };
  }
  return { source: file, line: 1, column: 1 };
}

function offsetOf(document: Document, path: Path, ofKey: boolean): number | null {
  const last = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
    if (pair === undefined) return null;
    const node: unknown = ofKey || pair.value === null ? pair.key : pair.value;
    const key = pair.key as { range?: [number, number, number] | null };
    return (node as { range?: [number, number, number] | null }).range?.[0] ?? key.range?.[0] ?? null;
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined;
  return node?.range?.[0] ?? null;
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function issueFaults(
  issue: z.core.$ZodIssue,
  base: Path,
  input: unknown,
  known: unknown,
  place: (path: Path, key?: string) => Place,
): ConfigFault[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(known, path, input);
    return issue.keys.map((key) => ({
      ...place(path, key),
      field: fieldName([...path, key]),
      found: `unknown key ${key}`,
      expected: `one of ${keys.join(', ')}`,
      suggestion: nearestName(key, keys),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = meantBranch(issue.errors);
    if (meant !== null) return meant.flatMap((inner) => issueFaults(inner, path, input, known, place));
  }
  return [
    {
      ...place(path),
      field: fieldName(path),
      found: foundAt(input, path),
      expected: expectation(issue),
      suggestion: null,
    },
  ];
}

/** The branch of a union whose type was right, so that only its details are wrong; null when none is. */
function meantBranch(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | null {
  return (
    branches.find((issues) =>
      issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
    ) ?? null
  );
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'object' || issue.expected === 'record'
        ? 'a map'
        : issue.expected === 'array'
          ? 'a list'
          : `a value of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? String(issue.values[0])
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${sizeOf(issue.origin)}${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    case 'too_big':
      return `${sizeOf(issue.origin)}at most ${String(issue.maximum)}`;
    case 'invalid_union': {
      const options = (issue as { options?: unknown[] }).options;
      if (options !== undefined) return `one of ${options.map(String).join(', ')}`;
      return issue.errors
        .map((branch) => (branch[0] === undefined ? '' : expectation(branch[0])))
        .join(' or ');
    }
    case 'invalid_format': {
      if (!issue.message.startsWith('Invalid')) return issue.message;
      return issue.format === 'regex' ? `text of the form ${issue.pattern ?? ''}` : `a valid ${issue.format}`;
    }
    default:
      return issue.message;
  }
}

function sizeOf(origin: string): string {
  if (origin === 'string') return 'a length of ';
  return origin === 'array' ? 'a list with a count of ' : '';
}

/** The value for a message. What may be a secret is never shown. */
function foundAt(input: unknown, path: Path): string {
  let value = input;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
  if (value === undefined) return 'nothing';
  if (path.some((part) => /token$|password|secret/i.test(String(part)))) return 'a hidden value';
  const text = JSON.stringify(value).replace(/:\/\/[^/"]*@/g, '://(hidden)@');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

interface JsonNode {
  properties?: Record<string, JsonNode>;
  additionalProperties?: JsonNode | boolean;
  items?: JsonNode;
  anyOf?: JsonNode[];
  oneOf?: JsonNode[];
  allOf?: JsonNode[];
  const?: unknown;
}

/** Keys that the JSON Schema allows at a path, over all branches of its unions that the input may mean. */
function keysAt(schema: unknown, path: Path, input: unknown): string[] {
  let nodes = branches(schema as JsonNode);
  let value = input;
  for (const part of path) {
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
    nodes = nodes.flatMap((node) => {
      const below =
        typeof part === 'number'
          ? node.items
          : (node.properties?.[String(part)] ??
            (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined));
      return below === undefined ? [] : branches(below);
    });
    nodes = nodes.filter((node) => isMeant(node, value));
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** Not a branch for another kind than the input says, e.g. another driver. */
function isMeant({ properties = {} }: JsonNode, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const said = value as Record<string, unknown>;
  return Object.entries(properties).every(
    ([name, { const: kind }]) => kind === undefined || said[name] === undefined || said[name] === kind,
  );
}

function branches(node: JsonNode): JsonNode[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])].flatMap(branches)];
}
