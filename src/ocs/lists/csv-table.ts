import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { BadLine } from '../../api/fields.ts';
import { CodedError } from '../../domain/errors.ts';

export interface Row {
  /** On which it begins; the header is line 1. */
  line: number;
  cells: string[];
}

/** What a decoder puts where the bytes are no UTF-8: the file was written in another encoding. */
export const undecodable = '\ufffd';

/** Which columns the names of the first line are, and what is missing among them (null: nothing). */
export interface HeaderRules {
  resolve: (names: readonly string[]) => string[];
  complaint: (columns: readonly string[]) => string | null;
}

/** Some whole lines of a table. */
interface Lines {
  text: string;
  /** The number of the first in the file; the header is 1. */
  firstLine: number;
}

/**
 * Reads CSV whose first line names the columns, some lines at a time.
 *
 * @returns rows with as many cells as there are columns, and what is wrong with the other lines
 * @throws CodedError BAD_CSV when the header line itself cannot be used
 */
export function tableReader(
  header: HeaderRules,
): (lines: Lines) => { columns: string[]; rows: Row[]; bad: BadLine[] } {
  let known: string[] | null = null;
  return (lines) => {
    const { rows, bad } = readRows(lines);
    const columns = (known ??= readHeader(rows.shift(), bad, header));
    const whole = rows.filter(({ line, cells }) => {
      if (cells.length === columns.length) return true;
      bad.push({
        line,
        field: 'line',
        found: `${String(cells.length)} columns`,
        expected: `${String(columns.length)} columns, as in the header`,
      });
      return false;
    });
    return { columns, rows: whole, bad };
  };
}

function readHeader(
  header: Row | undefined,
  bad: readonly BadLine[],
  { resolve, complaint }: HeaderRules,
): string[] {
  const fail = (field: string, found: string, expected: string): never => {
    throw badCsv([{ line: 1, field, found, expected }]);
  };
  const [broken] = bad.filter((line) => line.line === 1);
  if (broken !== undefined) throw badCsv([broken]);
  if (header === undefined) return fail('header', 'an empty file', 'a line with the names of the columns');
  const columns = resolve(header.cells);
  const missing = complaint(columns);
  if (missing !== null) fail('header', columns.join(','), missing);
  columns.forEach((column, index) => {
    if (column === '') fail('header', `column ${String(index + 1)} without a name`, 'a name for each column');
    if (columns.indexOf(column) !== index) fail('header', column, 'each column once');
  });
  return columns;
}

/**
 * The rows with the lines they begin on. Lines that are well-formed are read in one go. In those that are not,
 * a quote that was left open would swallow good lines with the bad one, so it is read line by line and a
 * line break inside quotes counts as a broken quote.
 */
function readRows({ text: source, firstLine: start }: Lines): { rows: Row[]; bad: BadLine[] } {
  const options = { bom: true, relax_column_count: true, skip_empty_lines: true, info: true } as const;
  const read = (part: string, firstLine: number): Row[] => {
    // With `info`, the parser gives `lines` as the line on which a record ends.
    const found = parse(part, options) as unknown as { info: { lines: number }; record: string[] }[];
    return found.map(({ info, record }) => ({
      line: firstLine + info.lines - 1 - record.reduce((sum, cell) => sum + lineBreaks(cell), 0),
      cells: record,
    }));
  };
  try {
    return { rows: read(source, start), bad: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  const rows: Row[] = [];
  const bad: BadLine[] = [];
  source.split(/\r\n|\n|\r/).forEach((line, index) => {
    try {
      rows.push(...read(line, start + index));
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const found = line.length > 80 ? `${line.slice(0, 80)}...` : line;
      bad.push({
        line: start + index,
        field: 'line',
        found,
        expected: 'quotes that are closed, "" for a quote',
      });
    }
  });
  return { rows, bad };
}

function lineBreaks(cell: string): number {
  return cell.split(/\r\n|\n|\r/).length - 1;
}

/**
 * BAD_CSV with bad lines; the message says the first.
 *
 * @param count how many there are, where these are only the first of them
 */
export function badCsv(
  lines: readonly BadLine[],
  count = lines.length,
): CodedError & { lines: readonly BadLine[]; count: number } {
  const [first] = lines;
  const more = count > 1 ? ` (and ${String(count - 1)} more)` : '';
  const message =
    first === undefined
      ? 'the list cannot be read'
      : `line ${String(first.line)}: ${first.field}: found ${JSON.stringify(first.found)}, expected ${first.expected}${more}`;
  return Object.assign(
    new CodedError('BAD_CSV', message, {
      ...(first !== undefined && {
        field: first.field,
        found: first.found,
        expected: first.expected,
      }),
    }),
    { lines, count },
  );
}

/** One line of an export; with `header`, the names of the columns. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return csvLines([cells]);
}

/** Many lines of an export at once, which takes a fraction of the time. */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  return stringify(
    rows.map((cells) => [...cells]),
    { cast: { number: String } },
  );
}

/** A cell that a spreadsheet would take for a formula, as the text it is; it is no longer what was imported. */
export function escapeFormula(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
