import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/ocs/store/database.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { createConnection } from '../../../src/ocs/store/postgres/connection.ts';
import { loadCopy, writeAll } from '../../../src/ocs/store/postgres/copy.ts';
import { copiedTables } from '../../../src/ocs/store/postgres/tables.ts';
import { ask, openOn } from '../../support/ocs/on-postgres.ts';
import { postgresPrograms, runSql, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';

const csv = 'phone,name\n+12025550123,Ada\n+12025550124,Grace\n';

describe.runIf(postgresPrograms() !== null)('an ocsd with its rows in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('has in the database what it acknowledged, and all of it again after a restart', async () => {
    const address = await server.database();
    const first = await openOn(address);
    expect((await ask(first.ocs, 'POST', '/lists/a/import', csv)).json()).toMatchObject({ added: 2 });
    expect(await runSql(address, 'select handle, phone from records order by handle')).toEqual([
      { handle: '1', phone: '+12025550123' },
      { handle: '2', phone: '+12025550124' },
    ]);
    await ask(first.ocs, 'POST', '/dnc', { phone: '+12025550124' });
    await first.ocs.stop();

    const second = await openOn(address);
    expect((await ask(second.ocs, 'GET', '/lists')).json()).toMatchObject({ lists: [{ list: 'a' }] });
    expect((await ask(second.ocs, 'GET', '/dnc?phone=%2B12025550124')).statusCode).toBe(200);
    // Handles are not given again.
    await ask(second.ocs, 'POST', '/lists/a/import', 'phone\n+12025550125\n');
    const rows = await runSql(address, 'select max(handle) last from records');
    expect(rows).toEqual([{ last: '3' }]);
    await second.ocs.stop();
  });

  it('keeps whole numbers of 64 bits, on the way there and back', async () => {
    const large = ['9007199254740993', '-9223372036854775808', '9223372036854775807', '7'];
    const connection = createConnection(parsePostgresAddress(await server.database()));
    const [from, to] = [openDatabase(':memory:'), openDatabase(':memory:')];
    const tables = copiedTables(from.sqlite);
    const insert = from.sqlite.prepare(`insert into live_counts values ('a', ?, 1, 2)`);
    for (const each of large) insert.run(BigInt(each));
    await writeAll(connection, from.sqlite, tables, () => undefined);
    await loadCopy(connection, to.sqlite, tables, () => undefined);
    await connection.close();
    const read = to.sqlite.prepare('select slot_at from live_counts').pluck().safeIntegers();
    expect(new Set(read.all())).toEqual(new Set(large.map(BigInt)));
    from.close();
    to.close();
  });

  it('leaves a database alone that has tables of another program', async () => {
    const address = await server.database();
    await runSql(address, 'create table users (name text)');
    await expect(openOn(address)).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      field: 'database',
      found: 'users',
    });
    await runSql(address, 'insert into users values (1)');
    expect(await runSql(address, 'select node from ocs_units')).toEqual([{ node: null }]);
  });

  it('has the same tables and indexes in its working copy at each start', async () => {
    const address = await server.database();
    const kept: unknown[] = [];
    for (let starts = 0; starts < 2; starts++) {
      const { ocs } = await openOn(address);
      const [folder = ''] = readdirSync(tmpdir()).filter((name) =>
        name.startsWith(`ocsd-copy-${String(process.pid)}-`),
      );
      const copy = new Database(join(tmpdir(), folder, 'copy.db'), { readonly: true });
      kept.push(copy.prepare('select type, name, sql from sqlite_master order by type, name').all());
      copy.close();
      await ocs.stop();
    }
    expect(kept[1]).toEqual(kept[0]);
    expect(JSON.stringify(kept[0])).toContain('dnc_phone');
  });

  it('leaves texts as they are when another rule for numbers makes it write all rows anew', async () => {
    const address = await server.database();
    const first = await openOn(address);
    await ask(first.ocs, 'POST', '/lists/a/import', 'phone,name\n2025550123,Ada\n');
    await first.ocs.stop();
    const text = String.raw`{"name":"A\u0000d\\u0000a"}`;
    await runSql(address, `update records set user_fields = '${text}'`);
    const second = await openOn(address, {
      numbering: { countryCode: '1', nationalPrefix: '1', internationalPrefix: '011' },
    });
    await second.ocs.stop();
    expect(await runSql(address, 'select phone_key, user_fields from records')).toEqual([
      { phone_key: '12025550123', user_fields: text },
    ]);
  });

  it('writes nothing more when another one owns the rows, and says so', async () => {
    const address = await server.database();
    const { ocs, lost } = await openOn(address);
    await runSql(address, 'update ocs_units set epoch = epoch + 1, node = gen_random_uuid()');
    const reply = ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
    await expect.poll(() => lost).toEqual(['another ocsd owns the campaigns now']);
    expect(await runSql(address, 'select * from dnc')).toEqual([]);
    expect((await ask(ocs, 'POST', '/dnc', { phone: '+12025550125' })).json()).toMatchObject({
      error: { code: 'DATABASE_ERROR' },
    });
    expect((await reply).statusCode).toBe(500);
    await ocs.stop();
  });

  it('stops when the database has lost what it had kept, and nobody goes on before a person has looked', async () => {
    const address = await server.database();
    const { ocs, lost } = await openOn(address);
    await ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
    // As a standby that was behind, and is now in its place.
    await runSql(
      address,
      'delete from dnc; delete from ocs_changes where seq = (select max(seq) from ocs_changes)',
    );
    await expect
      .poll(() => lost, { timeout: 10_000 })
      .toEqual([expect.stringContaining('PostgreSQL had lost changes that it had kept')]);
    await ocs.stop();
    await expect(openOn(address)).rejects.toMatchObject({ code: 'DATABASE_ERROR', field: 'database' });
    await runSql(address, 'update ocs_units set lost = null');
    const again = await openOn(address);
    await again.ocs.stop();
  });

  it('goes on when the server was killed and is there again; a set whose answer was lost is in it once', async () => {
    const own = await startPostgres();
    try {
      const address = await own.database();
      const { ocs } = await openOn(address);
      await ask(ocs, 'POST', '/lists/a/import', csv);
      own.signal('SIGQUIT');
      const reply = ask(ocs, 'POST', '/dnc', { phone: '+12025550124' });
      await pause(200);
      await own.start();
      expect((await reply).statusCode).toBeLessThan(300);
      expect(await runSql(address, 'select phone from dnc')).toEqual([{ phone: '+12025550124' }]);
      await ocs.stop();
    } finally {
      await own.stop();
    }
  });
});
