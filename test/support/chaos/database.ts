import Database from 'better-sqlite3';
import type { Connection } from '../../../src/ocs/store/postgres/connection.ts';
import { thisProcess } from './processes.ts';
import type { World } from './world.ts';

/** Where a process cannot reach any more. */
const gone = () => new Error('Connection terminated unexpectedly');

/**
 * A connection to PostgreSQL through which nothing comes back for sure. What goes wrong ends the true connection, so
 * that the server takes back what was not committed.
 *
 * @param once it is not made again when it was lost
 */
export function faultyConnection(world: World, connect: () => Connection, once: boolean): Connection {
  const { time, weather } = world;
  const process = thisProcess();
  let inner: Connection | null = connect();
  const drop = async () => {
    const lost = inner;
    inner = once ? null : connect();
    await lost?.close();
  };
  const lose = async (): Promise<never> => {
    await time.outside(drop);
    throw gone();
  };
  const pass = async (ms: number) => {
    if (ms > 0) await time.wait(ms);
    await world.standsStill(process);
    world.mayDie(process);
    if (process?.alive === false || weather.isCut(process?.name ?? '', 'database', time.now())) await lose();
  };
  return {
    query: async (text, values, name) => {
      const fate = weather.question();
      await pass(fate.there);
      if (fate.what === 'lost') await lose();
      if (fate.what === 'refused') {
        throw Object.assign(new Error('could not serialize access'), { code: '40001', severity: 'ERROR' });
      }
      const connection = inner;
      if (connection === null) throw new Error('the connection is closed, or was lost');
      const answer = (await time.outside(() => connection.query(text, values, name))) as never;
      await pass(fate.back);
      if (fate.what === 'reply lost') await lose();
      return answer;
    },
    close: () => time.outside(async () => inner?.close()),
  };
}

interface Statement {
  readonly source: string;
  readonly database: Database.Database;
  run(...parameters: unknown[]): unknown;
  /** Of a statement that writes, with `returning`. */
  get(...parameters: unknown[]): unknown;
}

/** Lets writes of better-sqlite3 fail: now and then in a process that lives, always in one that does not. @returns ends it */
export function failWrites(isUnwritable: () => boolean): () => void {
  const some = new Database(':memory:');
  const prototype = Object.getPrototypeOf(some.prepare('select 1')) as Statement;
  some.close();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with each statement below
  const { get, run } = prototype;
  const mayFail = (source: string) => {
    const process = thisProcess();
    if (process === null || !/^\s*(begin|insert|update|delete|commit)/i.test(source)) return;
    if (!process.alive) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR');
    if (isUnwritable()) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
  };
  prototype.run = function (this: Statement, ...parameters: unknown[]) {
    mayFail(this.source);
    return run.apply(this, parameters);
  };
  prototype.get = function (this: Statement, ...parameters: unknown[]) {
    mayFail(this.source);
    return get.apply(this, parameters);
  };
  return () => {
    Object.assign(prototype, { get, run });
  };
}
