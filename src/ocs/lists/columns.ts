import { closestMatch } from 'leven';
import type { BadLine } from '../../api/fields.ts';
import { badCsv } from './csv-table.ts';

/** Which column of a file is meant by a name: names as the file has them, and what they shall be taken for. */
export type ColumnMap = Readonly<Record<string, string>>;

export interface ColumnRules {
  /** Columns the product knows. */
  known: readonly string[];
  /** Known columns by {@link plainName} of all names that are as good. */
  names: ReadonlyMap<string, string>;
  /** User fields that others ask for by name: known as columns are, and otherwise like any other user field. */
  fields?: ReadonlyMap<string, string>;
  /** Names that probably mean a known column, as {@link plainName} writes them. */
  foreign: ReadonlyMap<string, string>;
  /** Names that mean what they say though they look like one of a known column, as {@link plainName} writes them. */
  plain?: ReadonlySet<string>;
  /** Known columns whose misspellings are recognised. */
  near: readonly string[];
  /** Whether a probable name is asked about although the column is there under its own name. */
  strict: boolean;
}

/** A name without case, accents, blanks, hyphens and underscores. */
export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\s._:/-]+/gu, '')
    .toLowerCase();
}

/** The names under which columns are known: their own, and others that are as good. */
export function columnNames(
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, string> {
  const own = known.map((column) => [plainName(column), column] as const);
  return new Map([
    ...own,
    ...Object.entries(aliases).map(([name, column]) => [plainName(name), column] as const),
  ]);
}

/** The column a name is, in any case and with blanks or hyphens; null when it is none. */
export function knownColumn(name: string, { names }: Pick<ColumnRules, 'names'>): string | null {
  return names.get(plainName(name)) ?? null;
}

/**
 * Takes each name of a header for a known column or for a field of its own. One that only looks like a known column is
 * neither: it is refused with what was probably meant, until the map says what it is.
 *
 * @returns the columns in the header's order
 * @throws CodedError BAD_CSV naming every column that has to be asked about
 */
export function resolveColumns(header: readonly string[], rules: ColumnRules, map: ColumnMap): string[] {
  const names = header.map((cell) => cell.trim());
  const missing = Object.keys(map).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw badCsv(
      missing.map((name) => ({
        line: 1,
        field: 'header',
        found: names.join(','),
        expected: `a column ${JSON.stringify(name)}, as the map of columns says`,
      })),
    );
  }
  // What was exported here has all columns under their names; whatever else it has are user fields.
  const exported = rules.known.every((column, index) => names[index] === column);
  const own = names.map((name) => {
    if (Object.hasOwn(map, name)) return null;
    return knownColumn(name, rules) ?? (exported ? null : (rules.fields?.get(plainName(name)) ?? null));
  });
  const asked: BadLine[] = [];
  const columns = names.map((name, index) => {
    const given = Object.hasOwn(map, name) ? map[name] : undefined;
    if (given !== undefined) return knownColumn(given, rules) ?? given;
    const column = own[index];
    if (column !== null && column !== undefined) return column;
    const meant = exported ? null : probableColumn(name, rules);
    if (meant !== null && (rules.strict || !own.includes(meant))) asked.push(question(name, meant));
    else if (/[\p{Cc}\ufffd]/u.test(name)) {
      asked.push({
        line: 1,
        field: 'header',
        found: name,
        expected: 'a name in UTF-8 without control characters',
      });
    }
    return name;
  });
  if (asked.length > 0) throw badCsv(asked);
  return columns;
}

function probableColumn(name: string, { foreign, near, plain: meant, strict }: ColumnRules): string | null {
  const plain = plainName(name);
  if (meant?.has(plain)) return null;
  const numbered = /\d$/.test(plain);
  if (numbered && !strict) return null;
  const bare = plain.replace(/\d+$/, '');
  const known = near.find((column) => isAnagram(plainName(column), bare)) ?? foreign.get(bare);
  if (known !== undefined) return known;
  if (bare.length < 4) return null;
  const maxDistance = bare.length < 8 ? 1 : 2;
  const slip = closestMatch(
    bare,
    near.map(plainName).filter((each) => each.length >= 4),
    { maxDistance },
  );
  return near.find((column) => plainName(column) === slip) ?? null;
}

/** The same letters, as when two are swapped. */
function isAnagram(one: string, other: string): boolean {
  return one.length === other.length && [...one].sort().join('') === [...other].sort().join('');
}

function question(name: string, meant: string): BadLine {
  return {
    line: 1,
    field: 'header',
    found: name,
    expected:
      `${meant}, if that is meant: map ${JSON.stringify(`${name}=${meant}`)}, ` +
      `or ${JSON.stringify(`${name}=${name}`)} if it is another field`,
  };
}
