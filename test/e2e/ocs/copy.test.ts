import { existsSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MoveReport } from '../../../src/ocs/store/moving/move.ts';
import { postgresPrograms, runSql, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';
import { makeFile, rowsIn } from '../../support/ocs/sites.ts';
import { addressOf, killAll, run, scratch, start, startDaemon, startOnTerminal } from '../programs.ts';

const folder = scratch();
let server: PostgresServer;
beforeAll(async () => {
  if (postgresPrograms() !== null) server = await startPostgres(['fsync=off']);
});
afterEach(killAll);
afterAll(async () => {
  if (postgresPrograms() !== null) await server.stop();
  folder.remove();
});

const records = (count: number) => `
  insert into windows (id, list, key) values (1, 'a', 'always');
  with recursive n(i) as (select 1 union all select i + 1 from n where i < ${String(count)})
  insert into records (list, record_id, chain_id, chain_n, phone, phone_key, window_id, user_fields)
    select 'a', i, i, 0, '+1202555' || i, '1202555' || i, 1, '{"name":"Åsa ' || i || '"}' from n;`;

function siteFile(name: string, count: number): string {
  const path = folder.path(name);
  makeFile(path);
  const sqlite = new Database(path);
  sqlite.exec(records(count));
  sqlite.close();
  return path;
}

/** No connection of a copy that was killed is left: what it had written is gone. */
async function untilAlone(address: string): Promise<void> {
  const others = `select 1 from pg_stat_activity where application_name = 'ocsd' and datname = current_database()`;
  await expect.poll(() => runSql(address, others), { timeout: 60_000 }).toEqual([]);
}

const many = 60_000;

describe('ocsd copy with files', () => {
  it('copies, and compares: 0 when both are the same, 1 when they differ', async () => {
    const from = siteFile('a.db', 3);
    const to = folder.path('b.db');
    const copied = await run('ocsd', ['copy', from, to]);
    expect(copied).toMatchObject({ code: 0, stderr: '' });
    expect(copied.stdout).toMatch(/^records\t3\t[0-9a-f]{16}\t3\t[0-9a-f]{16}\tsame$/m);
    expect(statSync(to).mode & 0o027).toBe(0);
    expect((await run('ocsd', ['copy', '--check', from, to])).code).toBe(0);
    new Database(to).exec(`update records set attempt = 1 where handle = 2`).close();
    const compared = await run('ocsd', ['copy', '--check', from, to]);
    expect(compared).toMatchObject({ code: 1, stderr: 'ocsd: FROM and TO differ\n' });
    expect(compared.stdout).toMatch(/^records\t.*\tDIFFERS$/m);
    const again = await run('ocsd', ['copy', from, to]);
    expect(again).toMatchObject({ code: 74, stdout: '' });
    expect(again.stderr).toMatch(
      /^ocsd: DATABASE_ERROR: .*b\.db is not empty: table \w+ has rows \(\d\); nothing was changed/,
    );
  });

  it.each([
    [['a.db', 'a.db'], 2, 'FROM and TO are the same'],
    [['a.db', 'mysql://h/d'], 2, 'TO: mysql://h/d is no database that ocsd knows'],
    [['a.db', 'c.db', '--to-password-file', 'p'], 2, '--to-password-file: a file of SQLite has no password'],
    [['a.db', 'postgres://u:secret@h/d'], 78, 'named by --to-password-file'],
    [['nowhere.db', 'c.db'], 66, 'nowhere.db is not there'],
    [['a.db'], 2, 'argument is missing: <to> (see ocsd copy --help)'],
  ])('refuses %j', async (args, code, words) => {
    const found = await run('ocsd', ['copy', ...args]);
    expect(found).toMatchObject({ code, stdout: '' });
    expect(found.stderr).toContain(words);
    expect(found.stderr).not.toContain('secret');
    expect(found.stderr).not.toContain('    at ');
  });

  it('prints help with an example', async () => {
    const { code, stdout } = await run('ocsd', ['copy', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('ocsd copy ocs.db postgres://ocsd@db1.example/ocs');
    expect((await run('ocsd', ['--help'])).stdout).toContain('ocsd copy <from> <to>');
  });

  it('shows on a terminal how far it is, and what comes next', async () => {
    const copy = startOnTerminal(
      'ocsd',
      ['copy', siteFile('many.db', many), folder.path('more.db')],
      {},
      {
        columns: 120,
        rows: 40,
      },
    );
    await copy.says(/\d+ of \d+ rows copied/);
    await copy.says(`records`);
    await copy.says('copied and compared');
    await copy.says('Next: database:');
    expect(await copy.ended).toBe(0);
  });

  it('killed in the middle has left nothing, and can be done again', async () => {
    const from = siteFile('killed.db', many);
    const to = folder.path('to-killed.db');
    const copy = start('ocsd', ['copy', from, to]);
    while (!existsSync(to) || statSync(to).size < 1_000_000) await pause(5);
    copy.signal('SIGKILL');
    expect(await copy.ended).toBeNull();
    const again = await run('ocsd', ['copy', '--json', from, to]);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await rowsIn(to)).toEqual(await rowsIn(from));
  });
});

describe.runIf(postgresPrograms() !== null)('ocsd copy with PostgreSQL', () => {
  it('brings a site to PostgreSQL and back, and the ocsd on each has it', async () => {
    const from = folder.path('ocsd.db');
    const config = (database: string) => {
      const path = folder.path('ocsd.yaml');
      writeFileSync(path, `database: ${database}\nlisten: { port: 0 }\n`);
      return ['--config', path];
    };
    const lists = async (database: string, csv?: string) => {
      const ocsd = startDaemon('ocsd', config(database));
      const url = `${await addressOf(ocsd, 'url')}/api/v1/lists`;
      if (csv !== undefined) {
        const headers = { 'content-type': 'text/csv' };
        expect((await fetch(`${url}/a/import`, { method: 'POST', headers, body: csv })).status).toBe(201);
      }
      const found: unknown = await (await fetch(url)).json();
      return { ocsd, found };
    };
    const database = await server.database();
    const first = await lists(from, 'phone,name\n+12025550123,Ada\n+12025550124,Åsa\n');
    const early = await run('ocsd', ['copy', from, database]);
    expect(early).toMatchObject({ code: 74, stdout: '' });
    expect(early.stderr).toContain('is in use by another process');
    first.ocsd.signal('SIGTERM');
    await first.ocsd.ended;

    const there = await run('ocsd', ['copy', '--json', from, database]);
    expect(there).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(there.stdout) as MoveReport & { copied: boolean };
    expect(report).toMatchObject({ copied: true, same: true });
    expect(report.tables.find(({ table }) => table === 'records')?.to.rows).toBe(2);

    const second = await lists(database, 'phone\n+12025550125\n');
    const back = folder.path('back.db');
    const owned = await run('ocsd', ['copy', database, back]);
    expect(owned).toMatchObject({ code: 74, stdout: '' });
    expect(owned.stderr).toMatch(/an ocsd owns the rows of .*: http/);
    expect(existsSync(back)).toBe(false);
    second.ocsd.signal('SIGTERM');
    await second.ocsd.ended;

    expect(await run('ocsd', ['copy', database, back])).toMatchObject({ code: 0, stderr: '' });
    expect((await run('ocsd', ['copy', '--check', back, database])).code).toBe(0);
    expect((await run('ocsd', ['copy', '--check', back, from])).code).toBe(1);
    const third = await lists(back);
    expect(third.found).toEqual(second.found);
  });

  it('killed in the middle has left nothing, and can be done again', async () => {
    const from = siteFile('to-postgres.db', many);
    const database = await server.database();
    const copy = start('ocsd', ['copy', from, database]);
    const writing = `select 1 from pg_stat_activity where query like 'insert into "records"%'`;
    await expect.poll(() => runSql(database, writing), { interval: 5, timeout: 60_000 }).not.toEqual([]);
    copy.signal('SIGKILL');
    expect(await copy.ended).toBeNull();
    await untilAlone(database);
    expect(
      await runSql(database, `select relname from pg_class where relname like 'ocs%' or relname = 'records'`),
    ).toEqual([]);
    expect((await run('ocsd', ['copy', from, database])).code).toBe(0);
  });

  it('whose server ends in the middle says so and has left nothing', async () => {
    const own = await startPostgres();
    try {
      const from = siteFile('from-ended.db', many);
      const database = await own.database();
      const copy = start('ocsd', ['copy', from, database]);
      const writing = `select 1 from pg_stat_activity where query like 'insert into "records"%'`;
      await expect.poll(() => runSql(database, writing), { interval: 5, timeout: 60_000 }).not.toEqual([]);
      own.signal('SIGQUIT');
      expect(await copy.ended, copy.complaints()).toBe(74);
      expect(copy.complaints()).toMatch(/^ocsd: DATABASE_ERROR: postgres:/);
      await own.start();
      expect(await runSql(database, `select relname from pg_class where relname = 'records'`)).toEqual([]);
    } finally {
      await own.stop();
    }
  });
});
