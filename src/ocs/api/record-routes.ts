import { recordOperations, type RecordView } from '../../api/records.ts';
import { CodedError } from '../../domain/errors.ts';
import { recordStatus } from '../../domain/record.ts';
import type { Serve } from '../../http/serve.ts';
import type { Calls } from '../live/calls.ts';
import type { Cancels } from '../records/cancels.ts';
import type { Settlement } from '../records/settlement.ts';
import type { Store } from '../store/store.ts';
import type { RecordRow } from '../store/tables.ts';

export interface RecordParts {
  calls: Calls;
  cancels: Cancels;
  settlement: Settlement;
  store: Store;
  changed: () => void;
}

/** Single records. */
export function serveRecords(serve: Serve, parts: RecordParts): void {
  const { store } = parts;
  serve(recordOperations.getRecord, ({ params }) => {
    const record = needRecord(store, params.handle);
    const history = store.history.of(record.handle);
    return {
      ...recordView(record),
      history: history.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail) as unknown })),
    };
  });
  serve(recordOperations.cancelRecord, ({ params }) => {
    const record = needRecord(store, params.handle);
    const call = record.current_attempt === null ? undefined : parts.calls.get(record.current_attempt);
    const waiting = [recordStatus.Ready, recordStatus.ChainReady].some(
      (ready) => ready === record.record_status,
    );
    store.transaction(() => {
      if (call !== undefined) parts.cancels.ask(call, 'record');
      else if (waiting) parts.settlement.cancel(record);
    });
    parts.changed();
    return recordView(needRecord(store, params.handle));
  });
}

function needRecord({ records }: Store, handle: string): RecordRow {
  const record = records.get(Number(handle));
  if (record !== undefined) return record;
  throw new CodedError('UNKNOWN_RECORD', `no record ${handle}`, { field: 'handle', found: handle });
}

function recordView(record: RecordRow): RecordView {
  const { user_fields: user, treatments, window_id: _window, phone_key: _key, line: _line, ...rest } = record;
  return {
    ...rest,
    treatments: JSON.parse(treatments) as RecordView['treatments'],
    user_fields: JSON.parse(user) as RecordView['user_fields'],
  };
}
