import type { OcsDatabase } from './database.ts';

/** What happened to a record, one entry an event. */
export interface HistoryEntry {
  /** ms since 1970. */
  at: number;
  attempt_id: string | null;
  event: string;
  /** JSON. */
  detail: string;
}

export interface DialHistory {
  add(atMs: number, handle: number, attemptId: string | null, event: string, detail?: object): void;
  /** Of one record, oldest first. */
  of(handle: number): HistoryEntry[];
}

export function createDialHistory({ sqlite }: OcsDatabase): DialHistory {
  const insert = sqlite.prepare<[number, number, string | null, string, string]>(
    'insert into dial_history (at, record_handle, attempt_id, event, detail) values (?, ?, ?, ?, ?)',
  );
  const ofRecord = sqlite.prepare<[number], HistoryEntry>(
    'select at, attempt_id, event, detail from dial_history where record_handle = ? order by id',
  );
  return {
    add: (atMs, handle, attemptId, event, detail = {}) => {
      insert.run(atMs, handle, attemptId, event, JSON.stringify(detail));
    },
    of: (handle) => ofRecord.all(handle),
  };
}
