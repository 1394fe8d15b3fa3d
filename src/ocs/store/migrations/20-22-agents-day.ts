/** Versions 20 to 22: what an agent did today and has to do. An index each, see `15-18-attempts-by-time.ts`. */
export const agentsDay: readonly string[] = [
  `create table if not exists agent_times (
     agent_id text not null,
     slot_at integer not null,
     state text not null,
     reason text not null,
     ms integer not null,
     primary key (agent_id, slot_at, state, reason)
   ) without rowid;`,
  `create index if not exists attempts_closed on attempts (closed_by, processed_at) where closed_by is not null;`,
  `create index if not exists records_callbacks on records (agent_id, due)
     where record_type = 5 and record_status = 1 and agent_id is not null;`,
];
