import { CodedError } from '../domain/errors.ts';
import { checkNumber } from '../domain/number.ts';
import { readTable, undecodable, type BadLine, type Row } from './csv-table.ts';
import { isTimeZone, parseListTime, parseTimeOfDay } from './local-time.ts';

/** A record as it comes from a file; what the file does not say is absent. */
export interface NewRecord {
  line: number;
  phone: string;
  record_id?: number;
  chain_id?: number;
  chain_n?: number;
  contact_info_type?: number;
  record_type?: number;
  record_status?: number;
  call_result?: number;
  attempt?: number;
  /** Seconds since 1970. */
  dial_sched_time?: number;
  call_time?: number;
  /** Seconds since midnight. */
  daily_from?: number;
  daily_till?: number;
  tz?: string;
  campaign?: string;
  agent_id?: string;
  group?: string;
  app?: number;
  treatments?: string;
  user: Record<string, string>;
}

/** Columns of a calling list in the order they are exported. All others are user fields. */
export const standardColumns = [
  'record_id',
  'chain_id',
  'chain_n',
  'phone',
  'contact_info_type',
  'record_type',
  'record_status',
  'call_result',
  'attempt',
  'dial_sched_time',
  'call_time',
  'daily_from',
  'daily_till',
  'tz',
  'campaign',
  'agent_id',
  'group',
  'app',
  'treatments',
] as const;
type Column = (typeof standardColumns)[number];

/** Other names under which a column is known. */
const aliases: Readonly<Record<string, Column>> = { contact_info: 'phone' };

type Reader = { expected: string; read: (text: string, tz: string) => string | number | null };

const whole = (min: number, max: number): Reader => ({
  expected: `a whole number from ${String(min)} to ${String(max)}`,
  read: (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : -1;
    return value >= min && value <= max ? value : null;
  },
});
const text: Reader = { expected: 'text', read: (value) => value };
const timeOfDay: Reader = { expected: 'HH:MM or seconds since midnight', read: parseTimeOfDay };
const moment: Reader = {
  expected: 'seconds since 1970, or YYYY-MM-DD HH:MM in the zone of the record',
  read: parseListTime,
};
const anyId = whole(0, Number.MAX_SAFE_INTEGER);

const readers: Readonly<Record<Column, Reader>> = {
  record_id: whole(1, Number.MAX_SAFE_INTEGER),
  chain_id: anyId,
  chain_n: whole(0, 1_000_000),
  phone: {
    expected: 'an optional + and 2 to 20 digits',
    read: (value) => {
      try {
        return checkNumber(value);
      } catch (error) {
        if (error instanceof CodedError) return null;
        throw error;
      }
    },
  },
  contact_info_type: whole(0, 10),
  record_type: whole(0, 7),
  record_status: whole(0, 9),
  call_result: whole(0, 53),
  attempt: whole(0, 100_000),
  dial_sched_time: moment,
  call_time: moment,
  daily_from: timeOfDay,
  daily_till: timeOfDay,
  tz: {
    expected: 'an IANA time zone, e.g. Europe/Berlin',
    read: (value) => (isTimeZone(value) ? value : null),
  },
  campaign: text,
  agent_id: text,
  group: text,
  app: anyId,
  treatments: {
    expected: 'retries used by call result, as JSON, e.g. {"6":1}',
    read: (value) => (isUsedRetries(value) ? value : null),
  },
};

function isUsedRetries(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return (
      typeof parsed === 'object' &&
      parsed !== null &&
      !Array.isArray(parsed) &&
      Object.values(parsed).every((count) => Number.isInteger(count) && (count as number) >= 0)
    );
  } catch {
    return false;
  }
}

/**
 * Reads a calling list. The first line names the columns; `phone` must be among them.
 *
 * @param source the file's text, UTF-8, comma-separated
 * @param defaultTz zone for dates of records that have none
 * @returns the good records and, for each bad line, what is wrong there
 * @throws CodedError BAD_CSV when the header line itself cannot be used
 */
export function parseCallingList(
  source: string,
  defaultTz = 'UTC',
): { records: NewRecord[]; bad: BadLine[] } {
  const { columns, rows, bad } = readTable(source, {
    aliases,
    complaint: (names) =>
      names.includes('phone') ? null : 'a column phone (or contact_info), and commas between columns',
  });
  const records: NewRecord[] = [];
  for (const row of rows) {
    const record = readRecord(row, columns, defaultTz, bad);
    if (record !== null) records.push(record);
  }
  return { records, bad: bad.sort((a, b) => a.line - b.line) };
}

function isStandard(column: string): column is Column {
  return Object.hasOwn(readers, column);
}

function readRecord(
  row: Row,
  columns: readonly string[],
  defaultTz: string,
  bad: BadLine[],
): NewRecord | null {
  const values: Record<string, string | number> = {};
  const user: Record<string, string> = {};
  const tzCell = row.cells[columns.indexOf('tz')]?.trim() ?? '';
  const tz = isTimeZone(tzCell) && tzCell !== '' ? tzCell : defaultTz;
  const before = bad.length;
  columns.forEach((column, index) => {
    const cell = row.cells[index] ?? '';
    if (cell.includes(undecodable)) {
      bad.push({ line: row.line, field: column, found: cell, expected: 'text in UTF-8' });
      return;
    }
    if (!isStandard(column)) {
      user[column] = cell;
      return;
    }
    const trimmed = cell.trim();
    if (trimmed === '' && column !== 'phone') return;
    const value = readers[column].read(trimmed, tz);
    if (value === null) {
      bad.push({ line: row.line, field: column, found: cell, expected: readers[column].expected });
    } else {
      values[column] = value;
    }
  });
  const { daily_from: from, daily_till: till } = values;
  if (typeof from === 'number' && typeof till === 'number' && from >= till) {
    bad.push({ line: row.line, field: 'daily_till', found: String(till), expected: 'later than daily_from' });
  }
  return bad.length > before ? null : ({ line: row.line, ...values, user } as unknown as NewRecord);
}
