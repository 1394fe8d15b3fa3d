import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/demo/processes.ts';
import { certificates } from '../../support/certificates.ts';
import { postgresPrograms, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';
import { makeFile } from '../../support/ocs/sites.ts';
import { run, scratch } from '../programs.ts';

const password = 'a b:c/d@e"f';

describe.runIf(postgresPrograms() !== null)('ocsd copy over TLS, with a password', () => {
  const folder = scratch();
  let server: PostgresServer;
  let port: number;
  const inFile = (name: string, text: string) => {
    const path = folder.path(name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  beforeAll(async () => {
    port = await freePort();
    const files = {
      cert: inFile('server.pem', certificates.one.cert),
      key: inFile('server.key', certificates.one.key),
      hba: inFile('hba.conf', 'local all all trust\nhostssl all all all scram-sha-256\n'),
    };
    chmodSync(folder.path('.'), 0o755);
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', ...Object.values(files)]);
    server = await startPostgres([
      ...['fsync=off', `port=${String(port)}`, 'listen_addresses=localhost', `hba_file=${files.hba}`],
      ...['ssl=on', `ssl_cert_file=${files.cert}`, `ssl_key_file=${files.key}`],
    ]);
    const client = new Client({ host: server.folder, port, user: 'ocsd', database: 'postgres' });
    await client.connect();
    await client.query(`create database ocs; `);
    await client.query(`alter role ocsd password '${password}'`);
    await client.end();
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });
  const address = (query: string, host = 'localhost') =>
    `postgres://ocsd@${host}:${String(port)}/ocs${query}`;

  it('copies there and back, and compares', async () => {
    const from = folder.path('a.db');
    makeFile(from);
    new Database(from).exec(`insert into campaigns values ('spring', '{"a":1}', 0, 0, 1)`).close();
    const to = address(`?sslmode=verify-full&sslrootcert=${inFile('ca.pem', certificates.one.cert)}`);
    const toPassword = ['--to-password-file', inFile('password', `${password}\n`)];
    const there = await run('ocsd', ['copy', ...toPassword, from, to]);
    expect(there, there.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(there.stdout).toMatch(/^campaigns\t1\t[0-9a-f]{16}\t1\t[0-9a-f]{16}\tsame$/m);
    const back = folder.path('b.db');
    const fromPassword = ['--from-password-file', folder.path('password')];
    expect(await run('ocsd', ['copy', ...fromPassword, to, back])).toMatchObject({ code: 0, stderr: '' });
    expect((await run('ocsd', ['copy', '--check', ...fromPassword, to, from])).code).toBe(0);
  });

  it.each([
    ['a wrong password', 'wrong', '?sslmode=require', 'password authentication failed'],
    ['no TLS', password, '', 'no pg_hba.conf entry'],
    ['another authority', password, '?sslmode=verify-full&sslrootcert=other.pem', 'self-signed certificate'],
  ])('refused: %s', async (_what, given, query, words) => {
    inFile('other.pem', certificates.two.cert);
    const to = address(query.replace('other.pem', folder.path('other.pem')));
    const passwordFile = inFile('given', given);
    const from = folder.path('c.db');
    makeFile(from);
    const found = await run('ocsd', ['copy', '--to-password-file', passwordFile, from, to]);
    expect(found).toMatchObject({ code: 74, stdout: '' });
    expect(found.stderr).toContain(words);
    expect(found.stderr).not.toContain(given === 'wrong' ? 'wrong' : password);
  });
});
