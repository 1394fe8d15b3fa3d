import type { OcsDatabase } from './database.ts';
import type { AttemptRow } from './tables.ts';

/** How often a result and status occurred among the ended attempts of a campaign. */
export interface ResultCount {
  readonly result: number;
  readonly status: string | null;
  readonly attempts: number;
}

type Ended = Pick<AttemptRow, 'campaign' | 'ended_at' | 'result' | 'status'>;

/**
 * The counts of results, in memory from the first question on: the status of a campaign must not count all its
 * attempts each time. They are kept or taken back with the transaction that changes them.
 */
export interface ResultCounts {
  /** The most frequent first. */
  of(campaign: string): ResultCount[];
  /** An attempt changes. Part of the caller's transaction. */
  changed(before: Ended, after: Ended): void;
}

export function createResultCounts({ memory, sqlite }: OcsDatabase): ResultCounts {
  const count = sqlite.prepare<[string], ResultCount>(
    `select result, status, count(*) attempts from attempts
     where campaign = ? and ended_at is not null and result is not null group by result, status`,
  );
  const campaigns = new Map<string, Map<string, ResultCount>>();
  const keyOf = ({ result, status }: { result: number | null; status: string | null }) =>
    `${String(result)} ${status ?? ''}`;
  const add = ({ campaign, ended_at: endedAt, result, status }: Ended, more: 1 | -1) => {
    const counts = campaigns.get(campaign);
    if (counts === undefined || endedAt === null || result === null) return;
    const key = keyOf({ result, status });
    const attempts = (counts.get(key)?.attempts ?? 0) + more;
    memory.keepEntry(counts, key);
    if (attempts === 0) counts.delete(key);
    else counts.set(key, { result, status, attempts });
  };
  return {
    of: (campaign) => {
      let counts = campaigns.get(campaign);
      if (counts === undefined) {
        counts = new Map(count.all(campaign).map((each) => [keyOf(each), each]));
        // What was counted may be taken back.
        memory.keepEntry(campaigns, campaign);
        campaigns.set(campaign, counts);
      }
      return [...counts.values()].sort((a, b) => b.attempts - a.attempts || a.result - b.result);
    },
    changed: (before, after) => {
      add(before, -1);
      add(after, 1);
    },
  };
}
