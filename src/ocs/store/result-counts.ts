import type { OcsDatabase } from './database.ts';
import type { AttemptRow } from './tables.ts';

/** How often a result and status occurred among the ended attempts of a campaign. */
export interface ResultCount {
  readonly result: number;
  readonly status: string | null;
  readonly attempts: number;
}

type Ended = Pick<AttemptRow, 'campaign' | 'ended_at' | 'result' | 'status'>;

/** How often a result came in the last {@link recentMs}. */
export type RecentResult = Omit<ResultCount, 'status'>;

const minuteMs = 60_000;
/** As far back as the recent results reach, by whole minutes. */
export const recentMs = 30 * minuteMs;
const firstRecent = (nowMs: number) => Math.floor((nowMs - recentMs) / minuteMs) + 1;

/**
 * The counts of results, in memory from the first question on: the status of a campaign must not count all its
 * attempts each time. They are kept or taken back with the transaction that changes them.
 */
export interface ResultCounts {
  /** The most frequent first. */
  of(campaign: string): ResultCount[];
  /** Of the attempts that ended in the last {@link recentMs}, the most frequent first. */
  recent(campaign: string, nowMs: number): RecentResult[];
  /** How many attempts ended in each of the 30 minutes up to now, the oldest first. */
  byMinute(campaign: string, nowMs: number): number[];
  /** An attempt changes. Part of the caller's transaction. */
  changed(before: Ended, after: Ended): void;
}

export function createResultCounts({ memory, sqlite }: OcsDatabase): ResultCounts {
  const count = sqlite.prepare<[string], ResultCount>(
    `select result, status, count(*) attempts from attempts
     where campaign = ? and ended_at is not null and result is not null group by result, status`,
  );
  const countRecent = sqlite.prepare<[string, number], RecentResult & { minute: number }>(
    `select ended_at / ${String(minuteMs)} minute, result, count(*) attempts from attempts
     where campaign = ? and ended_at >= ? and result is not null group by 1, 2`,
  );
  const campaigns = new Map<string, Map<string, ResultCount>>();
  /** By minute and result. */
  const recents = new Map<string, Map<string, RecentResult & { minute: number }>>();
  const dropBefore = (counts: Map<string, { minute: number }>, first: number) => {
    for (const [key, { minute }] of counts) {
      if (minute >= first) continue;
      memory.keepEntry(counts, key);
      counts.delete(key);
    }
  };
  const addRecent = ({ campaign, ended_at: endedAt, result }: Ended, more: 1 | -1) => {
    const counts = recents.get(campaign);
    if (counts === undefined || endedAt === null || result === null) return;
    const minute = Math.floor(endedAt / minuteMs);
    const key = `${String(minute)} ${String(result)}`;
    if (!counts.has(key)) dropBefore(counts, firstRecent(endedAt));
    memory.keepEntry(counts, key);
    counts.set(key, { minute, result, attempts: (counts.get(key)?.attempts ?? 0) + more });
  };
  const recentOf = (campaign: string, nowMs: number) => {
    const first = firstRecent(nowMs);
    let counts = recents.get(campaign);
    if (counts === undefined) {
      const found = countRecent.all(campaign, first * minuteMs);
      counts = new Map(found.map((each) => [`${String(each.minute)} ${String(each.result)}`, each]));
      memory.keepEntry(recents, campaign);
      recents.set(campaign, counts);
    }
    dropBefore(counts, first);
    return counts;
  };
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
    recent: (campaign, nowMs) => {
      const counts = recentOf(campaign, nowMs);
      const sums = new Map<number, number>();
      for (const { attempts, result } of counts.values())
        sums.set(result, (sums.get(result) ?? 0) + attempts);
      return [...sums]
        .map(([result, attempts]) => ({ result, attempts }))
        .filter(({ attempts }) => attempts > 0)
        .sort((a, b) => b.attempts - a.attempts || a.result - b.result);
    },
    byMinute: (campaign, nowMs) => {
      const minutes = Array.from({ length: recentMs / minuteMs }, () => 0);
      const first = firstRecent(nowMs);
      for (const { attempts, minute } of recentOf(campaign, nowMs).values()) {
        const at = minute - first;
        if (at < minutes.length) minutes[at] = (minutes[at] ?? 0) + attempts;
      }
      return minutes;
    },
    changed: (before, after) => {
      add(before, -1);
      add(after, 1);
      addRecent(before, -1);
      addRecent(after, 1);
    },
  };
}
