import { recordStatus } from '../../domain/record.ts';
import type { OcsDatabase } from './database.ts';
import { inShownWindowsOf, isShown } from './hidden-records.ts';
import type { RecordRow } from './tables.ts';

/** One window and type of the ready records of a list. */
export interface ReadyGroup {
  list: string;
  windowId: number;
  type: number;
}

/**
 * What the records of a list wait for. Each answer is found by an index and looks at no more records than asked, or
 * at as many as there are calls.
 */
export interface WaitingRecords {
  /** Moment at which the first record of the group is due, later than `afterMs`; null when there is none. */
  firstDue(group: ReadyGroup, afterMs: number): number | null;
  /** Records of the group that are due later, counted up to `limit`. */
  later(group: ReadyGroup, nowMs: number, limit: number): number;
  /** Records of the group that are due now, counted up to `limit`. */
  dueNow(group: ReadyGroup, nowMs: number, limit: number): number;
  /** The first of the group that are due later than `afterMs`. */
  upcoming(group: ReadyGroup, afterMs: number, limit: number): RecordRow[];
  /** Of the first `limit` that are due later, those whose number rests after a call. */
  resting(group: ReadyGroup, nowMs: number, limit: number): number;
  /** Ready records of a list whose number is in a call, or with an agent. */
  numberInCall(list: string): number;
  /** Records that are with nobody: `Retrieved`, though no attempt and no agent has them. */
  lost(list: string, limit: number): RecordRow[];
  /** The first records of a group. */
  ready(group: ReadyGroup, limit: number): RecordRow[];
  /** The first numbers that wait for an earlier one of their chain. */
  chained(list: string, limit: number): RecordRow[];
}

export function createWaitingRecords({ sqlite }: OcsDatabase): WaitingRecords {
  const of = `list = ? and record_status = ${String(recordStatus.Ready)} and window_id = ? and record_type = ?`;
  type Group = [string, number, number];
  const key = ({ list, windowId, type }: ReadyGroup): Group => [list, windowId, type];
  const firstDue = sqlite.prepare<[...Group, number], { due: number }>(
    `select due from records where ${of} and due > ? order by due limit 1`,
  );
  const later = sqlite.prepare<[...Group, number, number], { n: number }>(
    `select count(*) n from (select 1 from records where ${of} and due > ? limit ?)`,
  );
  const dueNow = sqlite.prepare<[...Group, number, number], { n: number }>(
    `select count(*) n from (select 1 from records where ${of} and due <= ? limit ?)`,
  );
  const upcoming = sqlite.prepare<[...Group, number, number], RecordRow>(
    `select * from records where ${of} and due > ? order by due, handle limit ?`,
  );
  const resting = sqlite.prepare<[...Group, number, number, number], { n: number }>(
    `select count(*) n from (select phone_key from records where ${of} and due > ? order by due limit ?) r
     where exists (select 1 from phone_blocks b where b.phone_key = r.phone_key and b.until_at > ?)`,
  );
  const numberInCall = sqlite.prepare<[string], { n: number }>(
    `select count(*) n from (
       select phone_key from attempts where ended_at is null
       union select a.phone_key from agent_work w cross join attempts a on a.attempt_id = w.attempt_id
     ) c cross join records r
     where r.list = ? and r.phone_key = c.phone_key
       and r.record_status = ${String(recordStatus.Ready)} and ${isShown}`,
  );
  const lost = sqlite.prepare<[string, number], RecordRow>(
    `select * from records r where list = ? and record_status = ${String(recordStatus.Retrieved)}
       and not exists (select 1 from attempts a where a.record_handle = r.handle and a.ended_at is null)
       and not exists (select 1 from agent_work w where w.record_handle = r.handle)
       and ${isShown}
     limit ?`,
  );
  const ready = sqlite.prepare<[...Group, number], RecordRow>(`select * from records where ${of} limit ?`);
  const chained = sqlite.prepare<{ list: string; limit: number }, RecordRow>(
    `select * from records where list = @list and record_status = ${String(recordStatus.ChainReady)}
       and ${inShownWindowsOf('@list')} limit @limit`,
  );
  return {
    firstDue: (group, afterMs) => firstDue.get(...key(group), afterMs)?.due ?? null,
    later: (group, nowMs, limit) => later.get(...key(group), nowMs, limit)?.n ?? 0,
    dueNow: (group, nowMs, limit) => dueNow.get(...key(group), nowMs, limit)?.n ?? 0,
    upcoming: (group, afterMs, limit) => upcoming.all(...key(group), afterMs, limit),
    resting: (group, nowMs, limit) => resting.get(...key(group), nowMs, limit, nowMs)?.n ?? 0,
    numberInCall: (list) => numberInCall.get(list)?.n ?? 0,
    lost: (list, limit) => lost.all(list, limit),
    ready: (group, limit) => ready.all(...key(group), limit),
    chained: (list, limit) => chained.all({ list, limit }),
  };
}
