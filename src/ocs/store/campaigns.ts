import type { OcsDatabase } from './database.ts';

/** A loaded campaign as it survives a restart. */
export interface StoredCampaign {
  name: string;
  /** JSON of its definition. */
  definition: string;
  running: boolean;
  unloading: boolean;
  /** ms since 1970. */
  loadedAt: number;
}

/** People who answered: those an agent had in time, and those nobody had. */
export interface LiveCounts {
  live: number;
  abandoned: number;
}

/** The loaded campaigns and their counts of live and abandoned calls. */
export interface StoredCampaigns {
  all(): StoredCampaign[];
  /** Adds it, or changes all but the time at which it was loaded. */
  save(campaign: StoredCampaign): void;
  remove(name: string): void;
  /** Adds to the counts of a slot of time. @param slotAt its beginning, ms since 1970 */
  count(name: string, slotAt: number, more: LiveCounts): void;
  /** The sums of all slots that begin then or later, and before `beforeMs` if that is given. */
  counted(name: string, sinceMs: number, beforeMs?: number): LiveCounts;
}

export function createStoredCampaigns({ sqlite }: OcsDatabase): StoredCampaigns {
  const save = sqlite.prepare(
    `insert into campaigns (name, definition, running, unloading, loaded_at)
     values (@name, @definition, @running, @unloading, @loadedAt)
     on conflict (name) do update set definition = @definition, running = @running, unloading = @unloading`,
  );
  const all = sqlite.prepare<
    [],
    { name: string; definition: string; running: number; unloading: number; loaded_at: number }
  >('select * from campaigns');
  const dropOne = sqlite.prepare<[string]>('delete from campaigns where name = ?');
  const countOne = sqlite.prepare<[string, number, number, number]>(
    `insert into live_counts (campaign, slot_at, live, abandoned) values (?, ?, ?, ?)
     on conflict (campaign, slot_at) do update
       set live = live + excluded.live, abandoned = abandoned + excluded.abandoned`,
  );
  const sums = sqlite.prepare<[string, number, number], { live: number | null; abandoned: number | null }>(
    `select sum(live) live, sum(abandoned) abandoned from live_counts
     where campaign = ? and slot_at >= ? and slot_at < ?`,
  );
  return {
    all: () =>
      all.all().map(({ name, definition, running, unloading, loaded_at: loadedAt }) => ({
        name,
        definition,
        running: running === 1,
        unloading: unloading === 1,
        loadedAt,
      })),
    save: ({ running, unloading, ...campaign }) => {
      save.run({ ...campaign, running: running ? 1 : 0, unloading: unloading ? 1 : 0 });
    },
    remove: (name) => {
      dropOne.run(name);
    },
    count: (name, slotAt, { live, abandoned }) => {
      countOne.run(name, slotAt, live, abandoned);
    },
    counted: (name, sinceMs, beforeMs = Number.MAX_SAFE_INTEGER) => {
      const found = sums.get(name, sinceMs, beforeMs);
      return { live: found?.live ?? 0, abandoned: found?.abandoned ?? 0 };
    },
  };
}
