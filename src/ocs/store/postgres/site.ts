import type { NodesReply } from '../../../api/nodes.ts';
import type { Site } from '../store.ts';
import type { Connection } from './connection.ts';
import { deadMs } from './ownership.ts';
import { lossOf, type Replication } from './replication.ts';

interface NodeRow extends Record<string, unknown> {
  node: string;
  url: string;
  address: string | null;
  host: string | null;
  version: string | null;
  started_at: Date;
  silent_ms: number;
}
interface UnitRow extends Record<string, unknown> {
  unit: string;
  node: string | null;
  listens: string | null;
  epoch: number;
  since: Date;
  lost: string | null;
}
interface SettingsRow extends Record<string, unknown> {
  version: string;
  names: string;
  commit: string;
  fsync: string;
}
interface ReplicaRow extends Record<string, unknown> {
  name: string;
  state: string | null;
  sync: string | null;
  lag_ms: number | null;
}

/** The processes that share the database, and how safe that is. @throws what the database refuses */
export async function readSite(connection: Connection): Promise<Site> {
  const { rows: units } = await connection.query<UnitRow>(
    'select unit, node, listens, epoch, since, lost from ocs_units order by unit',
  );
  const { rows: nodes } = await connection.query<NodeRow>(
    `select node, url, address, host, version, started_at,
       (extract(epoch from now() - seen_at) * 1000)::float8 silent_ms
     from ocs_nodes order by started_at`,
  );
  const owners = new Map(units.map((unit) => [unit.node, unit]));
  const stateOf = ({ node, silent_ms }: NodeRow): NodesReply['nodes'][number]['state'] => {
    const owned = owners.get(node);
    if (owned !== undefined && owned.listens === null) return 'copying';
    if (silent_ms > deadMs) return 'gone';
    return owned === undefined ? 'standby' : 'owner';
  };
  return {
    nodes: nodes.map((row) => ({
      node: row.node,
      url: row.url,
      address: row.address,
      host: row.host,
      version: row.version,
      state: stateOf(row),
      startedAt: row.started_at.toISOString(),
      silentMs: Math.max(0, Math.round(row.silent_ms)),
    })),
    units: units.map(({ unit, node, epoch, since, lost }) => ({
      ...{ unit, node, epoch, lost },
      since: since.toISOString(),
    })),
    database: await readDatabase(connection),
  };
}

async function readDatabase(connection: Connection): Promise<NodesReply['database']> {
  const { rows: settings } = await connection.query<SettingsRow>(
    `select current_setting('server_version') as version, current_setting('synchronous_standby_names') as names,
       current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync`,
  );
  const { rows: replicas } = await connection.query<ReplicaRow>(
    `select application_name as name, state, sync_state as sync,
       (extract(epoch from replay_lag) * 1000)::float8 as lag_ms
     from pg_stat_replication order by application_name, pid`,
  );
  const set = settings[0] ?? { version: '', names: '', commit: 'on', fsync: 'on' };
  const replication: Replication = {
    names: set.names,
    commit: set.commit,
    fsync: set.fsync === 'on',
    replicas: replicas.map(({ name, state, sync, lag_ms }) => ({ name, state, sync, lagMs: lag_ms })),
  };
  return {
    kind: 'postgresql',
    version: set.version,
    replicas: replication.replicas,
    ...lossOf(replication),
  };
}
