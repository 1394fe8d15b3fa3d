import type { AttemptState, Journal, JournalEntry, ReportBody, StoredReport } from './contract.ts';
import type { Statements } from './statements.ts';

type Reads = Pick<
  Journal,
  'stateOf' | 'dials' | 'dialsByHour' | 'unacknowledged' | 'unacknowledgedCount' | 'untold'
> & {
  /** All attempts, oldest first, each for `entryOf`. */
  attempts(): EntryRow[];
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the journal knows. @param lastOnDisk number of the last report that may go out */
export function createReads(statements: Statements, now: () => number, lastOnDisk: () => number): Reads {
  const { countByHour, countUnacked, selectAll, selectState, selectUnacked, selectUntold } = statements;
  const { correctDials, correctDialsOfPrefix, countDials } = statements;
  return {
    stateOf: (attemptId) => (selectState.get(attemptId) as AttemptState | undefined) ?? null,
    dials(number) {
      const at = now();
      const times = { number, now: at, hourAgo: at - hourMs, dayAgo: at - dayMs };
      const { hour, day, later } = countDials.get(times) as { hour: number; day: number; later: number };
      if (later > 0) correctDials.run({ number, now: at });
      return { hour, day };
    },
    dialsByHour(prefix) {
      const at = now();
      // Digits sort as text; a colon comes after the nine.
      const range = { from: prefix, to: `${prefix}:` };
      correctDialsOfPrefix.run({ ...range, now: at });
      const rows = countByHour.all({ ...range, since: at - dayMs });
      return new Map((rows as { hour: number; dials: number }[]).map(({ hour, dials }) => [hour, dials]));
    },
    unacknowledged(limit, bytes) {
      const reports: StoredReport[] = [];
      let room = bytes;
      const rows = selectUnacked.iterate(lastOnDisk(), limit) as Iterable<{
        attempt: string;
        seq: number;
        body: string;
      }>;
      for (const { attempt: attemptId, seq, body } of rows) {
        room -= body.length;
        if (room < 0 && reports.length > 0) break;
        reports.push({ attemptId, seq, ...(JSON.parse(body) as ReportBody) });
      }
      return reports;
    },
    unacknowledgedCount: () => countUnacked.get() as number,
    untold: () => selectUntold.all() as string[],
    attempts: () => selectAll.all() as EntryRow[],
  };
}

interface EntryRow {
  id: string;
  state: AttemptState;
  request: string;
  accepted_at: number;
  ended_at: number | null;
  last: string | null;
  acked: number;
}

export function entryOf(row: EntryRow): JournalEntry {
  const last = row.last === null ? null : (JSON.parse(row.last) as ReportBody);
  return {
    attemptId: row.id,
    state: row.state,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    request: JSON.parse(row.request),
    final: last?.kind === 'outcome' || last?.kind === 'hand_back' ? last : null,
    acknowledged: row.acked === 1,
  };
}
