import { Client } from 'pg';
import { startOwnPostgres, type OwnPostgres } from '../../../src/demo/postgres.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';

export { postgresPrograms } from '../../../src/demo/postgres.ts';

export interface PostgresServer extends Omit<OwnPostgres, 'create'> {
  /** A new, empty database. @returns its address */
  database(): Promise<string>;
  /** Another server that replicates this one; it can only be read before it is promoted. */
  standby(): Promise<PostgresServer>;
}

/** A PostgreSQL for tests. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  return forTests(settings, await startOwnPostgres(settings));
}

function forTests(settings: readonly string[], { create, ...server }: OwnPostgres): PostgresServer {
  let made = 0;
  return {
    ...server,
    database: () => create(`t${String(++made)}`),
    standby: async () => {
      const args = ['-R', '-h', server.folder, '-U', 'ocsd', '-c', 'fast'];
      return forTests(settings, await startOwnPostgres(settings, { program: 'pg_basebackup', args }));
    },
  };
}

/** Runs a statement. @param address of a database, with the folder of the socket as its host */
export async function runSql(address: string, sql: string): Promise<Record<string, unknown>[]> {
  const { hosts, user, database } = parsePostgresAddress(address);
  const client = new Client({ ...hosts[0], user, database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
