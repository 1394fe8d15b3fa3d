import { basename } from 'node:path';
import type { OcsOptions } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { runSql } from './postgres.ts';

/** The folder of the socket of a PostgreSQL, where the OCS of tests keeps its rows there: one suite, every store. */
export const postgresVariable = 'CPD_TEST_POSTGRES';

const made = new Map<string, string>();

/**
 * Where an OCS of a test keeps its rows: in a file, or with {@link postgresVariable} in a database of PostgreSQL that is made
 * for that file.
 */
export async function storeOfTest(file: string): Promise<OcsOptions['database']> {
  const socket = process.env[postgresVariable];
  if (socket === undefined) return file;
  const known = made.get(file);
  const name = known ?? `t${String(process.pid)}_${String(made.size)}_${basename(file).replaceAll(/\W/g, '')}`;
  if (known === undefined) {
    await runSql(`postgres://ocsd@/postgres?host=${socket}`, `create database ${name}`);
    made.set(file, name);
  }
  return {
    address: parsePostgresAddress(`postgres://ocsd@/${name}?host=${socket}`),
    url: 'http://test',
    stopped: new AbortController().signal,
    lost: (why) => {
      throw new Error(why);
    },
  };
}
