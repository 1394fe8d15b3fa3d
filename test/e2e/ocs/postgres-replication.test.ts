import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodesReply } from '../../../src/api/nodes.ts';
import { ask, openOn } from '../../support/ocs/on-postgres.ts';
import { postgresPrograms, runSql, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';

describe.runIf(postgresPrograms() !== null)('an ocsd whose PostgreSQL is replicated', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let address: string;
  let both: string;
  let onStandby: string;
  beforeEach(async () => {
    primary = await startPostgres();
    address = await primary.database();
    standby = await primary.standby();
    both = address.replace(primary.folder, `${primary.folder},${standby.folder}`);
    onStandby = address.replace(primary.folder, standby.folder);
    await expect
      .poll(() => runSql(address, 'select state from pg_stat_replication'), { timeout: 20_000 })
      .toEqual([{ state: 'streaming' }]);
  });
  afterEach(async () => {
    await standby.stop();
    await primary.stop();
  });
  const take = (ocs: Parameters<typeof ask>[0], phone: string) => ask(ocs, 'POST', '/dnc', { phone });
  const lossOf = async (ocs: Parameters<typeof ask>[0]) =>
    (await ask(ocs, 'GET', '/nodes')).json<NodesReply>().database.loss;

  it('loses nothing with synchronous replication when the standby is promoted, and goes on there', async () => {
    await runSql(address, `alter system set synchronous_standby_names = '*'`);
    await runSql(address, 'select pg_reload_conf()');
    await expect
      .poll(() => runSql(address, 'select sync_state from pg_stat_replication'), { timeout: 20_000 })
      .toEqual([{ sync_state: 'sync' }]);
    const { ocs, lost } = await openOn(both);
    expect(await lossOf(ocs)).toBe('nothing');
    expect((await take(ocs, '+12025550123')).statusCode).toBe(201);
    primary.signal('SIGKILL');
    await runSql(onStandby, 'select pg_promote()');
    await expect
      .poll(async () => (await take(ocs, '+12025550124')).statusCode, { timeout: 30_000 })
      .toBeLessThan(300);
    expect(await runSql(onStandby, 'select phone from dnc order by phone')).toEqual([
      { phone: '+12025550123' },
      { phone: '+12025550124' },
    ]);
    expect(lost).toEqual([]);
    await ocs.stop();
  });

  it('notices with asynchronous replication that acknowledged changes are gone, and stops', async () => {
    const { ocs, lost } = await openOn(both);
    expect(await lossOf(ocs)).toBe('last_moments');
    // The standby falls behind.
    await runSql(onStandby, `alter system set primary_conninfo = ''`);
    await runSql(onStandby, 'select pg_reload_conf()');
    await expect
      .poll(() => runSql(address, 'select state from pg_stat_replication'), { timeout: 20_000 })
      .toEqual([]);
    expect((await take(ocs, '+12025550123')).statusCode).toBe(201);
    primary.signal('SIGKILL');
    await runSql(onStandby, 'select pg_promote()');
    await expect
      .poll(() => lost, { timeout: 30_000 })
      .toEqual([expect.stringContaining('PostgreSQL had lost changes that it had kept')]);
    await ocs.stop();
    await expect(openOn(both)).rejects.toMatchObject({ code: 'DATABASE_ERROR', field: 'database' });
  });
});
