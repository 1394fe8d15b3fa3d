import type { BadLine } from '../../api/fields.ts';
import { numberWords, readWrittenNumber } from '../../domain/number.ts';
import { recordStatus } from '../../domain/record.ts';
import { formatTimeOfDay, isTimeZone, parseTimeOfDay, timeOfDayWords } from '../../domain/time-of-day.ts';
import { namesInLists, namesOfCustomers, namesOfPeople } from './column-names.ts';
import { columnNames, resolveColumns, type ColumnMap, type ColumnRules } from './columns.ts';
import type { CsvSlice } from './csv-slices.ts';
import { tableReader, undecodable, type Row } from './csv-table.ts';
import { parseListTime } from '../local-time.ts';

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

/** How the columns of a calling list are known. */
export const listColumnRules: ColumnRules = {
  known: standardColumns,
  names: columnNames(standardColumns, { contact_info: 'phone' }),
  foreign: namesInLists,
  near: standardColumns,
  strict: false,
};

/** The rules of one list. @param customers names of the user fields that identify a customer */
function rulesOf(customers: readonly string[]): ColumnRules {
  const [customer = 'customer_id'] = customers;
  return {
    ...listColumnRules,
    fields: columnNames(customers),
    foreign: new Map([...namesOfCustomers.map((name) => [name, customer] as const), ...namesInLists]),
    near: [...standardColumns, ...customers],
    plain: namesOfPeople,
  };
}

/** Gives the value of a cell, or null or, where there is more to say, what was expected instead. */
type Reader = {
  expected: string;
  read: (text: string, tz: string) => string | number | null | { expected: string };
};

const whole = (min: number, max: number): Reader => ({
  expected: `a whole number from ${String(min)} to ${String(max)}`,
  read: (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : -1;
    return value >= min && value <= max ? value : null;
  },
});
const text: Reader = { expected: 'text', read: (value) => value };
const timeOfDay: Reader = { expected: timeOfDayWords, read: parseTimeOfDay };
const moment: Reader = {
  expected: 'seconds since 1970, or YYYY-MM-DD HH:MM in the zone of the record',
  read: parseListTime,
};
const status: Reader = {
  expected: '1 Ready, 3 to 8 of a record that is done, or 9 ChainReady',
  read: (text) => {
    if (!/^[1-9]$/.test(text)) return null;
    // A call that nobody here knows would never end; whether the record may be called again is not in the file.
    if (Number(text) !== recordStatus.Retrieved) return Number(text);
    return { expected: 'a record that is in no call: 1 to call it again, 3 if it is done' };
  },
};
const anyId = whole(0, Number.MAX_SAFE_INTEGER);

const readers: Readonly<Record<Column, Reader>> = {
  record_id: whole(1, Number.MAX_SAFE_INTEGER),
  chain_id: anyId,
  chain_n: whole(0, 1_000_000),
  phone: {
    expected: numberWords,
    read: (value) => {
      const read = readWrittenNumber(value);
      return 'number' in read ? read.number : read;
    },
  },
  contact_info_type: whole(0, 10),
  record_type: whole(1, 7),
  record_status: status,
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

/** The daily window of a campaign that dials the list, in seconds since midnight. */
export interface CampaignWindow {
  campaign: string;
  from: number;
  till: number;
}

export interface ListOptions {
  /** Zone for dates of records that have none; UTC when absent. */
  tz?: string | undefined;
  /** Names of user fields that identify a customer for Do Not Call: `customerIdField` of the campaigns. */
  customerFields?: readonly string[] | undefined;
  /** What columns are, where their names do not say it. */
  map?: ColumnMap | undefined;
  /** Campaigns that dial the list: a record whose window would be empty in one of them is never dialled. */
  windows?: readonly CampaignWindow[] | undefined;
}

/**
 * Reads a calling list. The first line names the columns; `phone` must be among them.
 *
 * @param source the file's text, UTF-8, comma-separated
 * @returns the good records and, for each bad line, what is wrong there
 * @throws CodedError BAD_CSV when the header line itself cannot be used
 */
export function parseCallingList(source: string, options: ListOptions = {}): ReadRecords {
  return listReader(options)({ text: source, firstLine: 1 });
}

/** Records of a list, and what is wrong with the other lines. */
export interface ReadRecords {
  records: NewRecord[];
  bad: BadLine[];
}

/** Reads a calling list, some whole lines at a time; what it throws is thrown at the first ones. */
export function listReader(options: ListOptions): (lines: CsvSlice) => ReadRecords {
  const { customerFields = [], map = {} } = options;
  const rules = rulesOf(customerFields.length === 0 ? ['customer_id'] : customerFields);
  const table = tableReader({
    resolve: (names) => resolveColumns(names, rules, map),
    complaint: (names) =>
      names.includes('phone') ? null : 'a column phone (or contact_info), and commas between columns',
  });
  return (lines) => {
    const { columns, rows, bad } = table(lines);
    const records: NewRecord[] = [];
    for (const row of rows) {
      const record = readRecord(row, columns, options, bad);
      if (record !== null) records.push(record);
    }
    return { records, bad: bad.sort((a, b) => a.line - b.line) };
  };
}

function isStandard(column: string): column is Column {
  return Object.hasOwn(readers, column);
}

function readRecord(
  row: Row,
  columns: readonly string[],
  { tz: defaultTz = 'UTC', windows = [] }: ListOptions,
  bad: BadLine[],
): NewRecord | null {
  const values: Record<string, string | number> = {};
  const user: [string, string][] = [];
  const tzCell = row.cells[columns.indexOf('tz')]?.trim() ?? '';
  const tz = tzCell !== '' && isTimeZone(tzCell) ? tzCell : defaultTz;
  const before = bad.length;
  columns.forEach((column, index) => {
    const cell = row.cells[index] ?? '';
    if (cell.includes(undecodable)) {
      bad.push({ line: row.line, field: column, found: cell, expected: 'text in UTF-8' });
      return;
    }
    if (!isStandard(column)) {
      user.push([column, cell]);
      return;
    }
    const trimmed = cell.trim();
    if (trimmed === '' && column !== 'phone') return;
    const value = readers[column].read(trimmed, tz);
    if (value === null || typeof value === 'object') {
      const { expected } = value ?? readers[column];
      bad.push({ line: row.line, field: column, found: cell, expected });
    } else {
      values[column] = value;
    }
  });
  const emptyWindow = windowFault(values, windows);
  if (emptyWindow !== null) bad.push({ line: row.line, ...emptyWindow });
  if (bad.length > before) return null;
  // A name such as `__proto__` is a name like any other.
  return { line: row.line, ...values, user: Object.fromEntries(user) } as unknown as NewRecord;
}

/** What is wrong with the daily window of a record: by itself, or with what a campaign gives for the rest of it. */
function windowFault(
  { daily_from: from, daily_till: till, record_status: status = recordStatus.Ready }: Partial<NewRecord>,
  windows: readonly CampaignWindow[],
): Omit<BadLine, 'line'> | null {
  if (from !== undefined && till !== undefined) {
    if (from < till) return null;
    return { field: 'daily_till', found: formatTimeOfDay(till), expected: 'later than daily_from' };
  }
  const isOpen = status === recordStatus.Ready || status === recordStatus.ChainReady;
  const empty = windows.find((window) => (from ?? window.from) >= (till ?? window.till));
  if (!isOpen || empty === undefined) return null;
  const { campaign } = empty;
  return from === undefined
    ? {
        field: 'daily_till',
        found: formatTimeOfDay(till ?? 0),
        expected: `later than ${formatTimeOfDay(empty.from)}, when campaign ${campaign} begins`,
      }
    : {
        field: 'daily_from',
        found: formatTimeOfDay(from),
        expected: `earlier than ${formatTimeOfDay(empty.till)}, when campaign ${campaign} ends`,
      };
}
