import Database from 'better-sqlite3';
import { basename } from 'node:path';
import { inject } from 'vitest';
import type { OcsOptions } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import type { ThisNode } from '../../../src/ocs/store/postgres/nodes.ts';
import { runSql } from './postgres.ts';

/** An OCS of a test as others on the same database would see it. */
export const nodeOfTest: ThisNode = {
  url: 'http://test',
  address: 'http://192.0.2.1:1',
  host: 'test',
  version: '0',
  secret: 'of-a-test',
  certificate: () => null,
};

/** The tests of OCS run on a file, and in the project `postgres` on that: one suite, every store. */
const socket = inject('postgres');

/** For tests that look into the file. */
export const isOnFile = socket === undefined;

const made = new Map<string, string>();

/**
 * Where an OCS of a test keeps its rows: in a file, or in a database of PostgreSQL that is made for that file.
 */
export async function storeOfTest(file: string): Promise<OcsOptions['database']> {
  if (socket === undefined) return file;
  const known = made.get(file);
  const name =
    known ?? `t${String(process.pid)}_${String(made.size)}_${basename(file).replaceAll(/\W/g, '')}`;
  if (known === undefined) {
    await runSql(addressOf(socket, 'postgres'), `create database ${name}`);
    made.set(file, name);
  }
  return {
    address: parsePostgresAddress(addressOf(socket, name)),
    self: nodeOfTest,
    standingBy: () => undefined,
    stopped: new AbortController().signal,
    lost: (why) => {
      throw new Error(why);
    },
  };
}

/** Rows that a query gives, of the store that was made for a file. */
export async function rowsOf(file: string, sql: string): Promise<Record<string, unknown>[]> {
  if (socket !== undefined) return runSql(addressOf(socket, made.get(file) ?? ''), sql);
  const sqlite = new Database(file, { readonly: true });
  try {
    return sqlite.prepare<[], Record<string, unknown>>(sql).all();
  } finally {
    sqlite.close();
  }
}

function addressOf(folder: string, database: string): string {
  return `postgres://ocsd@/${database}?host=${folder}`;
}

/** A new, empty database of PostgreSQL. @returns its address */
export async function newDatabase(): Promise<string> {
  if (socket === undefined) throw new Error('this test runs on PostgreSQL only');
  const name = `n${String(process.pid)}_${String(++databases)}`;
  await runSql(addressOf(socket, 'postgres'), `create database ${name}`);
  return addressOf(socket, name);
}

let databases = 0;
