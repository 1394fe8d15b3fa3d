import { CodedError } from '../domain/errors.ts';
import { checkNumber } from '../domain/number.ts';
import { readTable, undecodable, type BadLine, type Row } from './csv-table.ts';

/** Columns of a Do Not Call list in the order they are exported. Others are passed over. */
export const dncColumns = ['phone', 'customer_id', 'message', 'campaign', 'list', 'created_at'] as const;
type DncColumn = (typeof dncColumns)[number];

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
export function parseDncList(source: string): { entries: NewDncEntry[]; bad: BadLine[] } {
  const { columns, rows, bad } = readTable(source, {
    aliases: { contact_info: 'phone' },
    complaint: (names) =>
      names.includes('phone') || names.includes('customer_id')
        ? null
        : 'a column phone (or contact_info) or customer_id, and commas between columns',
  });
  const entries: NewDncEntry[] = [];
  for (const row of rows) {
    const read = readEntry(row, columns);
    if ('expected' in read) bad.push(read);
    else entries.push(read);
  }
  return { entries, bad: bad.sort((a, b) => a.line - b.line) };
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
  const checked = phone === '' ? '' : numberOf(phone);
  if (checked === null) return wrong('phone', 'an optional + and 2 to 20 digits');
  if (!/^\d{0,11}$/.test(created)) return wrong('created_at', 'seconds since 1970');
  return {
    line,
    ...(checked !== '' && { phone: checked }),
    ...(customerId !== '' && { customerId }),
    ...(cell('message') !== '' && { message: cell('message') }),
    ...(cell('campaign') !== '' && { campaign: cell('campaign') }),
    ...(cell('list') !== '' && { list: cell('list') }),
    ...(created !== '' && { createdAt: Number(created) }),
  };
}

function numberOf(text: string): string | null {
  try {
    return checkNumber(text);
  } catch (error) {
    if (error instanceof CodedError) return null;
    throw error;
  }
}
