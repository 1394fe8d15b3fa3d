import { recordType } from '../../../domain/record.ts';
import { standardColumns, type NewRecord } from '../../lists/csv.ts';
import type { OcsDatabase } from '../database.ts';
import type { IdentifiedRecord } from './record-identity.ts';

/** What a new record has: the columns of the list, and what OCS keeps beside them. */
const columns = ['list', ...standardColumns, 'phone_key', 'user_fields', 'window_id', 'due', 'line'] as const;

/** The daily window of a record, and the key by which equal ones are known. */
export function windowOf(record: NewRecord): {
  tz: string | null;
  from: number | null;
  till: number | null;
  key: string;
} {
  const { tz = null, daily_from: from = null, daily_till: till = null } = record;
  return { tz, from, till, key: JSON.stringify([tz, from, till]) };
}

/** Writes new records to a list. */
export type RecordInsert = (
  list: string,
  rows: readonly IdentifiedRecord[],
  windowId: (record: NewRecord) => number,
) => void;

export function createRecordInsert({ sqlite }: OcsDatabase): RecordInsert {
  const insert = sqlite.prepare(
    `insert into records (${columns.map((column) => `"${column}"`).join(', ')})
     values (${columns.map((column) => `@${column}`).join(', ')})`,
  );
  return (list, rows, windowId) => {
    for (const { record, phoneKey, recordId, chainId, chainN, status, result } of rows) {
      const sched = record.dial_sched_time ?? null;
      insert.run({
        list,
        record_id: recordId,
        chain_id: chainId,
        chain_n: chainN,
        phone: record.phone,
        phone_key: phoneKey,
        contact_info_type: record.contact_info_type ?? 0,
        record_type: record.record_type ?? recordType.General,
        record_status: status,
        call_result: result,
        attempt: record.attempt ?? 0,
        dial_sched_time: sched,
        call_time: record.call_time ?? null,
        daily_from: record.daily_from ?? null,
        daily_till: record.daily_till ?? null,
        tz: record.tz ?? null,
        campaign: record.campaign ?? null,
        agent_id: record.agent_id ?? null,
        group: record.group ?? null,
        app: record.app ?? null,
        treatments: record.treatments ?? '{}',
        user_fields: JSON.stringify(record.user),
        window_id: windowId(record),
        due: (sched ?? 0) * 1_000,
        line: record.line,
      });
    }
  };
}
