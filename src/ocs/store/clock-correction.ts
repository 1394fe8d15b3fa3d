import { recordStatus } from '../../domain/record.ts';
import type { OcsDatabase } from './database.ts';

/** Times that were written while the machine's clock was ahead of what it is now. */
export interface ClockCorrection {
  /** When the newest event of the history was written; null when there is none. */
  newestAt(): number | null;
  /** All that was written later than `nowMs` is to be corrected; it is remembered until that is done. */
  begin(nowMs: number): void;
  /**
   * Corrects some of it, as part of the caller's transaction: what has happened, has happened now at the latest; what
   * was to come a while after an event comes that while after now. A time that somebody gave as a date stays.
   *
   * @returns null when there is nothing to correct
   */
  next(most: number): CorrectionProgress | null;
}

export interface CorrectionProgress {
  readonly done: boolean;
  /** Records that are called earlier than they would have been, so far. */
  readonly records: number;
}

/** How far a correction is; in the store with what it has corrected, so that neither goes without the other. */
interface Progress {
  /** ms since 1970. */
  readonly now: number;
  /** Events before this one are still to be looked at, from new to old. */
  readonly before: number;
  /** One that was written later was met: when there are no more of them, all are corrected. */
  readonly met: boolean;
  /** Another correction was not done when this one was begun: no end can be told but that of the history. */
  readonly whole: boolean;
  readonly records: number;
}

/** A clock that is put right by less than this is as usual. ms */
export const clockToleranceMs = 5_000;

/** Chains and rests are written within so long of the event that leads to them. ms */
const sameEventMs = 60_000;

interface EventRow {
  id: number;
  at: number;
  record_handle: number;
  attempt_id: string | null;
  event: string;
}

/** Events after which a record comes again so much later; `rescheduled` has a date that an agent gave. */
const delays: ReadonlySet<string> = new Set(['retry', 'put_back']);

/** Records that nobody has at the moment. */
const waiting = `record_status = ${String(recordStatus.Ready)} and current_attempt is null`;

export function createClockCorrection({ sqlite }: OcsDatabase): ClockCorrection {
  const shorten = createRestCorrection(sqlite);
  const countNow = createCountCorrection(sqlite);
  const newest = sqlite.prepare<[], { at: number }>('select at from dial_history order by id desc limit 1');
  const eventsBefore = sqlite.prepare<[number, number], EventRow>(
    'select id, at, record_handle, attempt_id, event from dial_history where id < ? order by id desc limit ?',
  );
  const isLast = sqlite
    .prepare<[number, number], number>(
      'select not exists (select 1 from dial_history where record_handle = ? and id > ?)',
    )
    .pluck();
  const saved = sqlite
    .prepare<[], string>(`select value from settings where name = 'clock_correction'`)
    .pluck();
  const save = sqlite.prepare<[string]>(
    `insert or replace into settings (name, value) values ('clock_correction', ?)`,
  );
  const drop = sqlite.prepare<[]>(`delete from settings where name = 'clock_correction'`);
  const setAt = sqlite.prepare<[number, number]>('update dial_history set at = ? where id = ?');
  const bringForward = sqlite.prepare<[{ handle: number; now: number; at: number }]>(
    `update records set due = cast((due - (@at - @now) + 999) / 1000 as integer) * 1000,
       dial_sched_time = cast((due - (@at - @now) + 999) / 1000 as integer)
     where handle = @handle and ${waiting} and due >= @at and due > @now`,
  );
  // The next number of a chain is due at the moment of the event; one that rested, when the rest is over.
  const nextInChain = sqlite.prepare<[{ handle: number; now: number; at: number; same: number }]>(
    `update records set due = max(@now, coalesce(dial_sched_time, 0) * 1000)
     where (list, chain_id) = (select list, chain_id from records where handle = @handle)
       and ${waiting} and due > @now and abs(due - @at) <= @same and due <> coalesce(dial_sched_time, 0) * 1000`,
  );
  const times = ['leased_at', 'accepted_at', 'decided_at', 'connected_at', 'ended_at', 'processed_at'];
  const newestTime = `max(${times.map((name) => `coalesce(${name}, 0)`).join(', ')})`;
  const shiftAttempt = sqlite.prepare<[{ id: string; now: number }]>(
    `update attempts set ${times.map((name) => `${name} = ${name} - (${newestTime} - @now)`).join(', ')}
     where attempt_id = @id and ${newestTime} > @now`,
  );
  /** What happened last to a record says when it comes again. @returns how many come earlier */
  const correctDue = ({ id, at, event, record_handle: handle }: EventRow, now: number): number => {
    if (isLast.get(handle, id) === 0) return 0;
    if (delays.has(event)) return bringForward.run({ handle, now, at }).changes;
    return nextInChain.run({ handle, now, at, same: sameEventMs }).changes;
  };
  /** @returns how many records come earlier */
  const correct = (row: EventRow, now: number): number => {
    const { id, at, attempt_id: attemptId, event } = row;
    setAt.run(now, id);
    const records = correctDue(row, now);
    if (attemptId !== null) {
      if (event === 'outcome') shorten(attemptId, at, now);
      shiftAttempt.run({ id: attemptId, now });
    }
    return records;
  };
  const progress = (): Progress | null => {
    const value = saved.get();
    return value === undefined ? null : (JSON.parse(value) as Progress);
  };

  return {
    newestAt: () => newest.get()?.at ?? null,
    begin: (now) => {
      countNow(now);
      const before = Number.MAX_SAFE_INTEGER;
      const begun: Progress = { now, before, met: false, whole: progress() !== null, records: 0 };
      save.run(JSON.stringify(begun));
    },
    next: (most) => {
      const found = progress();
      if (found === null) return null;
      const { now, whole } = found;
      const events = eventsBefore.all(found.before, most);
      const later = events.filter(({ at }) => at > now);
      let { records } = found;
      for (const event of later) records += correct(event, now);
      // Events after the clock was put back are newer than the first that is wrong.
      const isOver = found.met && later.length === 0 && !whole;
      const done = isOver || events.length < most;
      const before = events.at(-1)?.id ?? found.before;
      const met = found.met || later.length > 0;
      if (done) drop.run();
      else save.run(JSON.stringify({ now, before, met, whole, records } satisfies Progress));
      return { done, records };
    },
  };
}

/** @returns lets the number of an attempt rest a while from now, not from the event */
function createRestCorrection(sqlite: OcsDatabase['sqlite']) {
  const rest = sqlite.prepare<[string], { phone_key: string; until_at: number }>(
    `select phone_key, until_at from phone_blocks
     where phone_key = (select phone_key from attempts where attempt_id = ?)`,
  );
  const setRest = sqlite.prepare<[number, string]>(
    'update phone_blocks set until_at = ? where phone_key = ?',
  );
  const afterRest = sqlite.prepare<[{ to: number; key: string; from: number }]>(
    `update records set due = @to
     where list in (select distinct list from windows) and phone_key = @key and ${waiting} and due = @from`,
  );
  return (attemptId: string, at: number, now: number): void => {
    const found = rest.get(attemptId);
    if (found === undefined || found.until_at <= at) return;
    const to = found.until_at - (at - now);
    setRest.run(to, found.phone_key);
    afterRest.run({ to, key: found.phone_key, from: found.until_at });
  };
}

/** @returns lets people who answered in the time to come have answered now */
function createCountCorrection(sqlite: OcsDatabase['sqlite']) {
  const futureCounts = sqlite.prepare<
    [number],
    { campaign: string; slot_at: number; live: number; abandoned: number }
  >('select * from live_counts where slot_at > ?');
  const addCount = sqlite.prepare<[string, number, number, number]>(
    `insert into live_counts (campaign, slot_at, live, abandoned) values (?, ?, ?, ?)
     on conflict (campaign, slot_at) do update
       set live = live + excluded.live, abandoned = abandoned + excluded.abandoned`,
  );
  const dropCount = sqlite.prepare<[string, number]>(
    'delete from live_counts where campaign = ? and slot_at = ?',
  );
  return (now: number): void => {
    const slotMs = 15 * 60_000;
    const slot = Math.floor(now / slotMs) * slotMs;
    for (const { campaign, slot_at: at, live, abandoned } of futureCounts.all(slot)) {
      addCount.run(campaign, slot, live, abandoned);
      dropCount.run(campaign, at);
    }
  };
}
