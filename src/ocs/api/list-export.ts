import type { UserData } from '../../domain/request.ts';
import { formatTimeOfDay, parseTimeOfDay } from '../../domain/time-of-day.ts';
import { nextTurn } from '../clock.ts';
import type { CallingLists } from '../store/calling-lists.ts';
import type { Store } from '../store/store.ts';
import type { RecordRow } from '../store/tables.ts';
import { knownColumn } from '../lists/columns.ts';
import { csvLine, csvLines, escapeFormula } from '../lists/csv-table.ts';
import { listColumnRules, standardColumns } from '../lists/csv.ts';

/** Records at a time; others are served between them. */
const pageSize = 500;

/**
 * A calling list as CSV, a page at a time, so that it can be imported again.
 *
 * @param escapeFormulas for a spreadsheet: user fields that it would take for formulas are made text
 */
export async function* exportList(
  { lists }: Store,
  list: string,
  escapeFormulas: boolean,
): AsyncGenerator<string> {
  const names = await userFields(lists, list);
  yield csvLine([...standardColumns, ...names.map(exportedName)]);
  const written = escapeFormulas ? escapeFormula : (cell: string) => cell;
  for (let after = 0; ;) {
    const { records, next } = lists.page(list, after, pageSize);
    if (next === null) return;
    after = next;
    yield csvLines(
      records.map((record) => {
        const user = JSON.parse(record.user_fields) as UserData;
        return [
          ...standardColumns.map((column) => standardCell(record, column)),
          ...names.map((name) => (Object.hasOwn(user, name) ? written(String(user[name])) : '')),
        ];
      }),
    );
    await nextTurn();
  }
}

/** Names of the user fields that occur in a list, in the order in which they do. */
async function userFields(lists: CallingLists, list: string): Promise<string[]> {
  const names = new Set<string>();
  for (let after = 0; ;) {
    const { records, next } = lists.page(list, after, pageSize);
    if (next === null) return [...names];
    after = next;
    for (const record of records) {
      for (const name of Object.keys(JSON.parse(record.user_fields) as UserData)) names.add(name);
    }
    await nextTurn();
  }
}

/** A field that has the name of a column of the list, as an agent could give it once, must not be taken for it. */
function exportedName(name: string): string {
  return knownColumn(name, listColumnRules) === null ? name : `user ${name}`;
}

function standardCell(record: RecordRow, column: (typeof standardColumns)[number]): string | number | null {
  const value = record[column];
  const isTime = column === 'daily_from' || column === 'daily_till';
  // The first minutes of a day, in seconds, could be an hour when they are read again.
  if (isTime && typeof value === 'number' && parseTimeOfDay(String(value)) !== value)
    return formatTimeOfDay(value);
  return value;
}
