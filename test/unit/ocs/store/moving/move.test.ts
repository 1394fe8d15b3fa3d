import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../../../src/ocs/clock.ts';
import { createOcs } from '../../../../../src/ocs/ocs.ts';
import { compareSites, isSamePlace, moveSite } from '../../../../../src/ocs/store/moving/move.ts';
import { lockFile } from '../../../../../src/daemon/file-lock.ts';
import { runSql } from '../../../../support/ocs/postgres.ts';
import { nodeOfTest } from '../../../../support/ocs/store-of-tests.ts';
import { makeFile, placeOf, quietMove, rowsIn, sites, type Site } from '../../../../support/ocs/sites.ts';
import { isOnFile, newDatabase } from '../../../../support/ocs/store-of-tests.ts';
import { parsePostgresAddress } from '../../../../../src/ocs/store/postgres/address.ts';
import { createConnection } from '../../../../../src/ocs/store/postgres/connection.ts';
import { silentLog } from '../../../../support/silent-log.ts';

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moving-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const newFile = () => Promise.resolve(join(folder, `${String(++files)}.db`));
type Kind = 'file' | 'PostgreSQL';
const empty: Record<Kind, () => Promise<string>> = { file: newFile, PostgreSQL: newDatabase };
/** In the project of the unit tests there is no PostgreSQL. */
const pairs: [Kind, Kind][] = isOnFile
  ? [['file', 'file']]
  : [
      ['file', 'PostgreSQL'],
      ['PostgreSQL', 'file'],
      ['PostgreSQL', 'PostgreSQL'],
    ];
const kinds: Kind[] = isOnFile ? ['file'] : ['PostgreSQL'];

const move = (from: string, to: string) => moveSite(placeOf(from), placeOf(to), quietMove);
const compare = (from: string, to: string) => compareSites(placeOf(from), placeOf(to), quietMove);

/** A site with these rows. */
async function siteIn(kind: Kind, rows: Site | string): Promise<string> {
  const file = await newFile();
  makeFile(file, typeof rows === 'string' ? {} : rows);
  if (typeof rows === 'string') await sqlIn(file, rows);
  if (kind === 'file') return file;
  const database = await newDatabase();
  await move(file, database);
  return database;
}

const anEntry = `insert into dnc (id, phone, phone_key, message, created_at)
  values (7, '+12025550123', '12025550123', 'said "no"', 1);`;
const aDay = `${anEntry}
  insert into users (name, role, password_hash, created_at) values ('ada', 'admin', 'hash', 1);
  insert into audit (id, at, who, address, action) values (3, 5, 'ada', '127.0.0.1', 'campaign.start');`;

describe.each(pairs)('a site moved from %s to %s', (source, target) => {
  it('is the same there, row for row, whatever is in it', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(sites(), async (site) => {
        const from = await siteIn(source, site);
        const to = await empty[target]();
        const report = await move(from, to);
        const [read, written] = [await rowsIn(from), await rowsIn(to)];
        // From a file to a file NUL stays.
        const asKept = target === 'file' ? (text: string) => text : withoutNul;
        for (const name of Object.keys(read)) expect(written[name]).toEqual(read[name]?.map(asKept).sort());
        expect(report.same).toBe(true);
        expect(report.rows).toBe(Object.values(read).reduce((sum, rows) => sum + rows.length, 0));
        expect((await compare(from, to)).same).toBe(true);
      }),
      { numRuns: isOnFile ? 20 : 8 },
    );
  });

  it('has users and audit, is counted, and is taken by an ocsd as its own', async () => {
    const from = await siteIn(source, aDay);
    const to = await empty[target]();
    const { tables } = await move(from, to);
    const rows = Object.fromEntries(tables.map(({ table, to: { rows } }) => [table, rows]));
    expect(rows).toMatchObject({ dnc: 1, users: 1, audit: 1, settings: 1, attempts: 0 });
    const ocs = await ocsOn(to);
    const reply = await ocs.app.inject({
      url: '/api/v1/dnc?phone=%2B12025550123',
      headers: { host: 'localhost', authorization: `Bearer ${token}` },
    });
    expect(reply.statusCode).toBe(200);
    await ocs.stop();
  });

  it('goes to one whose ocsd was started and never used', async () => {
    const from = await siteIn(source, aDay);
    const to = await empty[target]();
    await (await ocsOn(to)).stop();
    expect((await move(from, to)).same).toBe(true);
    expect(await rowsIn(to)).toEqual(await rowsIn(from));
  });

  it('that differs later is told by the comparison, with the table', async () => {
    const from = await siteIn(source, aDay);
    const to = await empty[target]();
    await move(from, to);
    await sqlIn(to, `update users set role = 'wall' where name = 'ada'`);
    const report = await compare(from, to);
    expect(report.same).toBe(false);
    expect(report.tables.filter(({ same }) => !same).map(({ table }) => table)).toEqual(['users']);
  });
});

/** Of JSON. */
function withoutNul(text: string): string {
  return JSON.stringify(
    (JSON.parse(text) as (string | null)[]).map((cell) => cell?.replaceAll('\0', '\ufffd') ?? null),
  );
}

const token = 'a-token-of-the-api';

function ocsOn(place: string) {
  return createOcs({
    database: place.startsWith('postgres:')
      ? {
          address: parsePostgresAddress(place),
          self: nodeOfTest,
          standingBy: () => undefined,
          stopped: new AbortController().signal,
          lost: (why) => {
            throw new Error(why);
          },
        }
      : place,
    config: { tokens: { api: token } },
    clock: manualClock(),
    wireClock: manualClock(),
    log: silentLog,
  });
}

async function sqlIn(place: string, sql: string): Promise<void> {
  if (place.startsWith('postgres:')) {
    await runSql(place, sql);
    return;
  }
  const sqlite = new Database(place);
  sqlite.exec(sql);
  sqlite.close();
}

describe.each(kinds)('what is refused has no effect: to %s', (target) => {
  it('where there is something already', async () => {
    const from = await siteIn('file', aDay);
    const to = await siteIn(target, anEntry);
    const before = await rowsIn(to);
    await expect(move(from, to)).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      field: 'TO',
      found: 'table dnc has rows (1)',
    });
    expect(await rowsIn(to)).toEqual(before);
  });

  it('from a value that the column cannot have', async () => {
    const from = await siteIn('file', aDay);
    await sqlIn(from, `update users set created_at = 1.5`);
    const to = await empty[target]();
    await expect(move(from, to)).rejects.toMatchObject({ field: 'users.created_at', found: '1.5' });
    if (target === 'file') expect(existsSync(to)).toBe(false);
    else expect(await runSql(to, `select relname from pg_class where relname = 'users'`)).toEqual([]);
  });
});

describe.runIf(isOnFile)('a file', () => {
  const refused = async (from: string, wanted: object) => {
    const to = await newFile();
    await expect(move(from, to)).rejects.toMatchObject(wanted);
    expect(existsSync(to)).toBe(false);
  };

  it('that is not there is refused, and none is made', async () => {
    const from = await newFile();
    await refused(from, { code: 'NO_SUCH_FILE' });
    expect(existsSync(from) || existsSync(`${from}.lock`)).toBe(false);
  });

  it('of another program is refused', async () => {
    const text = await newFile();
    writeFileSync(text, 'no database at all, but long enough to be looked at as one'.repeat(40));
    await refused(text, {
      code: 'DATABASE_ERROR',
      message: expect.stringContaining('not a database') as string,
    });
    const other = await newFile();
    new Database(other).exec('create table t (a)').close();
    await refused(other, { code: 'DATABASE_ERROR', message: `${other} is no database of OCS` });
  });

  it.each([
    ['older', 21, /: start this ocsd on it once, which brings it up to date/],
    ['newer', 99, /: take the ocsd that wrote it/],
  ])('of an %s version is refused, with what to do', async (_age, version, expected) => {
    const from = await siteIn('file', {});
    await sqlIn(from, `pragma user_version = ${String(version)}`);
    await refused(from, { found: version, expected: expect.stringMatching(expected) as string });
  });

  it('whose telephone numbers were being made anew is refused', async () => {
    const from = await siteIn('file', {});
    await sqlIn(from, `update settings set value = 'being made anew' where name = 'phone_keys'`);
    await refused(from, { code: 'DATABASE_ERROR', field: 'phone_keys' });
  });

  it('on which an ocsd runs is refused, on either side', async () => {
    const from = await siteIn('file', aDay);
    const unlock = lockFile(from, 'DATABASE_ERROR');
    await refused(from, { message: `${from} is in use by another process` });
    const third = await siteIn('file', aDay);
    await expect(move(third, from)).rejects.toMatchObject({
      message: `${from} is in use by another process`,
    });
    unlock();
    // Nothing stays locked after a refusal.
    expect((await move(third, await newFile())).same).toBe(true);
  });

  it('whose two numbers have one key is taken by nobody', async () => {
    const from = await siteIn('file', aDay);
    await sqlIn(
      from,
      `drop index dnc_phone; create temp table d as select * from dnc; update d set id = 8; insert into dnc select * from d`,
    );
    await refused(from, { code: 'DATABASE_ERROR', message: expect.stringContaining('UNIQUE') as string });
  });
});

it.runIf(isOnFile)('two names of one database are told', () => {
  expect(isSamePlace('postgres://a@h/d', 'postgres://a@h/d')).toBe(true);
  expect(isSamePlace('a.db', 'postgres://a@h/d')).toBe(false);
  expect(isSamePlace('a.db', 'b.db')).toBe(false);
});

describe.runIf(!isOnFile)('a database of PostgreSQL', () => {
  it('that an ocsd owns is refused on either side, with its address, and one that lost changes', async () => {
    const from = await siteIn('PostgreSQL', aDay);
    const free = await siteIn('file', aDay);
    const to = await newDatabase();
    await (await ocsOn(to)).stop();
    for (const database of [from, to]) {
      await runSql(database, `update ocs_units set node = gen_random_uuid(), url = 'http://a'`);
    }
    const owned = {
      code: 'DATABASE_ERROR',
      message: expect.stringContaining('owns the rows') as string,
      found: 'http://a',
    };
    await expect(move(from, await newFile())).rejects.toMatchObject(owned);
    await expect(compare(from, free)).rejects.toMatchObject(owned);
    await expect(move(free, to)).rejects.toMatchObject(owned);
    await runSql(from, `update ocs_units set node = null, lost = 'at noon'`);
    await expect(move(from, await newFile())).rejects.toMatchObject({ found: 'at noon' });
  });

  it('that another program takes just now is refused at once', async () => {
    const from = await siteIn('PostgreSQL', aDay);
    await expect(move(from, from)).rejects.toMatchObject({ expected: 'nobody who takes its rows meanwhile' });
  });

  it('with tables of another program is left alone', async () => {
    const from = await siteIn('file', aDay);
    const to = await newDatabase();
    await runSql(to, `create table users (id int); insert into users values (1)`);
    await expect(move(from, to)).rejects.toMatchObject({ field: 'TO' });
    expect(await runSql(to, 'select id from users')).toEqual([{ id: 1 }]);
    const other = await newDatabase();
    await runSql(
      other,
      `create table ocs_schema (id int, version int, rule text); insert into ocs_schema values (1, 99, '')`,
    );
    await expect(move(from, other)).rejects.toMatchObject({ found: 99 });
    await expect(move(to, await newFile())).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  });

  it('that keeps other rows than it was given keeps none', async () => {
    const from = await siteIn('file', aDay);
    const to = await newDatabase();
    await runSql(
      to,
      `create function spoil() returns trigger language plpgsql as $$ begin new.role := 'wall'; return new; end $$;
       create function watch() returns event_trigger language plpgsql as $$ begin
         if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.users') then
           create trigger spoiled before insert on users for each row execute function spoil();
         end if; end $$;
       create event trigger made on ddl_command_end when tag in ('CREATE TABLE') execute function watch();`,
    );
    await expect(move(from, to)).rejects.toMatchObject({ code: 'DATABASE_ERROR', field: 'users' });
    expect(await runSql(to, `select relname from pg_class where relname = 'users'`)).toEqual([]);
  });

  it('is asked over one connection: what comes after its loss is not written outside of the transaction', async () => {
    const place = await newDatabase();
    const connection = createConnection(parsePostgresAddress(place), { once: true });
    await connection.query('begin');
    const { rows } = await connection.query<{ pid: number }>('select pg_backend_pid() pid');
    await runSql(place, `select pg_terminate_backend(${String(rows[0]?.pid)})`);
    const trials = [1, 2].map(() =>
      connection.query('create table t (a int)').catch((error: unknown) => error),
    );
    for (const said of await Promise.all(trials)) expect(said).toBeInstanceOf(Error);
    await expect(connection.query('create table t (a int)')).rejects.toThrow('closed, or was lost');
    expect(await runSql(place, `select relname from pg_class where relname = 't'`)).toEqual([]);
    await connection.close();
  });
});
