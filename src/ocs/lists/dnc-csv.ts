import type { BadLine } from '../../api/fields.ts';
import { readWrittenNumber } from '../../domain/number.ts';
import { namesInDnc } from './column-names.ts';
import { columnNames, knownColumn, resolveColumns, type ColumnMap, type ColumnRules } from './columns.ts';
import type { CsvSlice } from './csv-slices.ts';
import { badCsv, tableReader, undecodable, type Row } from './csv-table.ts';
import { standardColumns } from './csv.ts';

/** Columns of a Do Not Call list in the order they are exported. Others are passed over. */
export const dncColumns = ['phone', 'customer_id', 'message', 'campaign', 'list', 'created_at'] as const;
type DncColumn = (typeof dncColumns)[number];

const columnRules: ColumnRules = {
  known: dncColumns,
  names: columnNames(dncColumns, { contact_info: 'phone' }),
  foreign: namesInDnc,
  near: ['phone', 'customer_id'],
  // A number under a name that is passed over would go on being called.
  strict: true,
};

/** Columns of a calling list that a Do Not Call list has no use for. */
const callingListColumns = columnNames(
  standardColumns.filter((column) => !(dncColumns as readonly string[]).includes(column)),
);

/** One line of a Do Not Call list: a phone, a customer or both. */
export interface NewDncEntry {
  line: number;
  phone?: string;
  customerId?: string;
  message?: string;
  campaign?: string;
  list?: string;
  /** Seconds since 1970; when it is loaded, if absent. */
  createdAt?: number;
}

/**
 * Reads a Do Not Call list. The first line names the columns; `phone` (or `contact_info`) or `customer_id` must
 * be among them.
 *
 * @returns the good entries and, for each bad line, what is wrong there
 * @throws CodedError BAD_CSV when the header line itself cannot be used
 */
export function parseDncList(source: string, map: ColumnMap = {}): ReadEntries {
  return dncReader(map)({ text: source, firstLine: 1 });
}

/** Entries of a list, and what is wrong with the other lines. */
export interface ReadEntries {
  entries: NewDncEntry[];
  bad: BadLine[];
}

/** Reads a Do Not Call list, some whole lines at a time; what it throws is thrown at the first ones. */
export function dncReader(map: ColumnMap = {}): (lines: CsvSlice) => ReadEntries {
  const table = tableReader({
    resolve: (names) => {
      refuseCallingList(names, map);
      return resolveColumns(names, columnRules, map);
    },
    complaint: (names) =>
      names.includes('phone') || names.includes('customer_id')
        ? null
        : 'a column phone (or contact_info) or customer_id, and commas between columns',
  });
  return (lines) => {
    const { columns, rows, bad } = table(lines);
    const entries: NewDncEntry[] = [];
    for (const row of rows) {
      const read = readEntry(row, columns);
      if ('expected' in read) bad.push(read);
      else entries.push(read);
    }
    return { entries, bad: bad.sort((a, b) => a.line - b.line) };
  };
}

/** A calling list loaded by mistake would put everybody in it on Do Not Call. */
function refuseCallingList(names: readonly string[], map: ColumnMap): void {
  const strange = names.filter((name) => {
    const column = knownColumn(name, { names: callingListColumns });
    return column !== null && !Object.hasOwn(map, name.trim());
  });
  const [first] = strange;
  if (first === undefined) return;
  const found = strange.map((name) => name.trim()).join(', ');
  const expected =
    'a Do Not Call list; these are columns of a calling list, whose people would be called no more: ' +
    `leave them out, or map each to itself (${JSON.stringify(`${first.trim()}=${first.trim()}`)}) if that is meant`;
  throw badCsv([{ line: 1, field: 'header', found, expected }]);
}

function readEntry({ line, cells }: Row, columns: readonly string[]): NewDncEntry | BadLine {
  const cell = (column: DncColumn) => {
    const index = columns.indexOf(column);
    return index === -1 ? '' : (cells[index] ?? '').trim();
  };
  const wrong = (field: DncColumn, expected: string): BadLine => ({
    line,
    field,
    found: cell(field),
    expected,
  });
  const broken = dncColumns.find((column) => cell(column).includes(undecodable));
  if (broken !== undefined) return wrong(broken, 'text in UTF-8');
  const [phone, customerId, created] = [cell('phone'), cell('customer_id'), cell('created_at')];
  if (phone === '' && customerId === '') {
    return columns.includes('phone')
      ? wrong('phone', 'a phone or a customer_id')
      : wrong('customer_id', 'the id of a customer');
  }
  const read = phone === '' ? { number: '' } : readWrittenNumber(phone);
  if ('expected' in read) return wrong('phone', read.expected);
  if (!/^\d{0,11}$/.test(created)) return wrong('created_at', 'seconds since 1970');
  return {
    line,
    ...(read.number !== '' && { phone: read.number }),
    ...(customerId !== '' && { customerId }),
    ...(cell('message') !== '' && { message: cell('message') }),
    ...(cell('campaign') !== '' && { campaign: cell('campaign') }),
    ...(cell('list') !== '' && { list: cell('list') }),
    ...(created !== '' && { createdAt: Number(created) }),
  };
}
