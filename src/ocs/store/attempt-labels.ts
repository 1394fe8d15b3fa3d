import type { OcsDatabase } from './database.ts';
import type { AttemptRow } from './tables.ts';

/** What somebody said that a call was. */
export interface AttemptLabelRow {
  id: number;
  attempt_id: string;
  /** `person`, `machine` or `not_sure`. */
  was: string;
  said_by: string;
  said_at: number;
}

export type LabelledAttempt = AttemptLabelRow &
  Pick<AttemptRow, 'campaign' | 'dialer_id' | 'evidence' | 'record_handle' | 'request'>;

export interface AttemptLabels {
  get(attemptId: string): AttemptLabelRow | undefined;
  /** What was said last counts. */
  set(label: Omit<AttemptLabelRow, 'id'>): void;
  remove(attemptId: string): void;
  /** In the order in which the attempts were labelled first. @param after the `id` of the last of the page before, or 0 */
  page(after: number, limit: number): LabelledAttempt[];
}

export function createAttemptLabels({ sqlite }: OcsDatabase): AttemptLabels {
  const get = sqlite.prepare<[string], AttemptLabelRow>('select * from attempt_labels where attempt_id = ?');
  const set = sqlite.prepare(
    `insert into attempt_labels (attempt_id, was, said_by, said_at) values (@attempt_id, @was, @said_by, @said_at)
     on conflict (attempt_id) do update set was = excluded.was, said_by = excluded.said_by, said_at = excluded.said_at`,
  );
  const remove = sqlite.prepare('delete from attempt_labels where attempt_id = ?');
  const page = sqlite.prepare<[number, number], LabelledAttempt>(
    `select attempt_labels.*, campaign, dialer_id, evidence, record_handle, request
     from attempt_labels join attempts using (attempt_id) where id > ? order by id limit ?`,
  );
  return {
    get: (attemptId) => get.get(attemptId),
    set: (label) => {
      set.run(label);
    },
    remove: (attemptId) => {
      remove.run(attemptId);
    },
    page: (after, limit) => page.all(after, limit),
  };
}
